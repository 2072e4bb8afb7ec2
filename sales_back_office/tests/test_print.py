from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestPrint(TransactionCase):
    def test_documents_print_as_pdf(self):
        partner = self.env["res.partner"].create({"name": "晨光文具"})
        orders = self.env["sale.order"].create([{"partner_id": partner.id}, {"partner_id": partner.id}])
        report = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        with self.allow_pdf_render():
            content, kind = report._render_qweb_pdf("sale.action_report_saleorder", orders.ids)
        self.assertEqual(kind, "pdf")
        self.assertTrue(content.startswith(b"%PDF"))
