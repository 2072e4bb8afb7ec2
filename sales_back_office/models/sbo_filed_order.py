from odoo import models
from odoo.fields import Domain


class SboFiledOrder(models.AbstractModel):
    """The customer's order on paper, and what is on file for its deliveries and its contract."""

    _name = "sbo.filed.order"
    _description = "Order: Filed Documents"
    _inherit = ["sbo.filed.mixin"]

    def _sbo_filed_domain(self):
        return list(
            Domain(super()._sbo_filed_domain())
            | Domain("res_model", "=", "stock.picking") & Domain("res_id", "in", self.picking_ids.ids)
            | Domain("res_model", "=", "sbo.contract") & Domain("res_id", "in", self.sbo_contract_id.ids))

    def _sbo_filed_groups(self, aggregates):
        """Its own papers, those of its deliveries, and its contract's."""
        rows = super()._sbo_filed_groups(aggregates)
        if not self._sbo_reads_filed():
            return rows
        # Superuser: which deliveries and contracts they are; what is shown of them is asked as the user.
        orders = self._origin.sudo()
        owners = [("stock.picking", {picking.id: [order.id] for order in orders for picking in order.picking_ids}),
                  ("sbo.contract", {contract.id: group.ids for contract, group in orders.grouped(
                      "sbo_contract_id").items() if contract})]
        for model, ids in owners:
            found = self.env["sbo.document"]._read_group(
                [("res_model", "=", model), ("res_id", "in", list(ids))], ["res_id"], aggregates) if ids else ()
            for res_id, *values in found:
                for order in ids[res_id]:
                    rows.setdefault(order, []).append(values)
        return rows

    def _sbo_paper_date(self):
        return self.date_order.date() if self.date_order else super()._sbo_paper_date()

    def _sbo_importance(self):
        return self.amount_total / (self.currency_rate or 1), False

    def _sbo_fulfilled_on(self):
        """With its contract; without one, when the last goods have left."""
        ends = {}
        contracts = self.sbo_contract_id._sbo_fulfilled_on()
        for order in self:
            done = [moment.date() for moment in order.picking_ids.filtered(
                lambda picking: picking.state == "done").mapped("date_done") if moment]
            if order.sbo_contract_id:
                ends[order.id] = contracts.get(order.sbo_contract_id.id)
            elif order.delivery_status == "full" and done:
                ends[order.id] = max(done)
        return ends
