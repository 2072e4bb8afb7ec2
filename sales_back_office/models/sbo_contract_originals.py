from datetime import date, datetime, time

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..tools import moments
from .sbo_contract_flow import BINDING
from .sbo_contract_steps import CLERK

NOTED = ("original_sent_on", "original_returned_on")


class SboContractOriginals(models.AbstractModel):
    """The paper of a contract (合同原件): how many originals, where they are, sent, come back, put on file (归档)."""

    _name = "sbo.contract.originals"
    _description = "Contract: Originals"
    _inherit = ["sbo.contract.flow"]

    original_count = fields.Integer("Originals", default=2, help="How many originals were made.")
    original_kept = fields.Integer("Kept by Us", default=1, help="How many of them stay with us.")
    original_place = fields.Char("Where Ours Is", tracking=True, help="Where our original is kept.")
    original_sent_on = fields.Date("Sent for Signature", copy=False, tracking=True)
    original_tracking = fields.Char("Courier and Tracking", copy=False)
    original_returned_on = fields.Date(
        "Original Received", copy=False, tracking=True, help="When the original that both have signed came in.")
    file_due_at = fields.Datetime("To Be Filed by", readonly=True, copy=False, index="btree_not_null")
    original_filed_at = fields.Datetime("Original on File", readonly=True, copy=False, tracking=True)
    original_filed_by_id = fields.Many2one("res.users", "Put on File by", readonly=True, copy=False)

    @api.constrains("original_count", "original_kept", "original_sent_on", "original_returned_on")
    def _check_originals(self):
        for contract in self:
            if contract.original_count < 0 or not 0 <= contract.original_kept <= contract.original_count:
                raise ValidationError(self.env._("We cannot keep more originals than were made."))
            sent, back = contract.original_sent_on, contract.original_returned_on
            if sent and back and back < sent:
                raise ValidationError(self.env._("The original cannot have come back before it was sent."))
            if max(filter(None, (sent, back)), default=date.min) > contract.company_id._sbo_today():
                raise ValidationError(self.env._("The original is not sent or received on a day to come."))

    @api.model_create_multi
    def create(self, vals_list):
        contracts = super().create(vals_list)
        if not self._own_step():
            for name in NOTED:
                contracts.filtered(name)[:1]._refuse_noting(name)
        return contracts

    def write(self, vals):
        """Another day of signing, another time limit."""
        if not self._own_step():
            for name in set(NOTED) & vals.keys():
                self[:1]._refuse_noting(name)
        result = super().write(vals)
        if "signed_on" in vals and not self._own_step():
            self._plan_filing()
        return result

    def action_recompute_deadlines(self):
        """Button, after the calendar or a class has changed: the time limits of originals not on file yet."""
        self.check_access("write")
        if not self._sbo_may_dispatch():
            raise AccessError(self.env._("Time limits are recomputed by a back-office supervisor or a sales manager."))
        self._plan_filing()

    def action_send_original(self):
        """The originals go to the customer for signature."""
        self.check_access("write")
        for contract in self:
            if contract.state in ("draft", "review", "cancelled"):
                raise UserError(self.env._(
                    "“%s” is not approved: it is not sent for signature before.", contract.display_name))
            contract.write({"original_sent_on": contract.company_id._sbo_today(), "original_returned_on": False})

    def action_receive_original(self):
        """Our original has come in, signed by both."""
        self.check_access("write")
        for contract in self:
            contract.original_returned_on = contract.company_id._sbo_today()

    def action_file_original(self):
        """Our signed original lies where it is kept: that ends the time limit for filing."""
        self.check_access("write")
        self[:1]._refuse_noting("original_filed_at")
        for contract in self:
            if contract.state not in BINDING:
                raise UserError(self.env._("“%s” is not signed: there is no original to file.", contract.display_name))
            if contract.original_filed_at:
                raise UserError(self.env._("“%s” is on file already.", contract.display_name))
            if not contract.original_place:
                raise UserError(self.env._("“%s”: say where our original is kept.", contract.display_name))
            if not contract.original_returned_on:
                contract.original_returned_on = contract.company_id._sbo_today()
            contract._own().write(
                {"original_filed_at": fields.Datetime.now(), "original_filed_by_id": self.env.uid})

    def _refuse_noting(self, name):
        """Where the original is, is noted by those who keep it."""
        if self and not self.env.su and not self.env.user.has_group(CLERK):
            self._refuse_for_clerks([name])

    def _plan_filing(self):
        """When the originals that are not on file yet must be: so many working days after the day of signing."""
        waiting = self.filtered(
            lambda contract: contract.state in BINDING and contract.signed_on and not contract.original_filed_at)
        for (company, days), contracts in waiting.grouped(
                lambda contract: (contract.company_id, contract.class_id.file_days)).items():
            zone = self.with_context(tz=company._sbo_tz()).env.tz
            evenings = [moments.to_utc(datetime.combine(contract.signed_on, time(23, 59, 59)), zone)
                        for contract in contracts]
            ends = self.env["sbo.deadline"]._plan(company, evenings, days=days)
            for contract, end in zip(contracts, ends, strict=True):
                contract._own().file_due_at = end
