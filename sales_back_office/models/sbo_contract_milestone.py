from odoo import api, fields, models
from odoo.exceptions import UserError

from .sbo_contract_flow import BINDING, LIVE


class SboContractMilestone(models.Model):
    """One thing that a contract obliges a party to by a day (履约节点): a payment, a delivery, any other."""

    _name = "sbo.contract.milestone"
    _description = "Contract Obligation"
    _inherit = [
        "sbo.closed.mixin", "sbo.contract.milestone.progress", "sbo.contract.part", "sbo.contract.obligation",
        "sbo.contract.reminded", "mail.thread", "mail.activity.mixin"]
    _order = "due_on, id"
    _check_company_auto = True
    _closed = frozenset({"done_on", "done_by_id", "repeated", "reminded", "series_on"})
    _content_fields = (
        "kind", "name", "due_on", "percent", "amount", "product_id", "quantity", "repeat_every", "repeat_unit",
        "repeat_until")

    contract_id = fields.Many2one("sbo.contract", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="contract_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="contract_id.currency_id")
    partner_id = fields.Many2one(related="contract_id.partner_id", string="Customer")
    contract_state = fields.Selection(related="contract_id.state", string="State of the Contract")
    done_on = fields.Date("Done", readonly=True, copy=False, tracking=True)
    done_by_id = fields.Many2one("res.users", "Done by", readonly=True, copy=False)
    repeated = fields.Boolean(readonly=True, copy=False, help="The next one of its series has been made.")
    overdue = fields.Boolean(compute="_compute_overdue", search="_search_overdue")

    @api.depends("percent", "kind", "contract_id.amount")
    def _compute_amount(self):
        # What was paid is not worked out anew when a supplement changes the whole.
        left = self.filtered(lambda item: not item._origin or not item.done_on)
        return super(SboContractMilestone, left)._compute_amount()

    @api.depends("repeated")
    def _compute_planned_amount(self):
        return super()._compute_planned_amount()

    @api.depends("due_on", "done_on", "contract_id.state")
    def _compute_overdue(self):
        for item in self:
            item.overdue = not item.done_on and item.contract_id.state in LIVE and bool(item.due_on) \
                and item.due_on < item.company_id._sbo_today()

    def _search_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = ["&", "&", ("done_on", "=", False), ("due_on", "<", self.env.company._sbo_today()),
                  ("contract_id.state", "in", LIVE)]
        return domain if True in value else ["!", *domain]

    @api.model_create_multi
    def create(self, vals_list):
        items = super().create(vals_list)
        if not self.env.su and not self._in_step():
            if items.filtered(lambda item: item.done_on or item.done_by_id or item.repeated or item.series_on):
                raise UserError(self.env._("An obligation is done by its step: use the button."))
        return items

    def write(self, vals):
        """Done comes with its step; the to-dos of what is done are closed."""
        if {"done_on", "done_by_id", "repeated", "series_on"} & vals.keys() and not self._in_step() and not self.env.su:
            raise UserError(self.env._("An obligation is done by its step: use the button."))
        result = super().write(vals)
        if vals.get("done_on"):
            # Superuser: whoever notes it as done closes the to-do of whoever was in charge.
            self.sudo().activity_feedback(["mail.mail_activity_data_todo"], feedback=self.env._("Done"))
        elif "user_id" in vals or "due_on" in vals:
            self._remind_anew()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        done = self.filtered("done_on")
        if done:
            raise UserError(self.env._("“%s” was done: it stays with its contract.", done[0].name))

    # === actions === #

    def action_done(self, day=None):
        """It is done, by whom and when."""
        self.check_access("write")
        for item in self:
            if item.contract_id.state not in BINDING:
                raise UserError(self.env._("“%s” belongs to a contract that is not signed.", item.name))
            if item.done_on:
                raise UserError(self.env._("“%s” is done already.", item.name))
            item._mark_done(day or item.company_id._sbo_today(), self.env.user)
        self._repeat()

    def action_undone(self):
        """It is not done after all."""
        self.check_access("write")
        self._stepping().write({"done_on": False, "done_by_id": False})

    def action_contract(self):
        """Open its contract."""
        return {"type": "ir.actions.act_window", "res_model": "sbo.contract", "res_id": self.contract_id.id,
                "views": [[False, "form"]]}

    # === inner === #

    def _mark_done(self, day, user=None):
        """For areas that know from documents when a payment or delivery is complete; its to-do is closed."""
        self._stepping().write({"done_on": day, "done_by_id": user.id if user else False})

    def _stepping(self):
        return self.contract_id._own().env[self._name].browse(self.ids)

    def _whole_amount(self):
        return self.contract_id.amount

    def _coming_days(self):
        return [] if self.repeated else super()._coming_days()

    def _may_be_added(self):
        """Reminders of our own can be added to a signed contract; what binds the customer cannot."""
        return super()._may_be_added() or self.contract_id.state in LIVE and self.kind == "other"
