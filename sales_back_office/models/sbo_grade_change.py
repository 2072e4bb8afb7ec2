from odoo import fields, models

from .sbo_customer_figure import GRADES


class SboGradeChange(models.Model):
    """One change of a customer's grade (等级变更): from what to what, when, by the figures or by whom and why."""

    _name = "sbo.grade.change"
    _description = "Change of a Customer's Grade"
    _order = "changed_at desc, id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="cascade")
    old_grade = fields.Selection(GRADES, "Before", readonly=True)
    new_grade = fields.Selection(GRADES, "After", readonly=True)
    changed_at = fields.Datetime("Changed", required=True, readonly=True)
    kind = fields.Selection(
        [("automatic", "By the Figures"), ("manual", "By Hand"), ("expired", "Grade by Hand Ended")], "How",
        required=True, readonly=True)
    user_id = fields.Many2one("res.users", "By", readonly=True, help="Empty: the nightly figures.")
    until = fields.Date(readonly=True)
    reason = fields.Char(readonly=True)
