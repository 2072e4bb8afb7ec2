from odoo import fields, models

from ..models.sbo_customer_figure import GRADES


class SboCustomerGrading(models.TransientModel):
    """The words and dates that go with a grade that a supervisor sets by hand, or takes back."""

    _name = "sbo.customer.grading"
    _description = "Grade Customers by Hand"

    partner_ids = fields.Many2many("res.partner", string="Customers", required=True)
    grade = fields.Selection(GRADES, help="Empty: back to the grade by the figures.")
    until = fields.Date("Valid Until", help="Empty: until somebody takes it back.")
    reason = fields.Char(required=True)

    def action_apply(self):
        """Grade the chosen customers; the purchase record itself checks who may."""
        self.ensure_one()
        self.env["sbo.customer.figure"]._set_by_hand(self.partner_ids.commercial_partner_id, {
            "grade_manual": self.grade, "grade_manual_until": self.until, "grade_manual_reason": self.reason})
        return {"type": "ir.actions.act_window_close"}
