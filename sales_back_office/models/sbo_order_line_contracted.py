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
            line.sbo_contract_id = line.order_id.sbo_contract_id

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

    def write(self, vals):
        """A line of a confirmed order changes its contract as its order does."""
        moved = self.browse()
        if "sbo_contract_id" in vals:
            moved = self.filtered(lambda line: line.state == "sale"
                                  and line.sbo_contract_id.id != (vals["sbo_contract_id"] or False))
            moved.order_id._sbo_refuse_leaving(moved.sbo_contract_id)
        result = super().write(vals)
        # Superuser: whoever moves the line need not see the contract.
        moved.sudo().order_id._sbo_refuse_unreviewed(moved.sudo().sbo_contract_id)
        return result
