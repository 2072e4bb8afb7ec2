from odoo import api, fields, models
from odoo.tools import SQL


class SboFiledPicking(models.AbstractModel):
    """The delivery note that came back signed (签收单) is filed, with its scan."""

    _name = "sbo.filed.picking"
    _description = "Delivery: Filed Documents"
    _inherit = ["sbo.filed.mixin"]

    _sbo_filed_idx = models.Index("(company_id, sbo_signed_on) WHERE sbo_signed_on IS NOT NULL")

    def _sbo_paper_date(self):
        return self.sbo_signed_on or (self.date_done and self.date_done.date()) or super()._sbo_paper_date()

    def _sbo_filed_attachments(self):
        # Superuser: the scan in the field of the delivery.
        return self.env["ir.attachment"].sudo().search([
            ("res_model", "=", self._name), ("res_id", "in", self.ids), ("res_field", "=", "sbo_signed_scan")])

    def _sbo_fulfilled_on(self):
        done = self.filtered(lambda picking: picking.state == "done" and picking.date_done)
        return {picking.id: picking.date_done.date() for picking in done}

    @api.model
    def _sbo_papers_due(self, company, since):
        """Delivery notes that came back signed."""
        return SQL(
            """SELECT p.id FROM stock_picking p JOIN stock_picking_type t ON t.id = p.picking_type_id
                WHERE p.company_id = %s AND p.state = 'done' AND t.code = 'outgoing' AND p.sale_id IS NOT NULL
                  AND p.sbo_signed_on IS NOT NULL AND p.sbo_signed_on >= %s AND %s ORDER BY p.id""",
            company.id, since or fields.Date.to_date("1970-01-01"), self._sbo_sql_without_paper(SQL("p.id")))
