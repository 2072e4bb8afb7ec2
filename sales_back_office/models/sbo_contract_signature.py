from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from .sbo_contract_steps import CLERK, LEADER

AUTHORITIES = [
    ("legal", "Legal Representative"),
    ("letter", "Letter of Authority"),
    ("none", "Not Proven"),
]
SEALS = [
    ("contract", "Contract Seal"),
    ("company", "Company Seal"),
    ("none", "No Seal"),
]
SIGNATURE = (
    "signed_on", "our_signatory_id", "our_authority", "our_letter", "our_letter_until", "our_seal", "their_signatory",
    "their_authority", "their_letter", "their_letter_until", "their_seal", "signed_file")


class SboContractSignature(models.AbstractModel):
    """Who signed for whom, by which authority and with which seal (签字人、授权委托书、合同专用章)."""

    _name = "sbo.contract.signature"
    _description = "Signatures under a Contract"
    _inherit = ["sbo.contract.steps"]
    # States in which the signature is a fact.
    _signed_states = ()

    company_id = fields.Many2one("res.company")
    signed_on = fields.Date("Date of Signing", tracking=True, copy=False)
    our_signatory_id = fields.Many2one(
        "res.users", tracking=True, copy=False,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]")
    our_authority = fields.Selection(AUTHORITIES, default="none", tracking=True, copy=False)
    our_letter = fields.Binary("Our Letter of Authority", attachment=True, copy=False)
    our_letter_name = fields.Char(copy=False)
    our_letter_until = fields.Date("Our Letter Valid until", copy=False)
    our_seal = fields.Selection(SEALS, default="none", tracking=True, copy=False)
    their_signatory = fields.Char("Customer's Signatory", tracking=True, copy=False)
    their_authority = fields.Selection(AUTHORITIES, "Customer's Authority", default="none", tracking=True, copy=False)
    their_letter = fields.Binary("Customer's Letter of Authority", attachment=True, copy=False)
    their_letter_name = fields.Char(copy=False)
    their_letter_until = fields.Date("Customer's Letter Valid until", copy=False)
    their_seal = fields.Selection(SEALS, "Customer's Seal", default="none", tracking=True, copy=False)
    signed_file = fields.Binary("Signed Contract", attachment=True, copy=False, help="A scan of what both have signed.")
    signed_file_name = fields.Char(copy=False)

    @api.constrains("signed_on")
    def _check_signed_on(self):
        for record in self:
            if record.signed_on and record.signed_on > record.company_id._sbo_today():
                raise ValidationError(self.env._("Nobody has signed in the future: correct the day of signing."))

    def write(self, vals):
        if set(SIGNATURE) & vals.keys() and not self.env.su and not self._own_step():
            self._check_signature_change(set(SIGNATURE) & vals.keys())
        return super().write(vals)

    def _check_signature_change(self, names):
        """What was missing a clerk can add after signing; what is there, only a supervisor corrects."""
        if self.env.user.has_group(LEADER):
            return
        signed = self.filtered(lambda record: record.state in self._signed_states)
        if signed and not self.env.user.has_group(CLERK):
            signed[0]._refuse_for_clerks(names)
        for record in self.with_context(bin_size=True):
            filled = [name for name in names if record.state in self._signed_states
                      and record[name] and record[name] != "none"]
            if filled:
                raise AccessError(self.env._(
                    "“%(record)s” is signed: %(fields)s can be corrected by a back-office supervisor.",
                    record=record.display_name,
                    fields=", ".join(self._fields[name]._description_string(self.env) for name in sorted(filled))))

    def _signature_gaps(self):
        """What our own signature still lacks, in sentences; the customer's is looked at by a check later."""
        self.ensure_one()
        gaps = []
        if not self.signed_on:
            gaps.append(self.env._("The day of signing is missing."))
        if not self.our_signatory_id:
            gaps.append(self.env._("Our signatory is missing."))
        if self.our_authority in (False, "none"):
            gaps.append(self.env._("Our signatory's authority is not proven."))
        if self.our_seal in (False, "none"):
            gaps.append(self.env._("Our seal is missing."))
        if self.our_authority == "letter":
            gaps += self._letter_gaps(self.with_context(bin_size=True).our_letter, self.our_letter_until)
        if self.their_authority == "letter" and self.their_letter_until and self.signed_on \
                and self.their_letter_until < self.signed_on:
            gaps.append(self.env._("The customer's letter of authority was not valid on the day of signing."))
        return gaps

    def _letter_gaps(self, letter, until):
        if not letter or not until:
            return [self.env._("Our letter of authority and its last valid day are missing.")]
        if self.signed_on and until < self.signed_on:
            return [self.env._("Our letter of authority was not valid on the day of signing.")]
        return []

    def _refuse_unproven(self):
        """
        :raise UserError: our own signature is not complete
        """
        gaps = self._signature_gaps()
        if gaps:
            raise UserError(self.env._("“%(record)s” cannot be signed yet: %(gaps)s", record=self.display_name,
                                       gaps=" ".join(gaps)))
