from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SboContractSupplementMilestone(models.Model):
    """An obligation as a supplement wants it: one of the contract changed or dropped, or one more."""

    _name = "sbo.contract.supplement.milestone"
    _description = "Obligation in a Supplement"
    _inherit = ["sbo.contract.supplement.part", "sbo.contract.obligation"]
    _order = "supplement_id, due_on, id"
    _check_company_auto = True
    _part, _names = "milestone_ids", (
        "kind", "name", "due_on", "percent", "amount", "product_id", "quantity", "repeat_every", "repeat_unit",
        "repeat_until")

    contract_id = fields.Many2one(related="supplement_id.contract_id")
    origin_id = fields.Many2one(
        "sbo.contract.milestone", "In the Contract", ondelete="set null", index="btree_not_null",
        domain="[('contract_id', '=', contract_id), ('done_on', '=', False)]", help="Empty: one more obligation.")

    _origin_uniq = models.UniqueIndex(
        "(supplement_id, origin_id) WHERE origin_id IS NOT NULL", "An obligation stands once in a supplement.")

    @api.depends("percent", "kind", "supplement_id.amount")
    def _compute_amount(self):
        return super()._compute_amount()

    @api.constrains("origin_id", "dropped", "supplement_id")
    def _check_origin(self):
        for item in self:
            if item.origin_id and item.origin_id.contract_id != item.supplement_id.contract_id:
                raise ValidationError(self.env._("“%s” is no obligation of this contract.", item.origin_id.name))
            if item.origin_id.done_on and item.supplement_id.state != "signed":
                raise ValidationError(self.env._("“%s” is done: it is not changed any more.", item.origin_id.name))
            if item.dropped and not item.origin_id and item.supplement_id.state != "signed":
                raise ValidationError(self.env._("Only an obligation of the contract can be dropped."))

    @api.onchange("origin_id")
    def _onchange_origin_id(self):
        """Start from what the contract says about it."""
        if self.origin_id:
            self.update({name: self.origin_id[name] for name in (*self._names, "user_id")})

    def _whole_amount(self):
        return self.supplement_id.amount
