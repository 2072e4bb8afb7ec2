from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

POLICIES = [
    ("none", "No Check"),
    ("prepaid", "Paid before Delivery"),
    ("deposit", "Deposit, Rest before Delivery"),
    ("deposit_credit", "Deposit, Rest on Credit"),
    ("credit", "Credit within the Limit"),
    ("monthly", "Monthly Settlement"),
    ("cod", "Cash on Delivery"),
]
# money must be there before goods leave; what the customer owes must be in order
MONEY = ("prepaid", "deposit", "deposit_credit")
CREDIT = ("deposit_credit", "credit", "monthly")
GATED = ("prepaid", "deposit", "deposit_credit", "credit", "monthly")
FINANCE = "account.group_account_invoice"
LEADER = "sales_back_office.sbo_group_manager"


class SboPaymentPolicy(models.AbstractModel):
    """Whatever says how an order must be paid before its goods leave (款到发货): a payment term, customer, order.

    The narrower one wins: the order's own, the customer's, the payment term's, the company's.
    """

    _name = "sbo.payment.policy"
    _description = "Payment before Delivery"

    sbo_payment_policy = fields.Selection(
        POLICIES, "Payment before Delivery",
        help="What must be there before goods leave for the customer. Empty: the customer's policy counts on an order, "
        "the payment term's on a customer, the company's on a payment term.")
    sbo_deposit_percent = fields.Float(
        "Deposit Percent", digits=(5, 2), help="The part of the order, tax included, that is paid before goods leave.")

    @api.constrains("sbo_deposit_percent")
    def _check_sbo_deposit_percent(self):
        if any(not 0 <= record.sbo_deposit_percent <= 100 for record in self):
            raise ValidationError(self.env._("A deposit lies between 0 and 100 percent."))

    @api.model_create_multi
    def create(self, vals_list):
        # A default of the caller's context or of their own is a decision as well.
        names = ("sbo_payment_policy", "sbo_deposit_percent")
        usual = {name: self._sbo_usual(name) for name in names}
        defaults = {**usual, **self.default_get(names)}
        if any((vals.get(name, defaults[name]) or False) not in (False, usual[name])
               for vals in vals_list for name in names):
            self._sbo_check_may_decide()
        return super().create(vals_list)

    def write(self, vals):
        names = {"sbo_payment_policy", "sbo_deposit_percent"} & vals.keys()
        if names and any((record[name] or False) != (vals[name] or False) for record in self for name in names):
            self._sbo_check_may_decide()
        return super().write(vals)

    @api.model
    def _sbo_usual(self, name):
        """What a record has by itself: companies may have set a value for all of their customers."""
        field = self._fields[name]
        return field.company_dependent and field.get_company_dependent_fallback(self) or False

    @api.model
    def _sbo_may_decide(self):
        """Who may set these fields: accounting, or a back-office manager."""
        return self.env.su or self.env.user.has_group(FINANCE) or self.env.user.has_group(LEADER)

    @api.model
    def _sbo_check_may_decide(self):
        if not self._sbo_may_decide():
            raise AccessError(self.env._(
                "How goods are paid before they leave is decided by somebody in accounting or a back-office manager."))
