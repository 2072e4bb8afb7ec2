from odoo import api, models
from odoo.exceptions import UserError

from ..tools import contract_content
from .sbo_contract_flow import BINDING, LIVE

HEAD = (
    "partner_id", "company_id", "class_id", "template_id", "subject", "currency_id", "amount", "tax_included",
    "date_start", "date_end", "payment_terms", "terms", "retention_amount", "retention_due_on", "warranty_until")
LINE = ("product_id", "uom_id", "quantity", "price")
MILESTONE = (
    "kind", "name", "due_on", "percent", "amount", "product_id", "quantity", "repeat_every", "repeat_unit",
    "repeat_until")


class SboContractContent(models.AbstractModel):
    """What a contract says: what is reviewed is what is signed, and what is signed is changed by supplements only."""

    _name = "sbo.contract.content"
    _description = "Contract: Content"
    _inherit = ["sbo.contract.flow"]

    def write(self, vals):
        if not self._own_step():
            if set(HEAD) & vals.keys():
                self._refuse_change(vals)
            if not vals.get("active", True):
                self._refuse_hiding()
        return super().write(vals)

    def _content(self):
        """What this contract says, as JSON: its head, agreed prices ("lines") and obligations ("milestones").

        The review stores it; compare by ``_same_content``, because it keeps names that may change.
        """
        self.ensure_one()
        return {
            **self._values(self, HEAD),
            "lines": [self._row(line, LINE) for line in self.line_ids.sorted("id")],
            "milestones": [self._row(item, MILESTONE) for item in self.milestone_ids.sorted("id")],
        }

    def _same_content(self, content):
        """Whether the contract still says what it said then."""
        return contract_content.same(self._content(), content)

    @api.model
    def _contents_same(self, first, second):
        return contract_content.same(first, second)

    def _agreed(self):
        """{term: value} that a supplement starts from."""
        terms = self.env["sbo.contract.terms"]._fields
        return {name: self[name] for name in HEAD if name in terms}

    def _rescaled(self, rows, amount):
        """Obligations as they are when the contract is worth another amount: those in percent that are not done."""
        done = set(self.milestone_ids.filtered("done_on").ids)
        return [
            {**row, "amount": round(self.currency_id.round(amount * row["percent"] / 100), 6)}
            if row["kind"] == "payment" and row["percent"] and row["id"] not in done else row for row in rows]

    @api.model
    def _values(self, record, names):
        """{field: value as JSON} of a record."""
        return {name: self._plain(record, name) for name in names}

    def _row(self, record, names):
        return {"id": record.id, **self._values(record, names)}

    def _plain(self, record, name):
        field, value = record._fields[name], record[name]
        if field.type == "many2one":
            return [value.id, value.display_name] if value else False
        if field.type == "date":
            return value.isoformat() if value else False
        if field.type in ("float", "monetary"):
            return round(value, 6)
        return value

    # === guards === #

    def _refuse_change(self, vals):
        """
        :raise UserError: the values would change what is reviewed or signed
        """
        for contract in self:
            changed = [name for name in HEAD if name in vals and contract._differs(name, vals[name])]
            if changed:
                contract._refuse_unless_draft(
                    ", ".join(self._fields[name]._description_string(self.env) for name in changed))

    def _refuse_hiding(self):
        for contract in self:
            if contract.state in ("review", "approved", *LIVE):
                raise UserError(self.env._(
                    "“%(contract)s” is “%(state)s”: it is archived when it has ended.", contract=contract.display_name,
                    state=contract._state_name()))

    def _differs(self, name, value):
        field = self._fields[name]
        return field.convert_to_cache(value, self) != field.convert_to_cache(self[name], self)

    def _refuse_unless_draft(self, what):
        """One sentence: what cannot be changed, why, and what to do instead."""
        self.ensure_one()
        words = {"contract": self.display_name, "what": what}
        if self.state in ("review", "approved"):
            raise UserError(self.env._(
                "“%(contract)s” is in review or approved, and what is reviewed is what is signed: take it back to "
                "draft to change %(what)s; it is reviewed anew.", **words))
        if self.state == "cancelled":
            raise UserError(self.env._("“%(contract)s” is cancelled: %(what)s cannot be changed.", **words))
        if self.state in BINDING:
            raise UserError(self.env._(
                "“%(contract)s” is signed: %(what)s can only be changed by a signed supplement.", **words))
