from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

CLERK = "sales_back_office.sbo_group_clerk"
LEADER = "sales_back_office.sbo_group_supervisor"
SYSTEM = None
STATES = [
    ("draft", "Not Filed Yet"),
    ("filed", "Filed Away"),
    ("appraisal", "To Be Appraised"),
    ("destroyed", "Destroyed"),
]
# step: (from, to, who). Feeds the buttons, the guard and its sentence. What the system does, nobody does by a button.
TRANSITIONS = {
    "file": (("draft",), "filed", CLERK),
    "expire": (("filed",), "appraisal", SYSTEM),
    "keep": (("appraisal",), "filed", LEADER),
    "destroy": (("appraisal",), "destroyed", SYSTEM),
}
KEPT = ("filed", "appraisal")
# Facts that come with a step only.
STEPPED = frozenset({
    "state", "file_code", "year", "number", "filed_on", "filed_at", "filed_by_id", "keep_until", "retention_from",
    "destroyed_on", "destruction_id", "file_due_at", "expected"})
# They stand in the archival code.
FIXED = frozenset({"class_id", "company_id"})
# They decide who reads it, how long it is kept, and whether an audit asks for it.
LED = frozenset({
    "secrecy_id", "permanent", "retention_years", "retention_start", "date", "res_model", "res_id", "record_ref",
    "partner_id"})
# Marks our own writes in the context. It is this object that counts, and no RPC call can send it.
STEP = object()


