from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .sbo_contract_figures import AMOUNTS
from .sbo_contract_flow import LIVE

CLERK = "sales_back_office.sbo_group_clerk"
ENTERED = {"contract_id", "remark"}


class SboContractUpdate(models.Model):
    """One look through the schedule of one contract (一览表更新): who, when, for which month, with the day's figures.

    It is noted by a clerk and never changed: what the schedule said on that day stays.
    """

    _name = "sbo.contract.update"
    _description = "Schedule Update"
    _order = "updated_at desc, id desc"
    _rec_name = "contract_id"

    contract_id = fields.Many2one("sbo.contract", required=True, readonly=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(related="contract_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="contract_id.partner_id", string="Customer")
    currency_id = fields.Many2one(related="contract_id.currency_id")
    updated_at = fields.Datetime("Updated", required=True, readonly=True, default=fields.Datetime.now)
    user_id = fields.Many2one("res.users", "Updated by", required=True, readonly=True, ondelete="restrict",
                              default=lambda self: self.env.user)
    period = fields.Char("Month", required=True, readonly=True, index=True, help="Year and month of the update.")
    remark = fields.Char(readonly=True)
    figures = fields.Json(readonly=True, help="The amounts of the schedule on that day, in the contract's currency.")
    delivered = fields.Monetary("Delivered Amount", compute="_compute_figures")
    invoiced = fields.Monetary(compute="_compute_figures")
    received = fields.Monetary("Received Amount", compute="_compute_figures")
    overdue = fields.Monetary(compute="_compute_figures")

    _contract_idx = models.Index("(contract_id, updated_at)")

    @api.depends("figures")
    def _compute_figures(self):
        for update in self:
            for name in ("delivered", "invoiced", "received", "overdue"):
                update[name] = (update.figures or {}).get(name, 0)

    @api.model_create_multi
    def create(self, vals_list):
        """Only the contract and the remark are entered; everything else is as it is at this moment."""
        if not self.env.su and not self.env.user.has_group(CLERK):
            raise AccessError(self.env._("A back-office clerk looks the schedule through and notes it as updated."))
        contracts = self.env["sbo.contract"].browse([vals.get("contract_id") for vals in vals_list])
        contracts.check_access("read")
        figures = self._figures_now(contracts)
        now = fields.Datetime.now()
        return super().create([{
            **{name: value for name, value in vals.items() if name in ENTERED},
            "updated_at": now, "user_id": self.env.uid, "figures": figures[contract.id],
            "period": contract.company_id._sbo_today().strftime("%Y-%m"),
        } for vals, contract in zip(vals_list, contracts, strict=True)])

    def write(self, vals):
        if vals:
            raise UserError(self.env._(
                "A schedule update is kept as it was noted. Update the schedule once more instead."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        raise UserError(self.env._("Schedule updates stay: they tell what the schedule said on their day."))

    @api.model
    def _figures_now(self, contracts):
        """{contract id: {amount: value}}, in one query for all.

        :raise UserError: a contract has nothing to be looked through
        """
        for contract in contracts:
            if contract.state not in LIVE:
                raise UserError(self.env._(
                    "%s is not in force: its schedule is not updated. Choose contracts that are signed and not ended.",
                    contract.display_name))
        # Today's, whatever day the screen shows.
        rows = self.env["sbo.contract.figure"].with_context(sbo_as_of=None).browse(contracts.ids)
        return {row.id: {name: row[name] for name in AMOUNTS} for row in rows}
