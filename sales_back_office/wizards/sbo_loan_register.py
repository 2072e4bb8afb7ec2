from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SboLoanRegister(models.TransientModel):
    """Asks for which period the register of loans (文件借阅登记表, form F18) is printed."""

    _name = "sbo.loan.register"
    _description = "Loan Register"

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    date_from = fields.Date("From", required=True, default=lambda self: self.env.company._sbo_today().replace(day=1))
    date_to = fields.Date("To", required=True, default=lambda self: (
        self.env.company._sbo_today().replace(day=1) + relativedelta(months=1, days=-1)))

    @api.depends("date_from", "date_to")
    def _compute_display_name(self):
        for register in self:
            register.display_name = f"{register.date_from} – {register.date_to}"

    @api.constrains("date_from", "date_to")
    def _check_period(self):
        if self.filtered(lambda register: register.date_to < register.date_from):
            raise ValidationError(self.env._("The period ends before it begins."))

    def action_print(self):
        """The register as PDF."""
        return self.env.ref("sales_back_office.sbo_loan_register_paper_action").report_action(self)
