from odoo import fields, models
from odoo.exceptions import UserError, ValidationError

STATES = [("error", "Cannot Be Filed"), ("ready", "Will Be Filed"), ("exists", "Filed Already"),
          ("skipped", "Left Out"), ("done", "Filed Now")]

# What has to be looked at stands first.
RANKS = {"error": 0, "exists": 2, "ready": 3, "done": 3, "skipped": 4}
WARNED = 1


class SboCustomerImportLine(models.TransientModel):
    """One row of the ledger: what would happen to it, or what has happened."""

    _name = "sbo.customer.import.line"
    _description = "Customer Import: Row"
    _order = "rank, row"

    wizard_id = fields.Many2one("sbo.customer.import", required=True, ondelete="cascade", index=True)
    row = fields.Integer(readonly=True, aggregator=None)
    rank = fields.Integer(readonly=True, aggregator=None)
    name = fields.Char("Customer", readonly=True)
    state = fields.Selection(STATES, "Import Result", readonly=True)
    warned = fields.Boolean(readonly=True)
    message = fields.Text("In Words", readonly=True)
    values = fields.Json(readonly=True)
    cells = fields.Json(readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer File", readonly=True, ondelete="set null")

    def _file(self):
        """Create the customers of these rows at once; if that fails, one by one, so that each is told why."""
        # Nobody gets a mail for each of thousands of customers: the assignments say whose they are.
        partners = self.env["res.partner"].with_context(
            sbo_channel="import", mail_notrack=True, mail_auto_subscribe_no_notify=True)
        try:
            with self.env.cr.savepoint():
                customers = partners.create(self.wizard_id._prepare_customers(self.mapped("values")))
                self.env.flush_all()
        except (UserError, ValidationError) as error:
            if len(self) == 1:
                self.write({"state": "error", "rank": RANKS["error"], "message": str(error)})
                return
            for line in self:
                line._file()
            return
        for line, customer in zip(self, customers, strict=True):
            line.write({"state": "done", "partner_id": customer.id})
