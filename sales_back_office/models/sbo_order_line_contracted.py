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

    def _auto_init(self):
        # Orders from before have no contract: there is nothing to compute for millions of lines.
        if self._auto and not column_exists(self.env.cr, self._table, "sbo_contract_id"):
            create_column(self.env.cr, self._table, "sbo_contract_id", "int4")
        return super()._auto_init()

    @api.depends("order_id.sbo_contract_id")
    def _compute_sbo_contract_id(self):
        for line in self:
            line.sbo_contract_id = line.order_id.sbo_contract_id
