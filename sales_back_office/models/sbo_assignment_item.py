from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

ITEM_KINDS = [
    ("contacts", "Contacts"),
    ("preferences", "Needs and Preferences"),
    ("orders", "Open Orders"),
    ("receivable", "Receivable"),
    ("findings", "Open Findings and Problems"),
    ("other", "Other"),
]
EDITABLE = {"ticked", "note"}


class SboAssignmentItem(models.Model):
    """One line of a handover packet (交接清单): what is handed over, as it stood then, and whether it was received.

    An area adds a kind by ``selection_add`` and lines by overriding ``res.partner._sbo_handover_items``.
    """

    _name = "sbo.assignment.item"
    _description = "Handover Packet Line"
    _order = "assignment_id, sequence, id"
    _rec_name = "kind"

    assignment_id = fields.Many2one("sbo.assignment", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="assignment_id.company_id")
    sequence = fields.Integer(default=10)
    kind = fields.Selection(ITEM_KINDS, "What", required=True, readonly=True)
    quantity = fields.Integer("Count", readonly=True, aggregator=None)
    amount = fields.Monetary(readonly=True, aggregator=None)
    currency_id = fields.Many2one("res.currency", readonly=True)
    detail = fields.Char("Details", readonly=True)
    note = fields.Char(help="What the receiver remarks on this line.")
    ticked = fields.Boolean()
    ticked_at = fields.Datetime(readonly=True)
    ticked_by_id = fields.Many2one("res.users", readonly=True)

    @api.depends("kind")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for item in self:
            item.display_name = labels.get(item.kind, "")

    def write(self, vals):
        if not self.env.su:
            self._refuse_by_hand(vals)
        if "ticked" in vals:
            vals = dict(vals, ticked_at=vals["ticked"] and fields.Datetime.now(),
                        ticked_by_id=vals["ticked"] and self.env.uid)
            self.check_access("write")
            # Superuser: who ticked it and when comes with the tick, not from the person.
            return super(SboAssignmentItem, self.sudo()).write(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A handover packet is kept as it was handed over."))

    def action_open(self):
        """The records behind a line."""
        self.ensure_one()
        model, domain = self._get_records()
        if not model:
            raise UserError(self.env._("There is nothing to open behind “%s”.", self.display_name))
        return {"type": "ir.actions.act_window", "name": self.display_name, "res_model": model,
                "view_mode": "list,form", "domain": domain}

    def _refuse_by_hand(self, vals):
        if set(vals) - EDITABLE:
            raise AccessError(self.env._("A handover packet is kept as it was handed over: it can only be ticked off."))
        for record in self.assignment_id:
            if not record.can_answer:
                raise AccessError(self.env._(
                    "The packet of “%(assignment)s” is ticked off by %(user)s while it waits for an answer.",
                    assignment=record.display_name, user=record.user_id.name or "-"))

    def _get_records(self):
        """(model, domain) behind a line, called by its button; areas add theirs by override."""
        partner = self.assignment_id.partner_id
        return {
            "contacts": ("res.partner", [("parent_id", "=", partner.id)]),
            "preferences": ("res.partner", [("id", "=", partner.id)]),
            "orders": ("sale.order", [("partner_id", "child_of", partner.id), *partner._sbo_open_orders()]),
            "findings": ("sbo.finding", [("res_model", "=", "res.partner"), ("res_id", "=", partner.id),
                                         ("closed_at", "=", False)]),
        }.get(self.kind, (None, None))
