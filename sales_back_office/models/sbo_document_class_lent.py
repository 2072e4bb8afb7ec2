from odoo import fields, models


class SboDocumentClassLent(models.AbstractModel):
    """To whom papers of a class are lent at all."""

    _name = "sbo.document.class.lent"
    _description = "Lending of a Class of Documents"

    lent_to = fields.Selection(
        [("all", "Everybody who may borrow"), ("finance", "Accounting and auditors")], required=True, default="all",
        help="Papers of accounting go to nobody else.")
