from odoo import models

from .sbo_customer_quality import ACCOUNT

# Marks a merge in the context. It is this object that counts, and no RPC call can send it.
MERGE = object()


class ResPartnerBank(models.Model):
    """A bank account: its number is a key field of the customer."""

    _inherit = "res.partner.bank"

    def write(self, vals):
        if "acc_number" not in vals:
            return super().write(vals)
        before = {bank: bank.acc_number for bank in self.sudo()}
        result = super().write(vals)
        self._sbo_record_numbers([(bank, number, bank.acc_number) for bank, number in before.items()])
        return result

    def unlink(self):
        numbers = [(bank, bank.acc_number, None) for bank in self.sudo()]
        self._sbo_record_numbers(numbers)
        return super().unlink()

    def _sbo_record_numbers(self, numbers):
        """Tell the error register of numbers (account, old, new) of customers."""
        if self.env.context.get("sbo_merge") is MERGE:
            return
        self.env["sbo.customer.change"]._record([
            (bank.partner_id.commercial_partner_id, ACCOUNT, bank.id, old, new)
            for bank, old, new in numbers if bank.partner_id.commercial_partner_id.sbo_is_customer])
