from markupsafe import Markup
from odoo import models
from odoo.tools import format_amount, format_date

from ..tools import contract_content

# Database JSON forgets the order.
HEAD = (
    "subject", "partner_id", "class_id", "template_id", "currency_id", "amount", "tax_included", "date_start",
    "date_end", "payment_terms", "terms", "retention_amount", "retention_due_on", "warranty_until")
MODELS = {"lines": "sbo.contract.line", "milestones": "sbo.contract.milestone"}
SHOWN = {
    "lines": ("product_id", "uom_id", "quantity", "price"),
    "milestones": ("kind", "name", "due_on", "percent", "amount", "product_id", "quantity", "repeat_every",
                   "repeat_unit", "repeat_until"),
}


class SboContractWording(models.AbstractModel):
    """Contents of contracts in words, in the reader's language: one whole, or what differs between two versions."""

    _name = "sbo.contract.wording"
    _description = "Contracts in Words"

    def _diff_html(self, before, after):
        """A table of what changed: what, before, after."""
        rows = contract_content.differences(before or {}, after or {}, order=HEAD)
        if not rows:
            return False
        body = Markup("").join(
            Markup("<tr><td>%s</td><td><s class='text-muted'>%s</s></td><td><b>%s</b></td></tr>") % cells
            for row in rows for cells in self._diff_cells(row, before, after))
        return Markup("<table class='table table-sm'><thead><tr><th>%s</th><th>%s</th><th>%s</th></tr></thead>"
                      "<tbody>%s</tbody></table>") % (
            self.env._("What"), self.env._("Before"), self.env._("After"), body)

    def _content_html(self, content):
        """The whole of one version: its head, its agreed prices, its obligations."""
        if not content:
            return False
        model, currency = self.env["sbo.contract"], self._currency_of(content)
        head = Markup("").join(
            Markup("<tr><th>%s</th><td>%s</td></tr>") % (
                self._label(model, name), self._word(model, name, value, currency))
            for name in HEAD if (value := content.get(name)) is not None)
        html = Markup("<table class='table table-sm'>%s</table>") % head
        for part, names in SHOWN.items():
            if content.get(part):
                html += self._part_html(part, names, content[part], currency)
        return html

    def _part_html(self, part, names, rows, currency):
        model = self.env[MODELS[part]]
        head = Markup("").join(Markup("<th>%s</th>") % self._label(model, name) for name in names)
        body = Markup("").join(
            Markup("<tr>%s</tr>") % Markup("").join(
                Markup("<td>%s</td>") % self._word(model, name, row.get(name), currency) for name in names)
            for row in rows)
        return Markup("<table class='table table-sm'><thead><tr>%s</tr></thead><tbody>%s</tbody></table>") % (
            head, body)

    def _diff_cells(self, row, before, after):
        """[(what, before, after)] of one difference; a row that was added or dropped is one line."""
        kind, key, old, new = row
        currencies = self._currency_of(before), self._currency_of(after)
        if kind == "field":
            model = self.env["sbo.contract"]
            return [(self._label(model, key), self._word(model, key, old, currencies[0]),
                     self._word(model, key, new, currencies[1]))]
        model = self.env[MODELS[kind]]
        title = self._title(kind, new or old)
        if old is None or new is None:
            return [(title, self._sum(kind, old, currencies[0]), self._sum(kind, new, currencies[1]))]
        return [(f"{title}: {self._label(model, name)}", self._word(model, name, old.get(name), currencies[0]),
                 self._word(model, name, new.get(name), currencies[1]))
                for name in contract_content.changed_names(old, new, SHOWN[kind])]

    def _title(self, kind, row):
        return row["product_id"][1] if kind == "lines" else row["name"]

    def _sum(self, kind, row, currency):
        """A row in one line; a dash for one that is not there."""
        if row is None:
            return "–"
        model = self.env[MODELS[kind]]
        return ", ".join(
            f"{self._label(model, name)} {self._word(model, name, row[name], currency)}"
            for name in SHOWN[kind] if row.get(name) and name not in ("product_id" if kind == "lines" else "name",))

    def _currency_of(self, content):
        named = (content or {}).get("currency_id")
        return self.env["res.currency"].browse(named[0] if named else ())

    def _label(self, model, name):
        return model._fields[name]._description_string(self.env)

    def _word(self, model, name, value, currency):
        field = model._fields[name]
        if field.type == "boolean":
            return self.env._("Yes") if value else self.env._("No")
        if not value:
            return "–"
        if field.type == "many2one":
            return value[1]
        if field.type == "date":
            return format_date(self.env, value)
        if field.type == "monetary" and currency:
            return format_amount(self.env, value, currency)
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, value)
        return f"{value:g}" if field.type == "float" else str(value)
