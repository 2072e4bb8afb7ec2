from odoo import api, fields, models
from odoo.exceptions import UserError

NONE = "/"


class SboContractNumbered(models.AbstractModel):
    """A contract gets its number, year–class–sequence, when it is first submitted, and keeps it for good.

    Drafts that nobody has submitted can go; with a number, a contract is cancelled with the reason, which explains the
    number in the register.
    """

    _name = "sbo.contract.numbered"
    _description = "Contract: Number"
    _inherit = ["sbo.contract.flow"]

    name = fields.Char("Contract No.", required=True, readonly=True, copy=False, default=NONE, index="trigram")
    number_id = fields.Many2one("sbo.contract.number", readonly=True, copy=False, ondelete="restrict")
    number_ids = fields.One2many("sbo.contract.number", "contract_id", "Numbers", readonly=True)

    _name_uniq = models.UniqueIndex("(company_id, name) WHERE name <> '/'", "There is a contract with this number.")

    @api.depends("name", "subject")
    def _compute_display_name(self):
        for contract in self:
            contract.display_name = self.env._("Draft: %s", contract.subject or "…") if contract.name in (NONE, False) \
                else " ".join(filter(None, (contract.name, contract.subject)))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_unnumbered(self):
        kept = self.filtered(lambda contract: contract.name != NONE or contract.state != "draft")
        if kept:
            raise UserError(self.env._(
                "“%s” has a number in the register and stays there; cancel it with a reason instead.",
                kept[0].display_name))

    def _give_number(self, day=None):
        """A number of its class and year (that of a day, today's by default); one of another class is void now."""
        for contract in self:
            former = contract.number_id
            if former and former.class_id == contract.class_id or not former and contract.name != NONE:
                continue
            number = self.env["sbo.contract.number"]._give(contract, day)
            contract._own().write({"name": number.name, "number_id": number.id})
            if former:
                former.sudo().write({"state": "void", "reason": self.env._(
                    "Given another class: the contract is %s now.", number.name)})

    def _void_numbers(self, reason):
        # Superuser: the register is written by steps.
        self.sudo().number_id.write({"state": "void", "reason": reason})

    def _restore_numbers(self):
        self.sudo().number_id.write({"state": "used", "reason": False})
