import unicodedata

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL

# What is wrong once it has to be corrected. Fields of areas that are not there are left out.
KEY_FIELDS = (
    "name", "vat", "phone", "email", "street", "street2", "city", "zip", "state_id", "country_id",
    "sbo_invoice_title", "sbo_invoice_address", "sbo_invoice_phone", "sbo_invoice_bank", "sbo_invoice_account",
)
ACCOUNT = "bank_ids.acc_number"
# Findings about a period or a way of working are no problem of the file, and a problem left open is not one again.
NO_FILE_PROBLEM = (
    "customer_file_problem_open", "customer_not_verified", "new_customer_shortfall", "customer_file_nonconforming",
    "customer_contact_overdue", "customer_assignment_late", "customer_handover_late", "customer_handover_wrong",
)
# Checks that have found a wrong value already: one error is one field of one customer.
TOLD_BEFORE = ["customer_code_invalid", "customer_phone_invalid", "customer_email_invalid"]
TYPING = SQL("interval '15 minutes'")


class SboCustomerQuality(models.AbstractModel):
    """Corrected key fields of a customer, and problems of its file left open (客户信息质量)."""

    _name = "sbo.customer.quality"
    _description = "Quality of Customer Data"

    sbo_change_count = fields.Integer("Corrections", compute="_compute_sbo_change_count")

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_sbo_change_count(self):
        changes = self.env["sbo.customer.change"]
        counts = dict(changes._read_group(
            [("partner_id", "in", self.ids), ("reason", "!=", False)], ["partner_id"], ["__count"])
        ) if changes.has_access("read") else {}
        for partner in self:
            partner.sbo_change_count = counts.get(partner._origin, 0)

    # === CRUD === #

    def write(self, vals):
        """The lowest door: whoever corrects a key field, and however, the error register knows."""
        names = [name for name in self._sbo_key_fields() if name in vals]
        # Superuser: the register sees what the user may write without being asked for each field.
        customers = self.sudo().filtered("sbo_is_customer") if names else self.browse()
        before = {(partner.id, name): partner._sbo_key_value(name) for partner in customers for name in names}
        result = super().write(vals)
        self.env["sbo.customer.change"]._record([
            (partner, name, None, before[partner.id, name], partner._sbo_key_value(name))
            for partner in customers for name in names])
        return result

    def action_sbo_changes(self):
        """The corrections of this customer's key fields."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_back_office.sbo_customer_change_action")
        return dict(action, domain=[("partner_id", "=", self.id)], context={"search_default_corrections": 1})

    # === the register === #

    @api.model
    def _sbo_key_fields(self):
        """Names of the fields whose corrections are registered; areas add theirs by override."""
        return [name for name in KEY_FIELDS if name in self._fields]

    def _sbo_key_value(self, name):
        """A key field in words, as the register keeps it."""
        value = self[name]
        return (value.display_name if isinstance(value, models.BaseModel) else value) or None

    @api.model
    def _sbo_essence(self, name, value):
        """What is left of a value when its spelling is taken away: only a change of this is a correction."""
        text = "".join(unicodedata.normalize("NFKC", value or "").split())
        if name == "email":
            return text.lower()
        if name == "phone" or name == "sbo_invoice_phone":
            digits = "".join(char for char in text if char.isalnum()).removeprefix("00")
            return (digits.removeprefix("86") if len(digits) > 11 else digits).lstrip("0")
        if name in ("vat", ACCOUNT, "sbo_invoice_account"):
            return "".join(char for char in text if char.isalnum()).upper()
        return text

    # === the checks === #

    def _sbo_query_data_error(self, check, ids=None) -> SQL:
        """Key fields that a clerk entered and that had to be corrected within X days (DOMAIN A1.1): ended when
        they were corrected, which gives the month, and answered by whoever entered them. What one puts right
        within a quarter of an hour of entering it counts as typing; what another check has found to be wrong
        already is no second error.
        """
        clerks = self.env.ref("sales_back_office.sbo_group_clerk").all_user_ids.filtered(
            lambda user: user.id != SUPERUSER_ID)
        self.env["sbo.customer.change"].flush_model()
        return SQL(
            """SELECT c.partner_id AS res_id, c.field_name || ':' || c.id AS key, c.entered_by_id AS user_id,
                      c.changed_at AS due_at, c.changed_at AS done_at, 1.0 AS quantity,
                      jsonb_build_object('corrected', c.field_name, 'old', c.old_value, 'new', c.new_value) AS evidence
                 FROM sbo_customer_change c
                WHERE c.reason IN ('open', 'entry_error') AND c.entered_by_id = ANY(%(clerks)s)
                  AND c.changed_at <= %(as_of)s AND c.changed_at <= c.entered_at + %(days)s * interval '1 day'
                  AND (c.changed_by_id <> c.entered_by_id OR c.changed_at > c.entered_at + %(typing)s) %(narrow)s
                  AND NOT EXISTS (
                      SELECT 1 FROM sbo_finding f JOIN sbo_check k ON k.id = f.check_id
                       WHERE k.code = ANY(%(before)s) AND f.res_model = 'res.partner' AND f.res_id = c.partner_id
                         AND f.state <> 'waived' AND f.evidence ->> c.field_name = c.old_value)""",
            clerks=clerks.ids, before=TOLD_BEFORE, as_of=check._as_of(), days=check.parameter, typing=TYPING,
            narrow=self._sbo_sql_narrow(SQL("c.partner_id"), ids),
        )

    def _sbo_query_file_problem(self, check, ids=None) -> SQL:
        """Findings about a customer's file that were not settled within X working days of being found (DOMAIN A2.2).

        Those noted by hand are left out: nothing ends them. Those found when they had already ended are none.
        """
        calendar = SQL("%s::integer", check._calendar().id or None)
        days = SQL("%s::integer", int(check.parameter))
        limit = self.env["sbo.working.day"]._sql_due_days(calendar, SQL("f.opened_at"), days)
        return SQL(
            """SELECT p.res_id, p.id::text AS key, NULL::integer AS user_id, p.limit_at AS due_at,
                      CASE WHEN p.closed_at <= %(as_of)s THEN p.closed_at END AS done_at, 1.0 AS quantity,
                      jsonb_build_object('problem', p.code, 'found', p.opened_at) AS evidence
                 FROM (SELECT f.id, f.res_id, f.opened_at, f.closed_at, k.code, %(limit)s AS limit_at
                         FROM sbo_finding f
                         JOIN sbo_check k ON k.id = f.check_id
                        WHERE f.res_model = 'res.partner' AND f.area = 'customers' AND f.origin = 'auto'
                          AND f.state <> 'waived' AND k.code <> ALL(%(others)s) AND f.opened_at <= %(as_of)s
                          AND (f.closed_at IS NULL OR f.closed_at > f.opened_at) %(narrow)s) p
                WHERE p.limit_at <= %(as_of)s AND (p.closed_at IS NULL OR p.closed_at > p.limit_at)""",
            limit=limit, others=list(NO_FILE_PROBLEM), as_of=check._as_of(),
            narrow=self._sbo_sql_narrow(SQL("f.res_id"), ids),
        )
