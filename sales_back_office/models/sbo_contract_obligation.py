from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import recurrence

KINDS = [("payment", "Payment"), ("delivery", "Delivery of Goods"), ("other", "Other Obligation")]
UNITS = [("day", "Calendar Days"), ("week", "Weeks"), ("month", "Months")]


class SboContractObligation(models.AbstractModel):
    """What an obligation is: its kind, its day, how much, how often; of a contract, or as a supplement proposes it."""

    _name = "sbo.contract.obligation"
    _description = "Obligation"

    company_id = fields.Many2one("res.company")
    currency_id = fields.Many2one("res.currency")
    kind = fields.Selection(KINDS, required=True, default="payment")
    name = fields.Char("Obligation", required=True)
    user_id = fields.Many2one(
        "res.users", "Person in Charge", index=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Gets a to-do before it is due; empty: the contract's clerk, else its salesperson.")
    due_on = fields.Date("Due", required=True, index=True)
    percent = fields.Float(digits=(5, 2), help="Of the contract's amount; 0: the amount is entered.")
    amount = fields.Monetary(
        compute="_compute_amount", store=True, readonly=False, precompute=True,
        help="What is to be paid, in the contract's currency.")
    product_id = fields.Many2one("product.product", ondelete="restrict", check_company=True)
    quantity = fields.Float(digits="Product Unit")
    repeat_every = fields.Integer(help="The next one is due so many days, weeks or months later; 0: once.")
    repeat_unit = fields.Selection(UNITS, default="month")
    repeat_until = fields.Date("Repeat until", help="The last day on which one of them may be due.")
    series_on = fields.Date("First Due", readonly=True, copy=False, help="When the first one of the series was due.")
    planned_amount = fields.Monetary(
        "Planned", compute="_compute_planned_amount", help="With all the repetitions that are still to come.")

    _amounts = models.Constraint(
        "CHECK (amount >= 0 AND quantity >= 0 AND percent >= 0 AND percent <= 100 AND repeat_every >= 0)",
        "Amounts, quantities and percents of an obligation are not negative, percents at most 100.")

    @api.depends("percent", "kind")
    def _compute_amount(self):
        for item in self:
            if item.kind != "payment":
                item.amount = 0
            elif item.percent:
                item.amount = item.currency_id.round(item._whole_amount() * item.percent / 100)
            else:
                item.amount = item.amount

    @api.depends("amount", "due_on", "repeat_every", "repeat_unit", "repeat_until")
    def _compute_planned_amount(self):
        for item in self:
            item.planned_amount = item.amount * (1 + len(item._coming_days()))

    @api.constrains("repeat_every", "repeat_unit", "repeat_until", "due_on")
    def _check_repetition(self):
        for item in self.filtered("repeat_every"):
            if not item.repeat_until or not item.repeat_unit:
                raise ValidationError(self.env._(
                    "“%s” is repeated: say in which unit, and until when.", item.name))
            if item.repeat_until < item.due_on:
                raise ValidationError(self.env._("“%s” would be repeated until a day before it is due.", item.name))

    def _whole_amount(self):
        """What a percent is of."""
        raise NotImplementedError

    def _coming_days(self):
        """The days of the repetitions that are still to be made."""
        if not self.repeat_every or not self.repeat_until or not self.due_on:
            return []
        return recurrence.following(self.series_on or self.due_on, self.due_on, self.repeat_every, self.repeat_unit,
                                    self.repeat_until)