class SboDocumentFlow(models.AbstractModel):
    """The way of a document: entered, filed with its archival code, appraised when its term is over, destroyed."""

    _name = "sbo.document.flow"
    _description = "Document: Flow"

    file_code = fields.Char("Archival Code", readonly=True, copy=False, index="trigram", help="Never used again.")
    year = fields.Integer(readonly=True, copy=False, aggregator=None)
    number = fields.Integer(readonly=True, copy=False, aggregator=None)
    state = fields.Selection(
        STATES, required=True, readonly=True, default="draft", index=True, tracking=True, copy=False)
    filed_on = fields.Date("Filed on", readonly=True, copy=False, tracking=True)
    filed_at = fields.Datetime("Filed at", readonly=True, copy=False)
    filed_by_id = fields.Many2one("res.users", "Put on File by", readonly=True, copy=False)
    file_due_at = fields.Datetime(
        "To Be Filed by", readonly=True, copy=False, help="Working days of its class after it was signed or entered.")
    destroyed_on = fields.Date("Destroyed on", readonly=True, copy=False)
    destruction_id = fields.Many2one(
        "sbo.destruction", "Destruction List", readonly=True, copy=False, index="btree_not_null")
    allowed_actions = fields.Char(compute="_compute_allowed_actions")

    _code_uniq = models.UniqueIndex(
        "(company_id, file_code) WHERE file_code IS NOT NULL", "This archival code has been given already.")

    _late_idx = models.Index(
        "(company_id, file_due_at) WHERE filed_at IS NULL OR filed_at > file_due_at")

    @api.depends_context("uid")
    @api.depends("state")
    def _compute_allowed_actions(self):
        """Names of the steps this user may take now, for the buttons."""
        for document in self:
            document.allowed_actions = ",".join(step for step in TRANSITIONS if not document._refusal(step))

    @api.model_create_multi
    def create(self, vals_list):
        # Nobody enters a document as filed.
        return super().create([
            {name: value for name, value in vals.items() if name not in STEPPED} for vals in vals_list])

    def write(self, vals):
        if self.env.context.get("sbo_step") is not STEP:
            self._refuse_write(set(vals))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        filed = self.filtered(lambda document: document.state != "draft")
        if filed:
            raise UserError(self.env._(
                "“%s” is filed: it is never deleted. When its term is over, it goes on a destruction list, and its "
                "line in the index stays.", filed[0].display_name))

    # === steps === #

    def action_file(self):
        """Put on file: it gets its archival code, which no other document will ever have."""
        self._check_step("file")
        self._lock()
        self._refuse_lacking()
        self._take_files()
        codes = self._give_codes()
        # Superuser: whoever files a secret document does not read it from here on.
        documents = self.sudo()
        documents._refuse_same_label(documents)
        documents._set_retention()
        documents._tell_records()
        documents._message_log_batch({key: self.env._("Filed as %s.", code) for key, code in codes.items()})
        return self._tell_hidden()

    def action_keep(self):
        """It is kept longer: years were added before."""
        self._check_step("keep")
        self._set_retention()
        over = self.filtered(lambda document: document.state != "filed")
        if over:
            raise UserError(self.env._(
                "“%s”: its term is over. Give it more years, or keep it for ever, and it is kept.",
                over[0].display_name))

    # === guards === #

    def _refusal(self, step):
        """Why this user may not take this step, in words; empty when allowed."""
        sources, _target, group = TRANSITIONS[step]
        if not group or not self.env.user.has_group(group):
            return self.env._("only the back office does that") if group == CLERK else self.env._(
                "only a back-office supervisor does that") if group else self.env._("it happens by itself")
        if self.state not in sources:
            return self.env._("it is “%s”", dict(self._fields["state"]._description_selection(self.env))[self.state])
        return ""

    def _check_step(self, step):
        self.check_access("write")
        for document in self:
            reason = document._refusal(step)
            if reason:
                raise (UserError if document.state not in TRANSITIONS[step][0] else AccessError)(self.env._(
                    "“%(document)s” cannot go this step: %(reason)s.", document=document.display_name, reason=reason))

    def _lock(self):
        """Two people taking a step at once: the second one waits, and begins anew with what the first has done."""
        self.flush_model()
        self.env.cr.execute(SQL("SELECT id FROM sbo_document WHERE id = ANY(%s) ORDER BY id FOR UPDATE", self.ids))

    def _refuse_write(self, names):
        names -= {*self.env["mail.thread"]._fields, *self.env["mail.activity.mixin"]._fields}
        if names & STEPPED:
            raise UserError(self.env._(
                "Archival code, state and term of a document come with its steps: file it, keep it, destroy it."))
        for document in self:
            document._refuse_change(names)

    def _refuse_change(self, names):
        if "active" in names and self.expected and not self.env.user.has_group(LEADER):
            raise AccessError(self.env._(
                "“%(document)s” cannot go this step: %(reason)s.", document=self.display_name,
                reason=self.env._("only a back-office supervisor does that")))
        if self.state == "draft" or not names:
            return
        if self.state == "destroyed":
            raise UserError(self.env._("“%s” is destroyed: its line in the index stays as it is.", self.display_name))
        if names & FIXED:
            raise UserError(self.env._(
                "“%s”: class and company stand in its archival code. File it anew in the right class, and say so in a "
                "note here.", self.display_name))
        if "active" in names:
            raise UserError(self.env._("“%s” is filed: it cannot be hidden.", self.display_name))
        if names & LED and not self.env.user.has_group(LEADER):
            raise AccessError(self.env._(
                "“%s” is filed: its date, secrecy and term are corrected by a back-office supervisor.",
                self.display_name))

    def _refuse_lacking(self):
        """Nothing is filed that could not be found again."""
        for document, words in self._lacking().items():
            raise UserError(self.env._(
                "“%(document)s” cannot be filed yet: %(lacking)s.", document=document.display_name,
                lacking=", ".join(words)))

    def _lacking(self):
        """What is missing before these can be filed, in words: {document: [words]}, empty when nothing is.

        Called by the filing; areas add theirs by override.
        """
        lacking, to_take = {}, self._files_to_take()
        for document in self:
            words = []
            if document.medium in ("paper", "both") and not document.place_id:
                words.append(self.env._("it has no place"))
            if document.medium in ("electronic", "both") and not document.file_ids and not to_take.get(document):
                words.append(self.env._("its file has not been uploaded"))
            if not document.class_id.active:
                words.append(self.env._("its class is archived"))
            if words:
                lacking[document] = words
        return lacking

    # === the archival code === #

    def _give_codes(self):
        """Archival codes in the order of the documents, one statement a class and year.

        :return: {document id: code}
        """
        now, rows = fields.Datetime.now(), []
        for (kind, year), documents in self.grouped(lambda document: (document.class_id, document.date.year)).items():
            # Superuser: the counter of the class is nobody's to write.
            number = kind.sudo()._take_numbers(year, len(documents))
            for at, document in enumerate(documents.sorted("id")):
                code = f"{year}-{kind.code}-{number + at:04d}"
                rows.append((document.id, code, year, number + at, document.company_id._sbo_today()))
        self.env.cr.execute(SQL(
            """UPDATE sbo_document d
                  SET state = 'filed', file_code = n.code, year = n.year, number = n.number, filed_on = n.day,
                      filed_at = %(now)s, filed_by_id = %(uid)s, barcode = COALESCE(NULLIF(d.barcode, ''), n.code),
                      write_uid = %(uid)s, write_date = now() AT TIME ZONE 'UTC'
                 FROM unnest(%(ids)s::integer[], %(codes)s::varchar[], %(years)s::integer[], %(numbers)s::integer[],
                             %(days)s::date[]) AS n(id, code, year, number, day)
                WHERE d.id = n.id""",
            now=now, uid=self.env.uid,
            **dict(zip(("ids", "codes", "years", "numbers", "days"), map(list, zip(*rows, strict=True)), strict=True))))
        self.invalidate_recordset(flush=False)
        return {row[0]: row[1] for row in rows}

    def _tell_records(self):
        """The records whose paper was filed hear of it."""
        for model, documents in self.filtered("res_id").grouped("res_model").items():
            if model in self.env and getattr(self.env[model], "_sbo_filed", False):
                self.env[model].browse(documents.mapped("res_id")).exists()._sbo_paper_filed(documents)

    def _tell_hidden(self):
        """Whoever files a document that only others read is told so, and sees the others."""
        hidden = self - self._filtered_access("read")
        if not hidden:
            return None
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Filed. By their secrecy level, %s of them are not yours to read.", len(hidden)),
                "next": self.env["ir.actions.act_window"]._for_xml_id("sales_back_office.sbo_document_action"),
            },
        }
