from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common_payment import SboPaymentCommon

ORDER = {"amount_untaxed": 1, "amount_tax": 0, "amount_total": 1, "currency_rate": 1e9, "invoice_status": "invoiced",
         "delivery_status": "full"}
LINE = {"price_subtotal": 0, "price_tax": 0, "price_total": 0, "price_reduce_taxexcl": 0, "price_reduce_taxinc": 0,
        "qty_delivered_method": "manual", "qty_invoiced": 10, "invoice_status": "invoiced",
        "untaxed_amount_invoiced": 10000, "untaxed_amount_to_invoice": 0, "sbo_pricelist_price": 1}


@tagged("post_install", "-at_install")
class TestPaymentFigures(SboPaymentCommon):
    """What the gate and verification read is reckoned, not entered by whoever sells."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._confirmed(policy="prepaid")
        cls.coin = cls.env["res.currency"].create({
            "name": "SBW", "symbol": "W", "rate_ids": [Command.create({"name": "2020-01-01", "rate": 1000})]})

    def _refused(self, action, words="follows from other entries"):
        self.env.flush_all()
        with self.assertRaisesRegex(AccessError, words), self.env.cr.savepoint():
            action(self.env(user=self.salesperson.id))
            self.env.flush_all()
        self.env.invalidate_all()

    def test_of_an_order(self):
        for name, value in ORDER.items():
            with self.subTest(name):
                self._refused(lambda env, v={name: value}: self.order.with_env(env).write(v))
        self._stays(self.order, words="10,000.00 are missing")

    def test_of_a_line(self):
        for name, value in LINE.items():
            with self.subTest(name):
                self._refused(lambda env, v={name: value}: self.order.order_line.with_env(env).write(v))
        self._refused(lambda env: self.order.with_env(env).write(
            {"order_line": [Command.update(self.order.order_line.id, {"price_total": 0})]}))
        self._stays(self.order, words="10,000.00 are missing")

    def test_by_import(self):
        orders = self.order.with_user(self.salesperson)
        result = orders.load(["id", "amount_total"], [[self.order.export_data(["id"])["datas"][0][0], "1"]])
        self.assertIn("follows from other entries", str(result["messages"]))

    def test_of_a_customer(self):
        """Whose credit it is follows from the company a contact belongs to."""
        rich = self._customer("Rich Customer", clerk=self.clerk, salesperson=self.salesperson, credit_limit=10**6)
        order = self._confirmed(policy="credit")
        self._refused(lambda env: self.customer.with_env(env).write({"commercial_partner_id": rich.id}))
        self._stays(order, words="the limit is")

    def test_claimed_at_creation(self):
        lines = [Command.create({"product_id": self.product.id, "product_uom_qty": 10, "price_unit": 1000,
                                 "tax_ids": False, **LINE})]
        self.env["sbo.order.class"].search([]).active = False
        large = self.env["sbo.order.class"].create({"name": "Large", "amount_from": 5000})
        defaults = {f"default_{name}": value for name, value in (ORDER | LINE).items()}
        for context, claims in (({}, ORDER), (defaults, {})):
            order = self.env["sale.order"].with_user(self.salesperson).with_context(**context).create(
                {"partner_id": self.customer.id, "order_line": lines, **claims}).with_env(self.env)
            self.assertEqual((order.amount_total, order.currency_rate, order.invoice_status), (10000, 1, "no"))
            self.assertEqual((order.order_line.price_total, order.order_line.qty_invoiced), (10000, 0))
            self.assertEqual(order.sbo_order_class_id, large)

    def test_everyday_work_goes_on(self):
        """The form, a copy and an import reckon the figures anew."""
        order = self.order.copy({"partner_id": self.customer.id}).with_user(self.salesperson)
        with Form(order) as form, form.order_line.edit(0) as line:
            line.product_uom_qty = 3
        self.assertEqual(order.amount_total, 3000)
        order.order_line.price_unit = 900
        self.assertEqual((order.amount_total, order.copy().amount_total), (2700, 2700))
        result = order.load(
            ["partner_id/.id", "order_line/product_id/.id", "order_line/product_uom_qty", "order_line/price_unit"],
            [[str(self.customer.id), str(self.product.id), "2", "500"]])
        self.assertEqual(self.env["sale.order"].browse(result["ids"]).amount_untaxed, 1000, result["messages"])

    def test_a_weak_currency(self):
        self._refused(lambda env: self.order.with_env(env).write({"currency_id": self.coin.id}),
                      "is confirmed in its currency")
        self.order.currency_id = self.coin
        self.assertIn("currency_id", self.order.sbo_change_ids.line_ids.mapped("field"), "it leaves its sheet")

    def test_a_quotation_may_still_change_its_currency(self):
        order = self.env["sale.order"].with_user(self.salesperson).create({"partner_id": self.customer.id})
        order.currency_id = self.coin
        self.assertAlmostEqual(order.currency_rate, 1000 / self.company.currency_id.rate)
