from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class SboContractClass(models.Model):
    """A class of contracts (合同类别, A within present capability, B special): its number, who reviews it (F06)."""

    _name = "sbo.contract.class"
    _description = "Contract Class"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Stands in the contract's number, after the year.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(related="company_id.currency_id")
    department_ids = fields.Many2many(
        "sbo.department", "sbo_contract_class_department_rel", "class_id", "department_id",
        string="Reviewed by Departments", domain="[('company_id', '=', company_id)]",
        help="Each of them must have given its opinion before the contract is approved.")
    approver_ids = fields.Many2many(
        "res.users", "sbo_contract_class_approver_rel", "class_id", "user_id", string="Approved by",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="All of them must approve; for an ordinary class the head of sales alone.")
    limit_amount = fields.Monetary(
        "More Approvers from", help="With this amount or more, or with no amount at all, the further approvers must "
        "approve as well; 0: never.")
    limit_approver_ids = fields.Many2many(
        "res.users", "sbo_contract_class_limit_approver_rel", "class_id", "user_id", string="Further Approvers",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]")
    review_days = fields.Integer("Days to Review", default=3, help="Working days for the opinions of a review.")
    file_days = fields.Integer("Days to File", default=3, help="Working days from signing until the contract is filed.")
    remind_days = fields.Integer(
        "Days to Remind", default=3,
        help="So many days before an obligation is due, its person in charge gets a to-do.")
    sequence_id = fields.Many2one(
        "ir.sequence", "Number Sequence", readonly=True, copy=False, ondelete="restrict",
        help="Made with the first contract of the class; a number range for each year.")

    _code_uniq = models.UniqueIndex("(company_id, code)", "The company has a class with this code already.")
    _days = models.Constraint(
        "CHECK (review_days >= 0 AND file_days >= 0 AND remind_days >= 0 AND limit_amount >= 0)",
        "Days and amounts cannot be negative.")

    def write(self, vals):
        if "code" in vals or "company_id" in vals:
            numbered = self.filtered(lambda item: item.sequence_id and (
                vals.get("code", item.code) != item.code
                or vals.get("company_id", item.company_id.id) != item.company_id.id))
            if numbered:
                raise UserError(self.env._(
                    "Contracts of class %s have numbers with its code: make a new class and archive this one.",
                    numbered[0].name))
        return super().write(vals)

    def copy_data(self, default=None):
        vals_list = super().copy_data(default=default)
        for item, vals in zip(self, vals_list, strict=True):
            vals["code"] = self.env._("%s (copy)", item.code)
        return vals_list

    @api.ondelete(at_uninstall=False)
    def _unlink_except_unused(self):
        if self.filtered("sequence_id"):
            raise UserError(self.env._("Contracts have numbers of this class: archive it instead."))

    def _next_number(self, year):
        """Take the next number of a year: (number, as it stands on the contract, how any number would stand there).

        Without gaps: a transaction that is rolled back gives its number back, two at once wait for each other.
        """
        self.ensure_one()
        # Written, not only locked: who has waited starts again and sees the range of the year that the other has made.
        self.env.cr.execute(SQL(
            "UPDATE sbo_contract_class SET write_date = now() AT TIME ZONE 'UTC' WHERE id = %s", self.id))
        if not self.sequence_id:
            self.sequence_id = self.env["ir.sequence"].create(self._prepare_sequence())
        day = fields.Date.to_date(f"{year}-01-01")
        span = self.sequence_id._get_current_sequence(day)
        number = span.number_next
        name = span.with_context(ir_sequence_date=str(day), ir_sequence_date_range=str(day))._next()
        span.invalidate_recordset(["number_next"])

        def title(other):
            return self.sequence_id.with_context(
                ir_sequence_date=str(day), ir_sequence_date_range=str(day)).get_next_char(other)
        return number, name, title

    def _prepare_sequence(self):
        """Hook: how numbers look; year–class–sequence by default."""
        return {
            "name": self.env._("Contracts, class %s", self.code), "code": f"sbo.contract.{self.id}",
            "prefix": f"%(range_year)s-{self.code}-", "padding": 3, "implementation": "no_gap",
            "use_date_range": True, "company_id": self.company_id.id,
        }
