from odoo import fields, models
from odoo.tools import SQL

from .sbo_contract_figures import DEPENDS


class SboContractReceipt(models.Model):
    """One receipt under a contract (回款): what ``received`` in the performance schedule is made of.

    An entry of the bank or a payment that is matched with an invoice, by the contract's part of it; or money that is
    meant for an order and waits for its invoice.
    """

    _name = "sbo.contract.receipt"
    _description = "Receipt under a Contract"
    _auto = False
    _inherit = ["sbo.contract.scope"]
    _order = "day desc, id desc"
    _rec_name = "entry_id"
    _depends = DEPENDS

    contract_id = fields.Many2one("sbo.contract", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    day = fields.Date("Date", readonly=True)
    amount = fields.Monetary(readonly=True, help="What of it is the contract's, in the contract's currency.")
    invoice_id = fields.Many2one("account.move", readonly=True)
    entry_id = fields.Many2one("account.move", readonly=True)
    number = fields.Char(readonly=True, help="Of the payment, the bank's entry or the credit note.")
    memo = fields.Char(readonly=True)

    @property
    def _table_query(self) -> SQL:
        only = self.env.context.get("sbo_only_contracts")
        return SQL(
            """SELECT ROW_NUMBER() OVER (ORDER BY g.contract_id, g.day, g.invoice_id, g.entry_id, g.amount)::integer
                      AS id, g.contract_id, c.company_id, c.currency_id, c.partner_id, c.user_id, g.day, g.amount,
                      g.invoice_id, g.entry_id, e.name AS number, e.ref AS memo
                 FROM (%s) g
                 JOIN sbo_contract c ON c.id = g.contract_id
                 LEFT JOIN account_move e ON e.id = g.entry_id""",
            self.env["sbo.contract.money"]._sql_receipts(only))

    def action_open_entry(self):
        """Open the payment, bank entry or credit note, for whoever may see it; else the invoice."""
        self.ensure_one()
        for move in (self.entry_id, self.invoice_id):
            if move and move.has_access("read"):
                payment = move.origin_payment_id if "origin_payment_id" in move._fields else None
                target = payment if payment and payment.has_access("read") else move
                return {"type": "ir.actions.act_window", "res_model": target._name, "res_id": target.id,
                        "views": [[False, "form"]]}
        return {"type": "ir.actions.act_window", "res_model": "sbo.contract.figure", "res_id": self.contract_id.id,
                "views": [[False, "form"]]}
