import re

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

STARTS = [
    ("filed", "Filing"),
    ("dated", "Date of the Document"),
    ("year_end", "End of the Year of the Document"),
    ("fulfilled", "End of the Year in Which the Contract Was Fulfilled"),
]


class SboDocumentClass(models.Model):
    """A class of filed documents (档案类别): its code in the archival number, how long it is kept, how secret it is."""

    _name = "sbo.document.class"
    _description = "Document Class"
    _inherit = ["sbo.document.class.lent", "mail.thread"]
    _order = "sequence, id"
    _rec_names_search = ["name", "code"]
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, tracking=True)
    code = fields.Char(required=True, tracking=True, help="Stands in the archival code, after the year.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(related="company_id.currency_id")
    permanent = fields.Boolean(help="Kept for ever.", tracking=True)
    retention_years = fields.Integer("Years Kept", default=10, tracking=True)
    retention_start = fields.Selection(STARTS, "Counted from", required=True, default="year_end", tracking=True)
    important_amount = fields.Monetary(
        "Longer from", help="Documents of a record of this amount or more, or with a warranty or retention money, are "
        "kept longer. 0: none is.")
    important_years = fields.Integer("Years Kept Longer", default=30)
    secrecy_id = fields.Many2one("sbo.document.secrecy", tracking=True)
    place_id = fields.Many2one(
        "sbo.document.place", "Usual Place", check_company=True,
        help="Where a new document of this class is put, unless the clerk says otherwise.")
    file_days = fields.Integer(
        "Days to File", default=5, help="Working days from signing or closing until it is filed.")
    record_model = fields.Selection(
        selection=lambda self: self._selection_record_model(), string="Papers of",
        help="A paper of such a record is filed in this class.")
    expected = fields.Boolean(
        "Expected by Itself", help="When the record is signed, its paper appears in the list of papers to file: what "
        "is missing is known from the first day.")
    numbers = fields.Json(readonly=True, copy=False, help="The last number given in each year; none is given twice.")
    document_count = fields.Integer(compute="_compute_document_count")

    _code_uniq = models.UniqueIndex("(company_id, code)", "Another class, maybe an archived one, has this code.")
    _not_negative = models.Constraint(
        "CHECK (retention_years >= 0 AND important_years >= 0 AND file_days >= 0)",
        "Years and days cannot be negative.")

    @api.model
    def _selection_record_model(self):
        names = sorted(name for name, model in self.env.registry.items()
                       if getattr(model, "_sbo_filed", False) and not model._abstract)
        return [(name, self.env["ir.model"]._get(name).name) for name in names]

    def _compute_document_count(self):
        counts = dict(self.env["sbo.document"]._read_group([("class_id", "in", self.ids)], ["class_id"], ["__count"]))
        for one in self:
            one.document_count = counts.get(one, 0)

    @api.constrains("code")
    def _check_code(self):
        for one in self:
            if not re.fullmatch(r"[A-Z0-9]{1,12}", one.code or ""):
                raise ValidationError(self.env._(
                    "“%s”: the code of a class is made of capital letters and digits, at most twelve.", one.code))

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([
            {name: value for name, value in vals.items() if name != "numbers"} for vals in vals_list])

    def write(self, vals):
        if "numbers" in vals:
            raise UserError(self.env._("Archival numbers are counted by the filing itself."))
        if {"code", "company_id"} & set(vals):
            changed = self.filtered(
                lambda one: vals.get("code", one.code) != one.code
                or vals.get("company_id", one.company_id.id) != one.company_id.id)
            used = changed._with_documents()
            if used:
                raise UserError(self.env._(
                    "“%s” stands in archival codes already: its code stays. Archive the class and make a new one.",
                    used[0].name))
        return super().write(vals)

    def copy_data(self, default=None):
        default = dict(default or {})
        return [dict(vals, code=default.get("code") or one._free_code())
                for one, vals in zip(self, super().copy_data(default), strict=True)]

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        used = self._with_documents()
        if used:
            raise UserError(self.env._("“%s” has documents: archive the class instead of deleting it.", used[0].name))

    def action_documents(self):
        """The documents of this class."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_back_office.sbo_document_action")
        return dict(action, domain=[("class_id", "=", self.id)], context={"default_class_id": self.id})

    def _with_documents(self):
        # Superuser: documents that this user does not see count as well.
        found = self.env["sbo.document"].sudo().with_context(active_test=False)._read_group(
            [("class_id", "in", self.ids)], ["class_id"])
        return self.browse(one.id for (one,) in found)

    def _free_code(self):
        kinds = self.with_context(active_test=False).search([("company_id", "=", self.company_id.id)])
        codes = set(kinds.mapped("code"))
        return next(f"{self.code[:10]}{n}" for n in range(2, len(codes) + 3) if f"{self.code[:10]}{n}" not in codes)

    def _take_numbers(self, year, count):
        """The first of so many numbers of a year that nobody had before.

        The row is written, so that whoever files in this class at the same time comes after us, or begins anew.
        """
        self.ensure_one()
        [(last,)] = self.env.execute_query(SQL(
            """UPDATE sbo_document_class
                  SET numbers = COALESCE(numbers, '{}'::jsonb)
                      || jsonb_build_object(%(year)s, COALESCE((numbers->>%(year)s)::integer, 0) + %(count)s)
                WHERE id = %(id)s RETURNING (numbers->>%(year)s)::integer""",
            year=str(year), count=count, id=self.id))
        self.invalidate_recordset(["numbers"], flush=False)
        return last - count + 1

    def _kept(self, amount=0, important=False):
        """How long a document of this class is kept: (for ever, years).

        :param amount: of the record, in company currency
        :param important: a warranty or retention money is agreed
        """
        longer = self.important_amount > 0 and (amount >= self.important_amount or important)
        return self.permanent, self.important_years if longer else self.retention_years

    @api.model
    def _of_record(self, model, company):
        """The class in which papers of such records are filed; may be empty."""
        return self.search([("record_model", "=", model), ("company_id", "=", company.id)], limit=1)

    @api.model
    def _give_to(self, companies):
        """Companies without any class get those of the main company, with their names in all languages."""
        main = self.env.ref("base.main_company", raise_if_not_found=False)
        has = self.with_context(active_test=False)._read_group([("company_id", "in", companies.ids)], ["company_id"])
        for company in companies - main - self.env["res.company"].union(*(one for (one,) in has)) if main else ():
            for one in self.search([("company_id", "=", main.id)]):
                # Without its name, which would come in one language then.
                one.copy({"company_id": company.id, "code": one.code, "place_id": False})
