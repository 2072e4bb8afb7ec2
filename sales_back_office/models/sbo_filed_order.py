from odoo import models
from odoo.fields import Domain


class SboFiledOrder(models.AbstractModel):
    """The customer's order on paper, and what is on file for its deliveries and its contracts."""

    _name = "sbo.filed.order"
    _description = "Order: Filed Documents"
    _inherit = ["sbo.filed.mixin"]

    def _sbo_filed_domain(self):
        return list(
            Domain(super()._sbo_filed_domain())
            | Domain("res_model", "=", "stock.picking") & Domain("res_id", "in", self.picking_ids.ids)
            | Domain("res_model", "=", "sbo.contract") & Domain("res_id", "in", self._sbo_contracts().ids))

    def _sbo_filed_groups(self, aggregates):
        """Its own papers, those of its deliveries, and its contracts'."""
        rows = super()._sbo_filed_groups(aggregates)
        if not self._sbo_reads_filed():
            return rows
        # Superuser: which deliveries and contracts they are; what is shown of them is asked as the user.
        orders = self._origin.sudo()
        pickings = {picking.id: [order.id] for order in orders for picking in order.picking_ids}
        contracts = {}
        for order in orders:
            for contract in order._sbo_contracts().ids:
                contracts.setdefault(contract, []).append(order.id)
        for model, ids in (("stock.picking", pickings), ("sbo.contract", contracts)):
            found = self.env["sbo.document"]._read_group(
                [("res_model", "=", model), ("res_id", "in", list(ids))], ["res_id"], aggregates) if ids else ()
            for res_id, *values in found:
                for order in ids[res_id]:
                    rows.setdefault(order, []).append(values)
        return rows

    def _sbo_contracts(self):
        """What the orders stand under: one order may serve two contracts, by its lines."""
        return self.sbo_contract_id | self.order_line.sbo_contract_id

    def _sbo_paper_date(self):
        return self.date_order.date() if self.date_order else super()._sbo_paper_date()

    def _sbo_filed_attachments(self):
        """The order as the customer wrote it; what belongs to another record stays there."""
        # Superuser: whoever files may read the order.
        return self.sudo().sbo_document_ids.filtered(
            lambda paper: paper.res_model == self._name and paper.res_id in self.ids and not paper.res_field)

    def _sbo_importance(self):
        return self.amount_total / (self.currency_rate or 1), False

    def _sbo_fulfilled_on(self):
        """With the last of its contracts; without any, when the last goods have left."""
        ends = {}
        contracts = self._sbo_contracts()._sbo_fulfilled_on()
        for order in self:
            done = [moment.date() for moment in order.picking_ids.filtered(
                lambda picking: picking.state == "done").mapped("date_done") if moment]
            mine = [contracts.get(contract) for contract in order._sbo_contracts().ids]
            if mine:
                ends[order.id] = max(mine) if all(mine) else None
            elif order.delivery_status == "full" and done:
                ends[order.id] = max(done)
        return ends
