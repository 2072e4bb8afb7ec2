from odoo import fields, models


class SboTenderPolicy(models.AbstractModel):
    """What a company has decided about tenders: when a bid bond is due back, and how long before it is reminded."""

    _name = "sbo.tender.policy"
    _description = "Tender Policy"

    sbo_bond_days_signed = fields.Integer(
        "Days after Signing", default=5,
        help="Calendar days from the signing of the contract until the bid bond must be back; the law says five.")
    sbo_bond_days_result = fields.Integer(
        "Days after the Result", default=5,
        help="Calendar days from the notice of the result until the bid bond of a tender that was not won is due back.")
    sbo_bond_remind_days = fields.Integer(
        "Reminder before It Is Due", default=1,
        help="So many calendar days before a bid bond is due back the clerk's to-do falls due.")

    _sbo_bond_days = models.Constraint(
        "CHECK (sbo_bond_days_signed >= 0 AND sbo_bond_days_result >= 0 AND sbo_bond_remind_days >= 0)",
        "Days cannot be negative.")
