from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .sbo_contract_steps import CLERK

# Orders are confirmed under a contract in one of these.
ORDERED = ("approved", "signed", "execution")
# A confirmed order is not put under a contract that nobody has reviewed.
UNREVIEWED = ("draft", "review", "cancelled")


class SboOrderContracted(models.AbstractModel):
    """An order under a contract: entered at any time, confirmed when the contract has been reviewed."""

    _name = "sbo.order.contracted"
    _description = "Order under a Contract"
    _inherit = ["sbo.order.hooks"]

    sbo_contract_id = fields.Many2one(
        "sbo.contract", "Contract", index="btree_not_null", ondelete="restrict", check_company=True, tracking=True,
        copy=False, domain="[('partner_id.commercial_partner_id', 'parent_of', partner_id), "
        "('company_id', '=', company_id), ('state', '!=', 'cancelled')]",
        help="The contract that this order is part of.")

    @api.constrains("sbo_contract_id", "partner_id")
    def _check_sbo_contract(self):
        # Superuser: whose contract it is counts, whoever may see it.
        for order in self.filtered("sbo_contract_id").sudo():
            order._sbo_refuse_stranger()

    def write(self, vals):
        """A confirmed order does not come under a contract that nobody has reviewed by the back door.

        Its lines follow it, except for those that are under a contract of their own.
        """
        if "sbo_contract_id" not in vals:
            return super().write(vals)
        moved = self.filtered(
            lambda order: order.state == "sale" and order.sbo_contract_id.id != (vals["sbo_contract_id"] or False))
        moved._sbo_refuse_leaving(moved.sbo_contract_id)
        own = self.order_line._sbo_apart()
        with self.env.protecting([own._fields["sbo_contract_id"]], own):
            result = super().write(vals)
        # Superuser: whoever moves the order need not see the contract.
        moved.sudo()._sbo_refuse_unreviewed(moved.sudo().sbo_contract_id)
        moved.sudo().sbo_contract_id._execute_ordered()
        return result

    # === actions === #

    def action_sbo_contract(self):
        """The contract of this order."""
        self.ensure_one()
        return {"type": "ir.actions.act_window", "res_model": "sbo.contract", "res_id": self.sbo_contract_id.id,
                "views": [[False, "form"]]}

    # === moments === #

    def _sbo_refuse_confirmation(self):
        result = super()._sbo_refuse_confirmation()
        # Superuser: whoever confirms need not see the contract.
        contracts = self._sbo_contracts().sudo()
        # Whoever takes one of them back at this moment sees the orders, or this one sees the draft.
        contracts._take_turn()
        reasons = [reason for contract in contracts if (reason := contract._why_not_ordered())]
        if reasons:
            raise UserError("\n".join(reasons))
        return result

    def _sbo_confirmed(self):
        result = super()._sbo_confirmed()
        # Superuser: a contract goes into execution with its first order, whoever confirms it.
        self._sbo_contracts().sudo()._execute_ordered()
        return result

    # === guards === #

    def _sbo_contracts(self):
        """The contracts of these orders and of their lines."""
        return self.sbo_contract_id | self.order_line.sbo_contract_id

    def _sbo_refuse_stranger(self):
        """
        :raise UserError: the contract is another customer's
        """
        self.ensure_one()
        for contract in self._sbo_contracts():
            owner, customer = contract.partner_id.commercial_partner_id, self.partner_id
            while customer and customer != owner:
                customer = customer.parent_id
            if not customer:
                raise UserError(self.env._(
                    "%(order)s is of %(customer)s, the contract %(contract)s is with %(owner)s: choose a contract of "
                    "the order's customer.", order=self.name, customer=self.partner_id.display_name,
                    contract=contract.display_name, owner=owner.display_name))

    def _sbo_refuse_unreviewed(self, contracts):
        contracts._take_turn()  # as above
        unreviewed = contracts.filtered(lambda contract: contract.state in UNREVIEWED)
        if unreviewed:
            raise UserError(unreviewed[0]._why_not_ordered())

    def _sbo_refuse_leaving(self, contracts):
        """What was confirmed under a contract counts there: the back office alone moves it."""
        if self and contracts and not self.env.su and not self.env.user.has_group(CLERK):
            raise AccessError(self.env._(
                "%(order)s is confirmed under %(contract)s: a back-office clerk can move it.", order=self[0].name,
                contract=contracts.sudo()[0].display_name))
