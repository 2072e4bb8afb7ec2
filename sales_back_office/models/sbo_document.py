from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from .sbo_document_flow import STEP, STEPPED


class SboDocument(models.Model):
    """One filed document (档案): what it is, where its paper and its files are, how long it is kept, who reads it."""

    _name = "sbo.document"
    _description = "Filed Document"
    _inherit = [
        "sbo.document.lent", "sbo.document.flow", "sbo.document.retention", "sbo.document.expected",
        "sbo.audit.hold", "sbo.document.files", "sbo.document.checks", "sbo.closed.mixin", "sbo.served.mixin",
        "sbo.checked.mixin", "mail.thread", "mail.activity.mixin"]
    _closed = STEPPED | {"file_ids", "move_ids"}
    _order = "file_code desc, id desc"
    _rec_names_search = ["file_code", "title", "document_no", "barcode"]
    _check_company_auto = True

    title = fields.Char(required=True, tracking=True, index="trigram")
    document_no = fields.Char("Document No.", tracking=True, index="trigram", help="The number on the paper itself.")
    author = fields.Char(tracking=True, help="Who has made it out: a department, a customer, an office.")
    date = fields.Date(required=True, default=fields.Date.context_today, tracking=True)
    class_id = fields.Many2one(
        "sbo.document.class", required=True, index=True, check_company=True, tracking=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    secrecy_id = fields.Many2one(
        "sbo.document.secrecy", required=True, index=True, tracking=True, ondelete="restrict",
        compute="_compute_secrecy_id", store=True, readonly=False, precompute=True)
    medium = fields.Selection(
        [("paper", "On Paper"), ("electronic", "Electronic"), ("both", "Both")], required=True, default="paper",
        string="Kept as", tracking=True)
    pages = fields.Integer(tracking=True)
    copies = fields.Integer(default=1, tracking=True)
    place_id = fields.Many2one(
        "sbo.document.place", index=True, ondelete="restrict", check_company=True, tracking=True)
    barcode = fields.Char(
        copy=False, tracking=True,
        help="On the label; scanned to lend and return. Empty: the archival code, when filed.")
    partner_id = fields.Many2one("res.partner", "Customer", index=True, tracking=True)
    res_model = fields.Char("Record Type")
    res_id = fields.Many2oneReference("Record", model_field="res_model")
    record_ref = fields.Reference(
        selection=lambda self: self.env["sbo.document.class"]._selection_record_model(), string="Belongs to",
        compute="_compute_record_ref", inverse="_inverse_record_ref",
        help="The contract, order, delivery or customer whose paper it is.")
    logged = fields.Boolean(related="secrecy_id.logged", related_sudo=True)
    remark = fields.Text(tracking=True)
    move_ids = fields.One2many("sbo.document.move", "document_id", "Where It Has Been", readonly=True)
    active = fields.Boolean(default=True)

    _order_idx = models.Index("(file_code DESC, id DESC)")
    _record_idx = models.Index("(res_model, res_id)")
    _barcode_uniq = models.UniqueIndex(
        "(company_id, barcode) WHERE barcode IS NOT NULL", "Another document has this label already.")
    _counted = models.Constraint("CHECK (pages >= 0 AND copies >= 0)", "Pages and copies cannot be negative.")

    @api.depends("file_code", "title")
    def _compute_display_name(self):
        for document in self:
            document.display_name = " ".join(filter(None, (document.file_code, document.title)))

    @api.depends("class_id")
    def _compute_secrecy_id(self):
        for document in self:
            document.secrecy_id = document.class_id.secrecy_id or document.secrecy_id

    @api.depends("res_model", "res_id")
    def _compute_record_ref(self):
        allowed = {name for name, _label in self.env["sbo.document.class"]._selection_record_model()}
        for document in self:
            known = document.res_model in allowed and document.res_id
            document.record_ref = f"{document.res_model},{document.res_id}" if known else False

    def _inverse_record_ref(self):
        for document in self:
            record = document.record_ref
            document.write({"res_model": record._name if record else False, "res_id": record.id if record else False})

    @api.constrains("place_id")
    def _check_place(self):
        self.place_id._refuse_overfull()

    @api.constrains("date")
    def _check_date(self):
        for document in self:
            if document.year and document.date.year != document.year:
                raise ValidationError(self.env._(
                    "“%s”: the year of its date stands in its archival code. File it anew under the right year, and "
                    "say so in a note here.", document.display_name))
            if document.date > fields.Date.context_today(document):
                raise ValidationError(self.env._("“%s” cannot be dated in the future.", document.display_name))

    @api.constrains("barcode")
    def _check_barcode(self):
        self._refuse_same_label(self)

    @api.constrains("res_model", "res_id")
    def _check_record(self):
        """A paper is not hung on a record that its clerk cannot see."""
        for model, documents in self.filtered("res_id").grouped("res_model").items():
            if model not in self.env or not getattr(self.env[model], "_sbo_filed", False):
                raise ValidationError(self.env._("Papers cannot be filed for records of this kind."))
            # Odoo checks values as superuser; whether the record may be read is asked as the user.
            self.env[model].sudo(False).browse(documents.mapped("res_id")).check_access("read")

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._complete(vals)
        documents = super().create(vals_list)
        if any(document.state != "draft" for document in documents):
            documents._refuse_write({"state"})
        documents._set_due()
        return documents

    def write(self, vals):
        if "barcode" in vals:
            vals = dict(vals, barcode=(vals["barcode"] or "").strip() or False)
        # Superuser: the name of a place is nobody's secret.
        before = {document: (document.place_id, document.sudo().place_id.complete_name)
                  for document in self} if "place_id" in vals else {}
        owners = self._record_names() if {"res_model", "res_id"} & set(vals) else {}
        result = super().write(vals)
        if owners:
            self._log_records(owners)
        if before:
            self.env["sbo.document.move"]._log(before)
        return result

    def copy_data(self, default=None):
        return [dict(vals, title=self.env._("%s (copy)", document.title))
                for document, vals in zip(self, super().copy_data(default), strict=True)]

    # === actions === #

    def action_record(self):
        """The contract, order, delivery or customer it belongs to."""
        self.ensure_one()
        return self.record_ref.get_formview_action() if self.record_ref else None

    def action_moves(self):
        """Where it has been."""
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_back_office.sbo_document_move_action")
        return dict(action, domain=[("document_id", "in", self.ids)], context={})

    # === what others ask === #

    @api.model
    def _by_barcode(self, code, company=None):
        """The document with this label or archival code, as far as the user may read it; called by whoever scans."""
        code = (code or "").strip()
        if not code:
            return self.browse()
        return self.search(
            (Domain("barcode", "=", code) | Domain("file_code", "=", code))
            & Domain("company_id", "=", (company or self.env.company).id), limit=1)

    @api.model
    def _refuse_same_label(self, labelled):
        """A scanner does not know a box from a document: no two of a company's labels are the same."""
        labelled = labelled.filtered("barcode")
        if not labelled:
            return
        self.flush_model(["barcode", "company_id"])
        self.env["sbo.document.place"].flush_model(["barcode", "company_id"])
        twins = self.env.execute_query(SQL(
            """SELECT d.barcode FROM sbo_document d JOIN sbo_document_place p
                   ON p.barcode = d.barcode AND p.company_id = d.company_id
                WHERE d.barcode = ANY(%s) LIMIT 1""", labelled.mapped("barcode")))
        if twins:
            raise ValidationError(self.env._("The label “%s” is on a place as well as on a document.", twins[0][0]))

    def _record_names(self):
        """{document id: (the record it belongs to, its name)}, of those that are on file."""
        # Superuser: whoever reads the history of a paper may know where it hung.
        names = {}
        for document in self.sudo().filtered(lambda document: document.state != "draft"):
            known = document.res_model in self.env and document.res_id
            record = self.env[document.res_model].sudo().browse(document.res_id).exists() if known else None
            names[document.id] = record or None, record.display_name if record else "–"
        return names

    def _log_records(self, before):
        """Whose paper it was, and whose it is now, stands in its history."""
        label = self._fields["record_ref"]._description_string(self.env)
        after = self._record_names()
        said = {key: f"{label}: {old[1]} → {after[key][1]}"
                for key, old in before.items() if after[key][0] != old[0]}
        self.browse(said).sudo()._message_log_batch(said)

    def _complete(self, vals):
        """What a new document has by itself: whose it is, and its label without blanks."""
        vals["barcode"] = (vals.get("barcode") or "").strip() or False
        if "company_id" not in vals and vals.get("class_id"):
            vals["company_id"] = self.env["sbo.document.class"].browse(vals["class_id"]).company_id.id
        if "sbo_clerk_id" not in vals:
            clerk = self.env["res.partner"].browse(vals.get("partner_id")).commercial_partner_id.sbo_clerk_id
            is_clerk = self.env.user.has_group("sales_back_office.sbo_group_clerk")
            vals["sbo_clerk_id"] = (clerk or (self.env.user if is_clerk else clerk)).id
        for name in STEPPED & set(vals):
            del vals[name]

    def _own(self):
        """These documents for a write of the addon itself: the step was checked before."""
        return self.sudo().with_context(sbo_step=STEP)
