from odoo import fields, models

STATES = [("error", "Cannot Be Filed"), ("ready", "Will Be Filed"), ("exists", "Filed Already"),
          ("skipped", "Left Out"), ("done", "Filed Now")]


class SboCustomerImportLine(models.TransientModel):
    """One row of the ledger: what would happen to it, or what has happened."""

    _name = "sbo.customer.import.line"
    _description = "Customer Import: Row"
    _order = "rank, row"

    wizard_id = fields.Many2one("sbo.customer.import", required=True, ondelete="cascade", index=True)
    row = fields.Integer(readonly=True, aggregator=None)
    rank = fields.Integer(readonly=True, aggregator=None)
    name = fields.Char("Customer", readonly=True)
    state = fields.Selection(STATES, "Result", readonly=True)
    warned = fields.Boolean(readonly=True)
    message = fields.Text("In Words", readonly=True)
    values = fields.Json(readonly=True)
    cells = fields.Json(readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer File", readonly=True, ondelete="set null")
