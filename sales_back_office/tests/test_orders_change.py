from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import at
from .common_orders import SboOrdersCommon


class ChangeCase(SboOrdersCommon):
    """Confirmed orders, each change in a transaction of its own."""

    def _sold(self, **vals):
        order = self._entered(**vals)
        order.action_confirm()
        self._next()
        return order

    def _next(self):
        """What comes now is another transaction."""
        self.env.flush_all()
        self.env.cr.precommit.data.pop("sbo.order.change", None)

    def _rows(self, order):
        return [(line.product, line.field, line.old_value, line.new_value)
                for line in order.sbo_change_ids.sorted("id").line_ids]


@tagged("post_install", "-at_install")
class TestOrdersChange(ChangeCase):
    """A change of a confirmed order writes its own sheet, by every door."""

    def test_quantity_and_price(self):
        order = self._sold()
        order.order_line.with_user(self.salesperson).write({"product_uom_qty": 12, "price_unit": 95, "discount": 5})
        sheet = order.sbo_change_ids
        self.assertEqual((sheet.user_id, sheet.state), (self.salesperson, "open"))
        self.assertEqual(self._rows(order), [
            ("Lamp", "product_uom_qty", "10", "12"), ("Lamp", "price_unit", "100.00", "95.00"),
            ("Lamp", "discount", "0", "5")])
        self.assertEqual(sheet.line_ids.user_id, self.clerk, "who had entered the old values")

    def test_form_list_and_import_doors(self):
        tax = self.env["account.tax"].create({"name": "SBO 7", "amount": 7})
        address = self.env["res.partner"].create({"name": "Dock 2", "parent_id": self.customer.id, "type": "other"})
        doors = {
            "through the order": (lambda o: o.write(
                {"order_line": [Command.update(o.order_line.id, {"product_uom_qty": 12})]}), "product_uom_qty"),
            "new line": (lambda o: o.write(
                {"order_line": [Command.create({"product_id": self.other.id, "price_unit": 40})]}), "added"),
            "line created": (lambda o: o.env["sale.order.line"].create(
                {"order_id": o.id, "product_id": self.other.id, "price_unit": 40}), "added"),
            "taxes": (lambda o: o.order_line.write({"tax_ids": [Command.set(tax.ids)]}), "tax_ids"),
            "promised date": (lambda o: o.write({"commitment_date": "2026-03-20 02:00:00"}), "commitment_date"),
            "address": (lambda o: o.write({"partner_shipping_id": address.id}), "partner_shipping_id"),
            "superuser": (lambda o: o.sudo().order_line.write({"price_unit": 1}), "price_unit"),
            "import": (lambda o: o.env["sale.order.line"].load(
                [".id", "product_uom_qty"], [[str(o.order_line.id), "12"]]), "product_uom_qty"),
        }
        for name, (change, field) in doors.items():
            with self.subTest(name):
                order = self._sold(user_id=self.salesperson.id)
                change(order.with_user(self.salesperson))
                self.assertEqual([row[1] for row in self._rows(order)], [field])
                self.assertEqual(order.sbo_change_ids.user_id, self.salesperson)

    def test_one_sheet_gathers_a_transaction(self):
        order = self._sold(lines=[(10, 100), (self.other, 2, 40)])
        order.with_user(self.salesperson).write({
            "commitment_date": at("2026-03-20 10:00"),
            "order_line": [Command.update(order.order_line[0].id, {"product_uom_qty": 12}),
                           Command.update(order.order_line[1].id, {"product_uom_qty": 3})]})
        self.assertEqual(len(order.sbo_change_ids), 1)
        self.assertEqual(sorted(row[1] for row in self._rows(order)),
                         ["commitment_date", "product_uom_qty", "product_uom_qty"])
        order.with_user(self.clerk2).order_line[0].price_unit = 90
        self.assertEqual(order.sbo_change_ids.user_id, self.salesperson | self.clerk2, "one for each person")
        self._next()
        order.with_user(self.clerk2).order_line[0].price_unit = 91
        self.assertEqual(len(order.sbo_change_ids), 3)

    def test_back_to_the_old_value_leaves_nothing(self):
        order = self._sold()
        order.order_line.product_uom_qty = 12
        order.order_line.product_uom_qty = 13
        self.assertEqual(self._rows(order), [("Lamp", "product_uom_qty", "10", "13")])
        order.order_line.product_uom_qty = 10
        self.assertFalse(order.sbo_change_ids)

    def test_goods_that_are_called_a_deposit(self):
        order = self._sold()
        order.order_line.with_user(self.salesperson).write({"is_downpayment": True, "price_unit": 1})
        self.assertEqual(self._rows(order), [("Lamp", "price_unit", "100.00", "1.00")])

    def test_new_line_stands_as_it_is_in_the_end(self):
        order = self._sold()
        order.order_line = [Command.create({"product_id": self.other.id, "product_uom_qty": 2, "price_unit": 40})]
        order.order_line[1].product_uom_qty = 5
        self.assertEqual(self._rows(order), [("Shade", "added", False, "5 × Shade, 40.00")])

    def test_odoo_itself_writes_none(self):
        order = self._sold()
        self._delivery(order, qty=4)
        invoice = order._create_invoices()
        invoice.action_post()
        self.env["sale.advance.payment.inv"].with_context(active_ids=order.ids, active_model="sale.order").create({
            "advance_payment_method": "fixed", "fixed_amount": 50, "sale_order_ids": [Command.set(order.ids)],
        }).create_invoices()
        order.action_lock()
        order.action_unlock()
        order.currency_id.rate_ids = [Command.create({"name": "2026-03-01", "rate": 2})]
        order.invalidate_recordset()
        order.write({"note": "x", "client_order_ref": "PO 1", "user_id": self.manager.id})
        order.order_line[0].write({"name": "Lamp, red"})
        self.assertFalse(order.sbo_change_ids)

    def test_goods_that_left_beside_the_order(self):
        order = self._sold()
        picking = order.picking_ids
        picking.move_ids = [Command.create({
            "product_id": self.other.id, "product_uom_qty": 1, "quantity": 1, "picked": True,
            "location_id": picking.location_id.id, "location_dest_id": picking.location_dest_id.id})]
        self._delivery(order)
        self.assertEqual(len(order.order_line), 2, "Odoo adds a line without an ordered quantity")
        self.assertFalse(order.sbo_change_ids)

    def test_quotations_write_none(self):
        order = self._entered()
        order.order_line.product_uom_qty = 12
        order.write({"commitment_date": at("2026-03-20 10:00")})
        order.write({"state": "sale", "commitment_date": at("2026-03-21 10:00")})
        self._entered(state="sale")
        self.assertFalse(order.sbo_change_ids)
        order.write({"state": "sale", "commitment_date": at("2026-03-22 10:00")})
        self.assertEqual([row[1] for row in self._rows(order)], ["commitment_date"], "already confirmed")

    def test_nobody_claims_to_be_born(self):
        order = self._sold().with_user(self.salesperson).with_context(sbo_birth=True)
        order.order_line.product_uom_qty = 12
        self.assertTrue(order.sudo().sbo_change_ids)

    def test_sheets_are_nobodys_to_write(self):
        order = self._sold()
        order.order_line.product_uom_qty = 12
        sheet = order.sbo_change_ids
        for user in (self.salesperson, self.supervisor):
            with self.assertRaises(AccessError):
                sheet.with_user(user).write({"user_id": self.clerk2.id})
            with self.assertRaises(AccessError):
                sheet.line_ids.with_user(user).write({"new_value": "x"})
            with self.assertRaises(AccessError):
                sheet.with_user(user).unlink()
        with self.assertRaises(UserError):
            sheet.unlink()

    def test_budget(self):
        def cost(count):
            orders = self.env["sale.order"].union(*(self._sold() for _n in range(count)))
            self.env.flush_all()
            self.env.invalidate_all()
            orders.mapped("order_line.price_unit")
            before = self.cr.sql_log_count
            orders.order_line.write({"price_unit": 77})
            self.env.flush_all()
            spent = self.cr.sql_log_count - before
            self.assertEqual(len(orders.sbo_change_ids), count)
            return spent

        cost(1)
        few, many = cost(2), cost(20)
        self.assertLessEqual(many, few + 6, "sheets of many orders cost as many queries as those of two")


