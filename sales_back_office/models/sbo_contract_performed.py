from odoo import api, fields, models


class SboContractPerformed(models.AbstractModel):
    """A contract that shows how far it is carried out: the figures of the schedule, one query for a page."""

    _name = "sbo.contract.performed"
    _description = "Performance of a Contract"
    _inherit = ["sbo.contract.documents"]

    currency_id = fields.Many2one("res.currency")
    ordered_amount = fields.Monetary(compute="_compute_performed")
    delivered_amount = fields.Monetary(compute="_compute_performed")
    invoiced_amount = fields.Monetary("Invoiced", compute="_compute_performed")
    received_amount = fields.Monetary(compute="_compute_performed")
    receivable_amount = fields.Monetary("Receivable", compute="_compute_performed")
    overdue_amount = fields.Monetary("Overdue", compute="_compute_performed")
    overdue_since = fields.Date(compute="_compute_performed")
    rest_amount = fields.Monetary("Still to Deliver", compute="_compute_performed")
    collection_rate = fields.Float(compute="_compute_performed", help="Received ÷ (received + overdue).")
    performance = fields.Float(compute="_compute_performed", help="Delivered ÷ contracted.")
    schedule_updated_at = fields.Datetime("Schedule Updated", compute="_compute_performed")
    update_ids = fields.One2many("sbo.contract.update", "contract_id", "Schedule Updates", readonly=True)

    @api.depends_context("sbo_as_of", "company")
    def _compute_performed(self):
        """Not stored: confirming an order must not ripple through its contract."""
        # Superuser: whoever may read the contract, such as those who review it, reads how far it is.
        rows = self.env["sbo.contract.figure"].sudo().browse(self._origin.ids)
        found = {row.id: row for row in rows}
        names = {name: name.removesuffix("_amount") for name in (
            "ordered_amount", "delivered_amount", "invoiced_amount", "received_amount", "receivable_amount",
            "overdue_amount", "overdue_since", "rest_amount", "collection_rate", "performance")}
        names["schedule_updated_at"] = "updated_at"
        for contract in self:
            row = found.get(contract._origin.id)
            for name, column in names.items():
                contract[name] = row[column] if row else False

    def action_schedule_card(self):
        """The performance schedule of this contract."""
        self.ensure_one()
        return {"type": "ir.actions.act_window", "res_model": "sbo.contract.figure", "res_id": self.id,
                "views": [[False, "form"]]}

    def _what_is_open(self):
        """Sentences about goods that have not left and money that has not come, whoever may see the documents."""
        reasons = []
        # Superuser: the contract is open whoever looks; a past day of the context does not count.
        whole = self.sudo().with_context(sbo_as_of=False)
        self.env.flush_all()
        late = whole.env["sale.order"].browse(whole.env["sbo.contract.goods"]._order_ids(self.ids, "open"))
        if late:
            reasons.append(self.env._("Not delivered in full: %s.", ", ".join(late.mapped("name"))))
        row = self._figure_of_now()
        money = row.receivable + row.not_invoiced - self.retention_amount
        if self.currency_id.compare_amounts(money, 0) > 0:
            reasons.append(self.env._("Money is still to come: %s.", self.currency_id.format(money)))
        return reasons

    def _what_is_owed(self):
        """A sentence about invoices that are not paid, retention money too: once it is filed, nothing warns of them."""
        money = self._figure_of_now().receivable
        if self.currency_id.compare_amounts(money, 0) <= 0:
            return []
        return [self.env._(
            "%s is still owed, retention money included; it waits for the payment, a credit note or a write-off by "
            "the accountants.", self.currency_id.format(money))]

    def _figure_of_now(self):
        """Its figures, whoever may see the documents; a past day of the context does not count."""
        self.env.flush_all()
        # Superuser: it is open and owed whoever looks.
        row = self.env["sbo.contract.figure"].sudo().with_context(sbo_as_of=False).browse(self.ids)
        row.invalidate_recordset()
        return row

    def _sbo_contracts(self):
        return self
