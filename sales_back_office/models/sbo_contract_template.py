from odoo import fields, models


class SboContractTemplate(models.Model):
    """A standard contract as a file, in one version (标准合同文本): a newer one makes it out of date."""

    _name = "sbo.contract.template"
    _description = "Standard Contract"
    _order = "name, version desc"

    name = fields.Char(required=True)
    version = fields.Integer(required=True, default=1)
    class_id = fields.Many2one("sbo.contract.class", "Contract Class", check_company=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    active = fields.Boolean(default=True)
    valid_from = fields.Date("Valid from", required=True, default=fields.Date.context_today)
    file = fields.Binary(attachment=True, required=True)
    file_name = fields.Char()
    note = fields.Text("What Changed")