@tagged("post_install", "-at_install")
class TestOrdersChangeReason(ChangeCase):
    """Why it was changed is asked for; an entry error counts against whoever entered the old value."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.check = cls._shipped("order_entry_error")

    def _changed(self, **vals):
        order = self._sold(**vals)
        order.order_line.with_user(self.salesperson).write({"product_uom_qty": 12})
        return order.sbo_change_ids

    def test_entry_error_is_a_finding(self):
        sheet = self._changed(sbo_clerk_id=self.clerk2.id)
        sheet.with_user(self.salesperson).write({"reason": "entry_error", "note": "twelve on the paper"})
        found = self._findings(sheet.order_id, self.check)
        self.assertEqual((found.user_id, found.evidence, bool(found.closed_at), found.state),
                         (self.clerk, {"line": "Lamp", "changed_product_uom_qty": "10 → 12"}, True, "candidate"))
        self.assertEqual((sheet.state, sheet.explained_by_id), ("explained", self.salesperson))

    def test_against_the_person_of_that_value(self):
        order = self._entered()
        order.with_user(self.supervisor).order_line.write({"price_unit": 95})
        order.action_confirm()
        self._next()
        order.order_line.with_user(self.salesperson).write({"price_unit": 90, "product_uom_qty": 9})
        users = {line.field: line.user_id for line in order.sbo_change_ids.line_ids}
        self.assertEqual(users, {"price_unit": self.supervisor, "product_uom_qty": self.clerk})
        self._next()
        order.order_line.price_unit = 80
        self.assertEqual(order.sbo_change_ids.sorted("id")[-1].line_ids.user_id, self.salesperson)

    def test_customers_change_is_nobodys_error(self):
        sheet = self._changed()
        sheet.with_user(self.salesperson).write({"reason": "customer", "agreed_by": "Ms Liu"})
        self.assertFalse(self._findings(sheet.order_id, self.check))

    def test_who_gives_the_reason(self):
        sheet = self._changed(sbo_clerk_id=self.clerk.id)
        with self.assertRaises(AccessError):
            sheet.with_user(self.clerk2).write({"reason": "customer"})
        sheet.with_user(self.clerk).write({"reason": "customer"})
        with self.assertRaises(AccessError):
            sheet.with_user(self.clerk).write({"reason": "other"})
        sheet.with_user(self.supervisor).write({"reason": "entry_error"})
        found = self._findings(sheet.order_id, self.check)
        self.assertTrue(found)
        sheet.with_user(self.manager).write({"reason": "customer"})
        self.assertEqual(found.cause, "customer")
        self._refused("has a reason", sheet.with_user(self.manager).write, {"reason": False})

    def test_nobody_excuses_the_own_entry(self):
        order = self._entered(self.supervisor)
        order.action_confirm()
        self._next()
        order.order_line.with_user(self.salesperson).write({"product_uom_qty": 12})
        sheet = order.sbo_change_ids
        sheet.with_user(self.salesperson).write({"reason": "entry_error"})
        with self.assertRaises(AccessError):
            sheet.with_user(self.supervisor).write({"reason": "customer"})

    def test_missing_reason_is_found(self):
        sheet = self._changed()
        sheet.sudo().changed_at = at("2026-03-02 10:00")
        check = self._shipped("order_change_open")
        self._run(check, "2026-03-03 14:30")
        found = self._findings(sheet.order_id, check)
        self.assertEqual((found.user_id, found.quantity), (self.salesperson, 3), "due at 10:00 the next day")


@tagged("post_install", "-at_install")
class TestOrdersChangeKnown(ChangeCase):
    """Those who must know acknowledge the change; what is open shows on the delivery."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse = cls._department()
        cls.keeper = cls._user("sbo_keeper", "stock.group_stock_user")

    def _changed(self, **vals):
        order = self._sold()
        order.picking_ids.user_id = self.keeper
        order.order_line.with_user(self.salesperson).write(vals or {"product_uom_qty": 12})
        return order

    def test_department_and_owner_of_the_delivery(self):
        order = self._changed()
        notices = order.sbo_change_ids.notice_ids
        self.assertEqual((notices.department_id, notices.user_id), (self.warehouse, self.keeper))
        self.assertEqual(set(notices.mapped("state")), {"sent"})
        picking = order.picking_ids.with_user(self.keeper)
        self.assertEqual(picking.sbo_change_open, 2)
        self.assertIn("Warehouse", picking.sbo_change_text)
        self.assertIn("12", notices.filtered("user_id").with_user(self.keeper).changes)
        order.order_line.with_user(self.salesperson).write({"price_unit": 88})
        words = notices.filtered("department_id").with_user(self.outsider).changes
        self.assertTrue("12" in words and "88" not in words, "the warehouse sees no prices")
        notices.filtered("user_id").with_user(self.keeper).action_acknowledge()
        notices.filtered("department_id").with_user(self.outsider).action_acknowledge("done")
        picking.invalidate_recordset()
        self.assertEqual((picking.sbo_change_open, picking.sbo_change_text), (0, False))
        self.assertEqual(order.sbo_change_ids.unanswered, 0)

    def test_prices_concern_only_who_sees_them(self):
        order = self._changed(price_unit=90)
        self.assertFalse(order.sbo_change_ids.notice_ids)
        self.warehouse.sees_prices = True
        order = self._changed(price_unit=90)
        self.assertEqual(order.sbo_change_ids.notice_ids.department_id, self.warehouse)

    def test_undone_change_calls_its_notices_off(self):
        order = self._changed()
        notices = order.sbo_change_ids.notice_ids
        order.order_line.with_user(self.salesperson).write({"product_uom_qty": 10})
        self.assertEqual(set(notices.mapped("state")), {"cancelled"})
        self.assertEqual(order.picking_ids[0].sbo_change_open, 0)

    def test_papers(self):
        order = self._changed()
        sheet = order.sbo_change_ids
        html = self.env["ir.actions.report"].with_user(self.clerk)._render_qweb_html(
            "sales_back_office.sbo_order_change_notice", sheet.ids)[0].decode()
        for text in ("Order Change Notice", order.name, "Lamp", "12", "Warehouse"):
            self.assertIn(text, html)
        checked = self._verify(self._entered(), quantity=12)
        html = self.env["ir.actions.report"].with_user(self.clerk2)._render_qweb_html(
            "sales_back_office.sbo_order_check_sheet", checked.ids)[0].decode()
        for text in ("Order Check Sheet", "Lamp", "Price against pricelist", "Differences"):
            self.assertIn(text, html)
