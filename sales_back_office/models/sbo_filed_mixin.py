from lxml.builder import E
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .sbo_document_flow import CLERK


class SboFiledMixin(models.AbstractModel):
    """A record whose papers are filed (归档): filed in one click from itself, and it shows what is on file for it.

    Inherit it to make a model choosable in document classes. Form views get the buttons and the list of files by
    themselves; the hooks below say which files, when it is over, and what should be on file.
    """

    _name = "sbo.filed.mixin"
    _description = "Record with Filed Documents"
    _sbo_filed = True
    # Fields of the record that move the term of its documents.
    _sbo_term_fields = frozenset()

    sbo_filed_count = fields.Integer("Filed Documents", compute="_compute_sbo_filed_count")
    sbo_filed_file_ids = fields.Many2many(
        "sbo.document.file", string="Files on File", compute="_compute_sbo_filed_file_ids",
        help="They belong to the filed documents; whoever may read those opens them from here.")

    def _compute_sbo_filed_count(self):
        """Documents on file that this user may read, in one query for all records."""
        counts = self._sbo_filed_groups(["__count"])
        for record in self:
            record.sbo_filed_count = sum(row[0] for row in counts.get(record._origin.id, ()))

    def _compute_sbo_filed_file_ids(self):
        documents = self._sbo_filed_groups(["id:recordset"])
        everything = self.env["sbo.document"].union(*(row[0] for rows in documents.values() for row in rows))
        files = self.env["sbo.document.file"].search(
            [("document_id", "in", everything.ids), ("current", "=", True), ("attachment_id", "!=", False)]
        ).grouped("document_id") if everything else {}
        for record in self:
            mine = self.env["sbo.document"].union(*(row[0] for row in documents.get(record._origin.id, ())))
            record.sbo_filed_file_ids = self.env["sbo.document.file"].union(
                *(files[document] for document in mine if document in files))

    def write(self, vals):
        result = super().write(vals)
        if self._sbo_term_fields & set(vals):
            # Superuser: the term of a document follows its contract, whoever ends it.
            self.env["sbo.document"].sudo().search([
                ("res_model", "=", self._name), ("res_id", "in", self.ids), ("retention_start", "=", "fulfilled"),
                ("state", "in", ("filed", "appraisal"))])._set_retention()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_on_file(self):
        # Superuser: papers that this user does not read count as well.
        documents = self.env["sbo.document"].sudo().with_context(active_test=False).search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)])
        filed = documents.filtered(lambda document: document.state != "draft")
        if filed:
            record = self.browse(filed[0].res_id)
            raise UserError(self.env._(
                "“%(record)s” has papers on file (%(code)s): it is archived or cancelled, not deleted.",
                record=record.display_name, code=filed[0].file_code))
        documents._own().write({"res_model": False, "res_id": False, "expected": False})

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "form" and not arch.xpath("//field[@name='sbo_filed_count']"):
            self._sbo_add_filed(arch)
        return arch, view

    # === actions === #

    def action_sbo_file(self):
        """File its paper: entered and put on file at once where nothing is lacking, else it opens to be completed."""
        self.ensure_one()
        self.check_access("read")
        kind = self.env["sbo.document.class"]._of_record(self._name, self._sbo_filed_company())
        if not kind:
            raise UserError(self.env._(
                "No class of documents takes papers of this kind: a supervisor sets one up under Configuration."))
        documents = self.env["sbo.document"]
        document = documents.search([
            ("res_model", "=", self._name), ("res_id", "=", self.id), ("class_id", "=", kind.id),
            ("state", "=", "draft")], limit=1) or documents.create(self._sbo_documents_vals(kind))
        if not document._lacking():
            hidden = document.action_file()
            if hidden:
                return hidden
        return {
            "type": "ir.actions.act_window", "name": self.env._("Filed Document"), "res_model": "sbo.document",
            "res_id": document.id, "views": [[False, "form"]],
        }

    def action_sbo_filed(self):
        """What is on file for it."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_back_office.sbo_document_action")
        kind = self.env["sbo.document.class"]._of_record(self._name, self._sbo_filed_company())
        [defaults] = self._sbo_documents_vals(kind) if kind else [{}]
        return dict(
            action, domain=self._sbo_filed_domain(),
            context={f"default_{name}": value for name, value in defaults.items() if name != "sbo_clerk_id"})

    # === what is on file === #

    def _sbo_filed_domain(self):
        """What the record shows as its own; override to add papers of what belongs to it."""
        return [("res_model", "=", self._name), ("res_id", "in", self.ids)]

    def _sbo_filed_groups(self, aggregates):
        """{record id: [aggregates of its documents]}, one query; override where more than its own are shown."""
        rows = {}
        if not self._sbo_reads_filed():
            return rows
        for res_id, *values in self.env["sbo.document"]._read_group(
                [("res_model", "=", self._name), ("res_id", "in", self._origin.ids)], ["res_id"], aggregates):
            rows.setdefault(res_id, []).append(values)
        return rows

    @api.model
    def _sbo_reads_filed(self):
        """A customer on the portal reads orders, and no documents."""
        return self.env["sbo.document"].has_access("read")

    def _sbo_filed_company(self):
        return (self.company_id if "company_id" in self._fields else self.env["res.company"]) or self.env.company

    def _sbo_documents_vals(self, kind):
        """Values of a new document for the paper of each of these records; the queries do not grow with them."""
        scanned = self._sbo_attachments_by_record()
        return [self._sbo_document_vals(record, kind, record.id in scanned) for record in self]

    # === hooks of an area === #

    @api.model
    def _sbo_document_vals(self, record, kind, scanned):
        """Values of a new document for the record's paper; called by filing and by the nightly list.

        :param kind: the class it is filed in
        :param scanned: it has files that are filed with it
        """
        permanent, years = kind._kept(*record._sbo_importance())
        partner = record._sbo_filed_partner()
        clerk = record.sbo_clerk_id if "sbo_clerk_id" in record._fields else partner.sbo_clerk_id
        day = record._sbo_paper_date()
        vals = {
            "title": self.env._("%(kind)s %(record)s", kind=kind.name, record=record.display_name),
            "document_no": record.display_name, "author": partner.commercial_partner_id.name,
            "date": min(day, record._sbo_filed_company()._sbo_today()), "class_id": kind.id,
            "company_id": kind.company_id.id, "partner_id": partner.id, "res_model": record._name, "res_id": record.id,
            "permanent": permanent, "retention_years": years, "retention_start": kind.retention_start,
            "place_id": kind.place_id.id, "medium": "both" if scanned else "paper",
        }
        return {**vals, "sbo_clerk_id": clerk.id} if clerk else vals

    def _sbo_paper_date(self):
        """The date on its paper."""
        return self._sbo_filed_company()._sbo_today()

    def _sbo_filed_partner(self):
        """Whose customer's paper it is."""
        return self.partner_id if "partner_id" in self._fields else self.env["res.partner"]

    def _sbo_importance(self):
        """(amount in company currency, whether warranty or retention money is agreed): such papers are kept longer."""
        return 0, False

    def _sbo_filed_attachments(self):
        """Attachments that become files of the documents of these records when they are filed; as superuser."""
        return self.env["ir.attachment"]

    def _sbo_attachments_by_record(self):
        """{record id: those attachments}; override where they hang on what belongs to the record."""
        return self._sbo_filed_attachments().grouped("res_id")

    def _sbo_fulfilled_on(self):
        """{id: the day on which everything agreed was done}, for those where it was: the term counts from its year."""
        return {}

    def _sbo_paper_filed(self, documents):
        """Papers of these records were put on file; called by the filing, as superuser."""

    @api.model
    def _sbo_papers_due(self, company, since):
        """Ids of those whose paper should be on file and is not even entered, or None when nothing is expected.

        :param since: a day; what was signed before is not looked at; None: everything
        """
        return None

    @api.model
    def _sbo_sql_without_paper(self, column) -> SQL:
        """No document, filed or to be filed, is there for the record of this column in a class of such papers.

        What else is filed on the record, a report of damage or a letter, does not stand in for them.
        """
        return SQL(
            """NOT EXISTS (SELECT FROM sbo_document d JOIN sbo_document_class c ON c.id = d.class_id
                            WHERE d.res_model = %s AND d.res_id = %s AND c.record_model = d.res_model)""",
            self._name, column)

    # === views === #

    @api.model
    def _sbo_add_filed(self, arch):
        sheets = arch.xpath("//sheet")
        if not sheets:
            return
        boxes = sheets[0].xpath(".//div[@name='button_box']")
        if boxes:
            box = boxes[0]
        else:
            box = E.div({"name": "button_box", "class": "oe_button_box"})
            sheets[0].insert(0, box)
        box.append(E.button(
            E.field(name="sbo_filed_count", widget="statinfo", string=self.env._("Filed Documents")),
            {"name": "action_sbo_filed", "type": "object", "class": "oe_stat_button", "icon": "fa-archive",
             "invisible": "sbo_filed_count == 0"}))
        headers = arch.xpath("//header")
        button = {"name": "action_sbo_file", "type": "object", "string": self.env._("File Its Paper"), "groups": CLERK,
                  "invisible": "not id"}
        if headers:
            headers[0].append(E.button(button))
        else:
            sheets[0].addprevious(E.header(E.button(button)))
        books = sheets[0].xpath(".//notebook")
        if books:
            books[-1].append(E.page(
                E.field(self._sbo_files_list(), {"name": "sbo_filed_file_ids", "readonly": "1"}),
                {"string": self.env._("On File"), "name": "sbo_filed", "invisible": "sbo_filed_count == 0"}))

    @api.model
    def _sbo_files_list(self):
        return E.list(
            E.field(name="document_id"), E.field(name="name"), E.field(name="version"), E.field(name="uploaded_at"),
            E.field(name="size"),
            E.button({"name": "action_download", "type": "object", "string": self.env._("Open File"),
                      "icon": "fa-download"}),
            {"create": "0", "edit": "0", "delete": "0"})
