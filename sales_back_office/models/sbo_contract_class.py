from odoo import fields, models


class SboContractClass(models.Model):
    """A class of contracts (合同类别, A within present capability / B special): its number, and who reviews it (F06)."""

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
        "More Approvers from", help="With this amount or more the further approvers must approve as well; 0: never.")
    limit_approver_ids = fields.Many2many(
        "res.users", "sbo_contract_class_limit_approver_rel", "class_id", "user_id", string="Further Approvers",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]")
    review_days = fields.Integer("Days to Review", default=3, help="Working days for the opinions of a review.")
    file_days = fields.Integer("Days to File", default=3, help="Working days from signing until the contract is filed.")
