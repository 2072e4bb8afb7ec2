from odoo import api, fields, models
from odoo.tools.sql import column_exists, create_column


class SboOrderLineContracted(models.AbstractModel):
    """An order line under a contract: that of its order, unless one order serves two contracts."""

    _name = "sbo.order.line.contracted"
    _description = "Order Line under a Contract"

    sbo_contract_id = fields.Many2one(
        "sbo.contract", "Contract", index="btree_not_null", ondelete="restrict", check_company=True,
        compute="_compute_sbo_contract_id", store=True, readonly=False, precompute=True, copy=False,
        help="By default the contract of the order.")

    @api.depends("order_id.sbo_contract_id")
    def _compute_sbo_contract_id(self):
        for line in self:
            # On the screen: the line as it is saved. What is saved already is kept apart by the order's write.
            own = (self.browse() if line.id else line._origin)._sbo_apart()
            line.sbo_contract_id = (own or line.order_id).sbo_contract_id

    @api.constrains("sbo_contract_id")
    def _check_sbo_contract(self):
        # Superuser: whose contract it is counts, whoever may see it.
        for order in self.filtered("sbo_contract_id").sudo().order_id:
            order._sbo_refuse_stranger()

    def _auto_init(self):
        # Orders from before have no contract: there is nothing to compute for millions of lines.
        if self._auto and not column_exists(self.env.cr, self._table, "sbo_contract_id"):
            create_column(self.env.cr, self._table, "sbo_contract_id", "int4")
        return super()._auto_init()

    @api.model_create_multi
    def create(self, vals_list):
        """What comes into a confirmed order later comes under a reviewed contract as well."""
        lines = super().create(vals_list)
        lines._sbo_refuse_added()
        return lines

    def write(self, vals):
        """A line of a confirmed order changes its contract as its order does; so does one that comes into it."""
        moved = self.browse()
        if "sbo_contract_id" in vals:
            moved = self.filtered(lambda line: line.state == "sale"
                                  and line.sbo_contract_id.id != (vals["sbo_contract_id"] or False))
            moved.order_id._sbo_refuse_leaving(moved.sbo_contract_id)
        result = super().write(vals)
        # Superuser: whoever moves the line need not see the contract.
        moved.sudo().order_id._sbo_refuse_unreviewed(moved.sudo().sbo_contract_id)
        if "order_id" in vals:
            self._sbo_refuse_added()
        return result

    def _sbo_apart(self):
        """Those of these lines that are under another contract than their order, or under none."""
        return self.filtered(lambda line: line.sbo_contract_id != line.order_id.sbo_contract_id)

    def _sbo_refuse_added(self):
        """
        :raise UserError: goods come into a confirmed order under a contract that nobody has reviewed
        """
        # Superuser: whoever adds the line need not see the contract.
        added = self.sudo().filtered(lambda line: line.sbo_contract_id and line.order_id.state == "sale"
                                     and line._sbo_is_ordered())
        added.order_id._sbo_refuse_unreviewed(added.sbo_contract_id)
