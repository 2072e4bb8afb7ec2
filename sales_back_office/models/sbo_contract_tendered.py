from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SboContractTendered(models.AbstractModel):
    """A contract that came of a tender: when it is signed, the bid bond falls due back."""

    _name = "sbo.contract.tendered"
    _description = "Contract of a Tender"

    tender_id = fields.Many2one(
        "sbo.tender", index="btree_not_null", ondelete="restrict", check_company=True, copy=False,
        tracking=True, domain="[('state', '=', 'won'), ('company_id', '=', company_id)]",
        help="The tender that was won with it.")

    @api.constrains("tender_id")
    def _check_tender_won(self):
        for contract in self.filtered("tender_id"):
            # Superuser: a contract keeps its tender, whoever edits it and whatever they may see of tenders.
            tender = contract.sudo().tender_id
            if tender.state != "won":
                raise ValidationError(self.env._("“%s” is not won: it has no contract.", tender.display_name))

    def write(self, vals):
        result = super().write(vals)
        if not {"signed_on", "state", "tender_id"}.isdisjoint(vals):
            # Superuser: the to-do about the bid bond is the tender's, whoever signs the contract.
            self.sudo().tender_id._plan_reminders()
        return result
