from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import MissingError
from odoo.tools import format_amount, format_date, format_datetime


class SboEvidence(models.AbstractModel):
    """Puts the snapshot of a finding into words: field labels and values as the reader is used to see them."""

    _name = "sbo.evidence"
    _description = "Evidence in Words"
    _inherit = ["sbo.evidence.contracts"]

    @api.model
    def _labels(self):
        """Words for keys of evidence that are no fields of the record; areas add theirs by override."""
        return {
            "promised": self.env._("Promised"),
            "delivered": self.env._("Delivered"),
            "days_late": self.env._("Days late"),
            "product": self.env._("Product"),
            "price": self.env._("Price"),
            "list_price": self.env._("Pricelist price"),
            "difference": self.env._("Difference"),
            "target": self.env._("Target"),
            "reached": self.env._("Reached"),
            "period_from": self.env._("From"),
            "period_to": self.env._("To"),
            "verified": self.env._("Last verified"),
            "code": self.env._("Code"),
            "last_contact": self.env._("Last contact"),
            "grade": self.env._("Grade"),
            "contact_days": self.env._("Days allowed"),
            "complete": self.env._("Complete, in percent"),
            "missing": self.env._("Missing"),
            "licence_kind": self.env._("Licence"),
            "licence_number": self.env._("Number"),
            "valid_until": self.env._("Valid until"),
            "nonconforming": self.env._("Does not conform"),
            "sampled": self.env._("Files in the sample"),
            "month": self.env._("Month"),
            "duplicate_of": self.env._("Same as"),
            "duplicate_ref": self.env._("Its file number"),
            "corrected": self.env._("Corrected"),
            "old": self.env._("Before"),
            "new": self.env._("After"),
            "problem": self.env._("Problem"),
            "found": self.env._("Found"),
            **self._order_labels(),
            **self._payment_labels(),
            **self._contract_labels(),
            **self._document_labels(),
            **self._loan_labels(),
        }

    @api.model
    def _document_labels(self):
        """What the archive keeps: which file, and what is wrong with it."""
        return {"file": self.env._("File"), "damage": self.env._("Damage")}

    @api.model
    def _order_labels(self):
        """What the orders area keeps: errors of entry, changes, notices, opinions."""
        return {
            "line": self.env._("Line"),
            "error_product": self.env._("Product: entered → right"),
            "error_quantity": self.env._("Quantity: entered → right"),
            "error_price": self.env._("Price: entered → right"),
            "error_date": self.env._("Date: entered → right"),
            "error_missing": self.env._("Missing in the order"),
            "error_surplus": self.env._("Not on the customer's paper"),
            "changed_added": self.env._("Added: before → after"),
            "changed_removed": self.env._("Removed: before → after"),
            "changed_product_id": self.env._("Product: before → after"),
            "changed_product_uom_qty": self.env._("Quantity: before → after"),
            "changed_product_uom_id": self.env._("Unit: before → after"),
            "changed_price_unit": self.env._("Price: before → after"),
            "changed_discount": self.env._("Discount: before → after"),
            "changed_tax_ids": self.env._("Taxes: before → after"),
            "changed_commitment_date": self.env._("Promised date: before → after"),
            "changed_partner_id": self.env._("Customer: before → after"),
            "changed_partner_shipping_id": self.env._("Delivery address: before → after"),
            "changed_partner_invoice_id": self.env._("Invoice address: before → after"),
            "changed_payment_term_id": self.env._("Payment terms: before → after"),
            "changed": self.env._("Changed"),
            "received": self.env._("Received"),
            "entered": self.env._("Entered"),
            "asked": self.env._("Asked"),
            "given": self.env._("Given"),
            "department": self.env._("Department"),
            "sent": self.env._("Sent"),
            "acknowledged": self.env._("Acknowledged"),
            "order": self.env._("Order"),
            "customer_expects": self.env._("Customer expects"),
            "expected": self.env._("Expected"),
            "last_entry": self.env._("Last entry"),
            "missing_entries": self.env._("Missing entries"),
            "told": self.env._("Customer told"),
            "invoice_due": self.env._("Invoice due"),
            "invoiced": self.env._("Invoiced"),
        }

    @api.model
    def _payment_labels(self):
        """What the payment gate keeps: amounts of an order, with their currency."""
        return {
            "shipped_value": self.env._("Shipped"),
            "needed_amount": self.env._("Needed"),
            "received_amount": self.env._("Received"),
        }

    @api.model
    def _contract_labels(self):
        """What the contracts area keeps."""
        return {
            "element": self.env._("Missing"),
            "signed": self.env._("Signed"),
            "filed": self.env._("On file"),
            "document": self.env._("Document"),
            "schedule_updated": self.env._("Last schedule update"),
        }

    @api.model
    def _loan_labels(self):
        """What loans of documents keep."""
        return {
            "lent_item": self.env._("Item"),
            "borrower": self.env._("Borrower"),
            "loan_due": self.env._("Due"),
            "pages_out": self.env._("Pages out"),
            "pages_back": self.env._("Pages back"),
        }

    @api.model
    def _rows(self, finding):
        """[(label, value in words)] of one finding."""
        labels = self._labels()
        model = self.env.get(finding.res_model)
        rows = []
        for key, value in (finding.evidence or {}).items():
            field = self._field(model, key)
            label = labels.get(key)
            if label is None:
                label = field._description_string(self.env) if field else key
            words = self._words(key, value)
            if words is None:
                words = self._value(value, field if key not in labels else None)
            rows.append((label, words))
        return rows

    @api.model
    def _words(self, key, value):
        """The value of a key of :meth:`_labels` in words, nothing when it speaks for itself; areas add theirs."""
        if key == "missing" and isinstance(value, list):
            # Superuser: whoever reads the finding may read what it names.
            return ", ".join(self.env["sbo.customer.requirement"].sudo().browse(value).exists().mapped("name")) or "–"
        if key == "element":
            field = self._field(self.env["sbo.contract"], value)
            return field._description_string(self.env) if field else self.env._("Payment plan")
        if key == "licence_kind":
            return dict(self.env["sbo.licence"]._fields["kind"]._description_selection(self.env)).get(value, value)
        if key == "nonconforming":
            return self.env["res.partner"]._sbo_item_words().get(value, value)
        if key == "corrected":
            field = self._field(self.env["res.partner"], value)
            return field._description_string(self.env) if field else value
        if key == "problem":
            # Superuser: who may read the finding may know which rule it stands for.
            checks = self.env["sbo.check"].sudo().with_context(active_test=False)
            return checks.search([("code", "=", value)]).name or value
        return self._contract_words(key, value)

    @api.model
    def _as_html(self, finding):
        rows = Markup("").join(
            Markup("<tr><td class='text-muted pe-3'>%s</td><td>%s</td></tr>") % row for row in self._rows(finding))
        return Markup("<table>%s</table>") % rows if rows else False

    @api.model
    def _as_text(self, finding):
        """One line, for papers and mails."""
        return ", ".join(f"{label}: {value}" for label, value in self._rows(finding))

    @api.model
    def _value(self, value, field):
        if value is None or value is False:
            return "–"
        if field is not None and field.type == "many2one":
            return self._name_of(self.env[field.comodel_name].sudo().browse(value))
        if field is not None and field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, value)
        if field is not None and field.type == "monetary":
            return format_amount(self.env, value, self.env.company.currency_id)
        if isinstance(value, str) and len(value) >= 10 and value[4:5] == "-" and value[7:8] == "-":
            return self._moment(value)
        return value if isinstance(value, str) else f"{value:g}"

    @api.model
    def _field(self, model, path):
        """The field at the end of a path, nothing when it is no field of the record (any more)."""
        field = None
        for name in path.split("."):
            field = model._fields.get(name) if model is not None else None
            model = self.env.get(field.comodel_name) if field is not None else None
        return field

    @api.model
    def _name_of(self, record):
        try:
            return record.display_name
        except MissingError:
            return str(record.id)

    @api.model
    def _moment(self, value):
        try:
            if len(value) == 10:
                return format_date(self.env, fields.Date.to_date(value))
            return format_datetime(self.env, fields.Datetime.to_datetime(value[:19].replace("T", " ")))
        except ValueError:
            return value
