from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common_documents import SboDocumentsCommon


@tagged("post_install", "-at_install")
class TestDocumentsOfOrders(SboDocumentsCommon):
    """The order as the customer wrote it goes on file with the order."""

    def test_the_customers_own_document_is_filed_with_the_order(self):
        order, other = self._order(self.customer, clerk=self.clerk), self._order(self.customer, clerk=self.clerk)
        papers = self.env["ir.attachment"].with_user(self.clerk).create([
            {"name": name, "raw": name.encode()} for name in ("order.txt", "frame.txt")]).with_env(self.env)
        order.with_user(self.clerk).sbo_document_ids = papers[0]
        other.with_user(self.clerk).sbo_document_ids = papers[1]
        order.sudo().sbo_document_ids += papers[1]
        quotation = self.env["ir.attachment"].create({
            "name": "quotation.txt", "raw": b"ours", "res_model": "sale.order", "res_id": order.id})
        self.env["sbo.document.class"]._of_record("sale.order", self.company).place_id = self.box
        document = self.env["sbo.document"].browse(order.with_user(self.clerk).action_sbo_file()["res_id"])
        self.assertEqual((document.state, document.medium, document.file_ids.name), ("filed", "both", "order.txt"))
        self.assertEqual((papers[0].res_model, papers[1].res_id, quotation.res_id),
                         ("sbo.document", other.id, order.id), "what is another order's, or ours, stays")
        self.assertIn(papers[0], order.with_user(self.clerk2).sbo_document_ids, "and it is compared with as before")
        self.assertEqual(order.with_user(self.clerk).sbo_filed_file_ids, document.file_ids)

    def test_a_secret_one_does_not_close_the_order(self):
        order = self._order(self.customer, clerk=self.clerk, user_id=self.salesperson.id)
        paper = self.env["ir.attachment"].with_user(self.clerk).create({"name": "order.txt", "raw": b"10 lamps"})
        order.with_user(self.clerk).sbo_document_ids = paper
        kind = self.env["sbo.document.class"]._of_record("sale.order", self.company)
        kind.write({"place_id": self.box.id, "secrecy_id": self.restricted.id})
        order.with_user(self.clerk).action_sbo_file()
        self.assertEqual(paper.sudo().res_model, "sbo.document")
        self.env.flush_all()
        self.env.invalidate_all()
        order.with_user(self.salesperson).web_read({"name": {}, "sbo_document_ids": {"fields": {"name": {}}}})
        with self.assertRaises(AccessError):
            paper.with_user(self.salesperson).sudo(False).read(["datas"])
