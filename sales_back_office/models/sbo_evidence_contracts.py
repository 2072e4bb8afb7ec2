from odoo import api, models


class SboEvidenceContracts(models.AbstractModel):
    """What risk flags of contracts keep as evidence, in words."""

    _name = "sbo.evidence.contracts"
    _description = "Evidence of Contracts in Words"

    @api.model
    def _contract_labels(self):
        """What the contracts area keeps: the paper and the goods."""
        return {
            **self._contract_money_labels(),
            "signed": self.env._("Date of Signing"),
            "first_order": self.env._("First order"),
            "ordered_on": self.env._("Ordered on"),
            "orders": self.env._("Orders"),
            "ordered": self.env._("Ordered Amount"),
            "deliveries": self.env._("Deliveries"),
            "shipped_on": self.env._("Shipped since"),
            "lacking": self.env._("Lacking"),
            "their_signatory": self.env._("Customer's signatory"),
            "ends_on": self.env._("Ends on"),
            "days_left": self.env._("Days left"),
            "changes": self.env._("Changes"),
            "changed_orders": self.env._("Changed orders"),
            "supplements": self.env._("Supplements"),
            "licence_kinds": self.env._("Licences"),
            "documents": self.env._("Filed Documents"),
            "short": self.env._("Missing in stock"),
            "over_quantity": self.env._("Delivered > agreed"),
            "low_price": self.env._("Price < least price"),
            "issues": self.env._("Issues"),
            "since": self.env._("Since"),
        }

    @api.model
    def _contract_money_labels(self):
        """What the contracts area keeps: the money, what people owe to a risk."""
        return {
            "overdue": self.env._("Overdue"),
            "overdue_since": self.env._("Overdue since"),
            "days_overdue": self.env._("Days overdue"),
            "invoices": self.env._("Invoices"),
            "plan_due": self.env._("Due by the plan"),
            "plan_day": self.env._("Due since"),
            "plan_short": self.env._("Missing"),
            "days_silent": self.env._("Days without an update"),
            "obligations": self.env._("Obligations"),
            "retention_money": self.env._("Retention money"),
            "retention_day": self.env._("Retention due"),
            "contracted": self.env._("Contract amount"),
            "percent": self.env._("Percent of the contract"),
            "unpaid": self.env._("Unpaid"),
            "undelivered": self.env._("Undelivered"),
            "credit_limit_money": self.env._("Credit limit"),
            "owed": self.env._("Owed"),
            "volume_before": self.env._("Three months before"),
            "volume_now": self.env._("Last three months"),
            "volume_drop": self.env._("Less by percent"),
            "updated_on": self.env._("Last update"),
            "flag": self.env._("Risk flag"),
            "level": self.env._("Level"),
            "risen": self.env._("Found or raised"),
            "reported": self.env._("Reported"),
            "measure": self.env._("Measure"),
        }

    @api.model
    def _contract_words(self, key, value):
        """The value of a key of the contracts area in words, nothing when it speaks for itself."""
        if key == "lacking" and isinstance(value, list):
            return ", ".join(filter(None, map(self._lacking_words, value)))
        if key == "licence_kinds" and isinstance(value, list):
            return ", ".join(self._words("licence_kind", kind) for kind in value)
        if key == "flag":
            return self._words("problem", value)
        if key == "level":
            return dict(self.env["sbo.finding"]._fields["severity"]._description_selection(self.env)).get(value, value)
        return ", ".join(map(str, value)) if isinstance(value, list) else None

    @api.model
    def _lacking_words(self, name):
        """What a signature lacks: a field of it, or the approval before it."""
        if name == "approval":
            return self.env._("Approval before the Signature")
        field = self.env["sbo.contract"]._fields.get(name)
        return field and field._description_string(self.env)
