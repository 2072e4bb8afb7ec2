from odoo import fields, models

TRIGGERS = [
    ("shipping", "On Shipping"),
    ("signed", "When the Customer Has Signed"),
    ("month_end", "At the End of the Month of Shipping"),
    ("payment_day", "On the Agreed Payment Day"),
]


class SboInvoiceTrigger(models.AbstractModel):
    """How a customer pays also says from which day on he is invoiced (开票触发日)."""

    _name = "sbo.invoice.trigger"
    _description = "Invoice Trigger"

    sbo_invoice_trigger = fields.Selection(
        TRIGGERS, "Invoice Falls Due", default="shipping",
        help="The day from which on a delivery has to be invoiced. Payment in advance or on delivery: on shipping; "
             "paid on receipt: when the customer has signed; monthly settlement: at the end of the month; on credit or "
             "in instalments: on the agreed payment day.")
