from odoo.tests import HttpCase, tagged

from .common_contract_reviews import SboContractReviewCommon


@tagged("post_install", "-at_install")
class TestContractTours(SboContractReviewCommon, HttpCase):
    """A contract from its draft through review, signature, order, delivery and part payment to the schedule's PDF."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["sbo.order.class"].search([]).active = False
        cls.company.sbo_payment_policy = False
        cls.customer.name = "Tour Customer"
        cls.product = cls._product("Tour Lamp", 100, invoice_policy="order")
        stock = cls.env["stock.warehouse"].search([("company_id", "=", cls.company.id)], limit=1).lot_stock_id
        cls.env["stock.quant"]._update_available_quantity(cls.product, stock, 10)
        cls.cashier = cls._user("sbo_cashier", "account.group_account_invoice")

    def test_from_draft_to_schedule(self):
        contract = self._reviewed_and_signed()
        order = self._ordered_and_shipped(contract)
        self._partly_paid(order)
        self._printed(contract)

    def _reviewed_and_signed(self):
        self.start_tour("/odoo/contracts/new", "sbo_contract_draft", login="sbo_salesperson")
        contract = self.env["sbo.contract"].search([("partner_id", "=", self.customer.id)])
        self.assertEqual((contract.state, contract.create_uid), ("review", self.salesperson))
        for login, tour in (("sbo_producer", "sbo_contract_judge"), ("sbo_accountant", "sbo_contract_condition"),
                            ("sbo_head", "sbo_contract_approve")):
            self.start_tour("/odoo/contracts-to-review", tour, login=login)
        review = contract.review_ids
        self.assertEqual((review.state, contract.state), ("approved", "approved"))
        self.assertEqual(review.opinion_ids.user_id, self.member | self.accountant | self.head)
        self.start_tour(f"/odoo/contracts/{contract.id}", "sbo_contract_sign", login="sbo_clerk")
        self.assertEqual((contract.state, contract.our_signatory_id), ("signed", self.manager))
        return contract

    def _ordered_and_shipped(self, contract):
        self.start_tour(f"/odoo/contracts/{contract.id}", "sbo_contract_order", login="sbo_clerk")
        order = contract.order_ids
        self.assertEqual((order.state, contract.state), ("sale", "execution"))
        warehouse = self._user("sbo_contract_warehouse", "stock.group_stock_user")
        url = f"/odoo/action-stock.action_picking_tree_all/{order.picking_ids.id}"
        self.start_tour(url, "sbo_order_ship", login=warehouse.login)
        self.assertEqual(order.picking_ids.state, "done")
        return order

    def _partly_paid(self, order):
        invoice = order._create_invoices()
        invoice.action_post()
        self.start_tour(f"/odoo/action-account.action_move_out_invoice_type/{invoice.id}", "sbo_contract_part_payment",
                        login="sbo_cashier")
        self.assertEqual(invoice.amount_residual, 600)

    def _printed(self, contract):
        self.start_tour("/odoo/contract-schedule", "sbo_contract_schedule", login="sbo_clerk")
        figures = self.env["sbo.contract.figure"].with_user(self.clerk).search([("contract_id", "=", contract.id)])
        self.assertEqual((figures.contracted, figures.delivered, figures.invoiced, figures.received),
                         (1000, 1000, 1000, 400))
        report = self.env["ir.actions.report"].with_user(self.clerk).with_context(force_report_rendering=True)
        with self.allow_pdf_render():
            content, kind = report._render_qweb_pdf("sales_back_office.sbo_contract_schedule_report", figures.ids)
        self.assertEqual((content[:4], kind), (b"%PDF", "pdf"))
