from datetime import timedelta

from odoo import models


class SboContractDocuments(models.AbstractModel):
    """From a figure of a contract to the documents that it is added up from.

    A model that inherits it says by ``_sbo_contracts`` which contracts its records are about.
    """

    _name = "sbo.contract.documents"
    _description = "Documents of Contracts"

    def action_schedule_orders(self):
        """The orders with a line under these contracts."""
        return self._open_documents(
            "sale.action_orders", self.env._("Orders"),
            [("order_line.sbo_contract_id", "in", self._sbo_contracts().ids), ("state", "=", "sale")])

    def action_schedule_deliveries(self):
        """What has left and come back for lines under these contracts."""
        return self._open_documents(
            "stock.action_picking_tree_all", self.env._("Deliveries"),
            [("move_ids.sale_line_id.sbo_contract_id", "in", self._sbo_contracts().ids), ("state", "!=", "cancel")])

    def action_schedule_invoices(self):
        """The posted invoices and credit notes with something of these contracts."""
        ids = self.env["sbo.contract.money"]._invoice_ids(self._sbo_contracts().ids)
        return self._open_documents(
            "account.action_move_out_invoice_type", self.env._("Invoices and Credit Notes"), [("id", "in", ids)])

    def action_schedule_due(self):
        """Those of the invoices of which something that is due by today is open."""
        return self._open_invoices(self.env["sbo.contract.scope"]._day())

    def action_schedule_overdue(self):
        """Those of the invoices of which something is open that was due until yesterday."""
        return self._open_invoices(self.env["sbo.contract.scope"]._day() - timedelta(days=1))

    def action_schedule_not_invoiced(self):
        """The orders of which something is delivered and not invoiced."""
        return self._open_orders("not_invoiced")

    def action_schedule_rest(self):
        """The orders of which goods are still to leave."""
        return self._open_orders("open")

    def action_schedule_receipts(self):
        """The receipts of these contracts, each with what of it is theirs."""
        ids = self._sbo_contracts().ids
        action = self._open_documents(
            "sales_back_office.sbo_contract_receipt_action", self.env._("Receipts"), [("contract_id", "in", ids)])
        action["context"] = {**action["context"], "sbo_only_contracts": ids}
        return action

    def action_schedule_updates(self):
        """When the schedule of these contracts was looked through, and what it said then."""
        return self._open_documents(
            "sales_back_office.sbo_contract_update_action", self.env._("Schedule Updates"),
            [("contract_id", "in", self._sbo_contracts().ids)])

    def action_schedule_update(self):
        """Dialog: note the schedule of these contracts as looked through."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sales_back_office.sbo_contract_schedule_update_action")
        action["context"] = {"default_contract_ids": self._sbo_contracts().ids}
        return action

    def _open_invoices(self, day):
        ids = self.env["sbo.contract.money"]._invoice_ids(self._sbo_contracts().ids, day)
        return self._open_documents(
            "account.action_move_out_invoice_type", self.env._("Open Invoices"), [("id", "in", ids)])

    def _open_orders(self, what):
        self.env.flush_all()
        ids = self.env["sbo.contract.goods"]._order_ids(self._sbo_contracts().ids, what)
        return self._open_documents("sale.action_orders", self.env._("Orders"), [("id", "in", ids)])

    def _open_documents(self, xmlid, name, domain):
        # Superuser: reads the action only; the documents are shown as far as this user may see them.
        action = self.env["ir.actions.act_window"].sudo()._for_xml_id(xmlid)
        return {**action, "name": name, "domain": domain, "context": {"create": False}}

    def _sbo_contracts(self):
        """The contracts of these records."""
        raise NotImplementedError
