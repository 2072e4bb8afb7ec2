from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import clock


class SboResponsibility(models.Model):
    """One stretch of time during which one clerk answered for one record (责任人).

    The rows are written by ``sbo.served.mixin`` and never by people. A stretch is half open
    (from included, to excluded); the stretches of one record never overlap.
    """

    _name = "sbo.responsibility"
    _description = "Clerk History"
    _order = "date_from desc, id desc"
    _rec_name = "user_id"

    res_model = fields.Char("Model", required=True, readonly=True)
    res_id = fields.Many2oneReference("Record", model_field="res_model", required=True, readonly=True)
    res_name = fields.Char("Name", compute="_compute_res_name")
    user_id = fields.Many2one(
        "res.users", string="Clerk", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", readonly=True)
    date_from = fields.Datetime("From", required=True, readonly=True)
    date_to = fields.Datetime("Until", readonly=True, help="Empty: still answering.")

    _dates = models.Constraint("CHECK (date_to >= date_from)", "A responsibility cannot end before it begins.")
    _one_open = models.UniqueIndex(
        "(res_model, res_id) WHERE date_to IS NULL", "Only one clerk at a time answers for a record."
    )
    _record_idx = models.Index("(res_model, res_id, date_from)")

    @api.depends("res_model", "res_id")
    def _compute_res_name(self):
        # sudo: who sees the history of a record may know its name; one query per model, not per line.
        for name, rows in self.grouped("res_model").items():
            records = self.env[name].sudo().browse(set(rows.mapped("res_id"))).exists()
            names = {record.id: record.display_name for record in records}
            for row in rows:
                row.res_name = names.get(row.res_id) or self.env._("Deleted")

    def action_open_record(self):
        """Open the record this line is about."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [[False, "form"]],
        }

    @api.model
    def _record_change(self, records, former=None):
        """Write down that `records` (of one model) have a new clerk, in two statements for any number.

        :param former: clerk id by record id before the change; empty for records just created.
            A former clerk without any history is taken to have answered since the record's creation.
        """
        records |= records  # a record named twice changes once
        if not records:
            return
        moment = clock.now(self.env)
        if former:
            self._close(records._name, records.ids, moment)
        self._open(records, former or {}, moment)

    @api.model
    def _open(self, records, former, moment):
        has_company = "company_id" in records._fields
        self.invalidate_model()
        self.env.cr.execute(
            SQL(
                """
                WITH change(res_id, company_id, created, former_id, user_id) AS (
                    SELECT * FROM unnest(%(ids)s::int[], %(companies)s::int[], %(created)s::timestamp[],
                                         %(former)s::int[], %(users)s::int[])
                ), stretch(res_id, company_id, user_id, date_from, date_to) AS (
                    SELECT res_id, company_id, former_id, created, %(moment)s::timestamp FROM change
                     WHERE former_id IS NOT NULL AND created < %(moment)s
                       AND NOT EXISTS (SELECT FROM sbo_responsibility past
                                        WHERE past.res_model = %(model)s AND past.res_id = change.res_id)
                     UNION ALL
                    SELECT res_id, company_id, user_id, %(moment)s::timestamp, NULL FROM change
                     WHERE user_id IS NOT NULL
                )
                INSERT INTO sbo_responsibility (res_model, res_id, company_id, user_id, date_from, date_to,
                                                create_uid, write_uid, create_date, write_date)
                SELECT %(model)s, res_id, company_id, user_id, date_from, date_to,
                       %(uid)s, %(uid)s, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
                  FROM stretch
                """,
                model=records._name,
                moment=moment,
                uid=self.env.uid,
                ids=records.ids,
                companies=[has_company and record.company_id.id or None for record in records],
                created=[record.create_date if former else None for record in records],
                former=[former.get(record.id) or None for record in records],
                users=[record.sbo_clerk_id.id or None for record in records],
            )
        )

    @api.model
    def _close(self, res_model, res_ids, moment=None):
        """End what is open for these records at `moment` (default now). A change loaded for a past
        moment overrules what was recorded later: those stretches stay, with no length."""
        if not res_ids:
            return
        self.invalidate_model()
        self.env.cr.execute(
            SQL(
                """
                UPDATE sbo_responsibility
                   SET date_to = GREATEST(date_from, %(moment)s::timestamp),
                       write_uid = %(uid)s, write_date = now() AT TIME ZONE 'UTC'
                 WHERE res_model = %(model)s AND res_id = ANY(%(ids)s)
                   AND (date_to IS NULL OR date_to > %(moment)s)
                """,
                model=res_model,
                ids=list(res_ids),
                moment=moment or clock.now(self.env),
                uid=self.env.uid,
            )
        )

    @api.model
    def _flush_responsibility(self):
        """Bring everything `_sql_at` reads into the database; call it before running such a query."""
        for name in self.env["sbo.served.mixin"]._inherit_children:
            self.env[name].flush_model(["sbo_clerk_id"])
        self.flush_model()
        self.env["sbo.absence"].flush_model()

    @api.model
    def _sql_at(self, res_model, holder_sql, moment_sql, fallback_sql=None, alias="at"):
        """Who answered for a record at a moment, as pieces for a larger query.

        :param holder_sql: id of the served record, as an SQL expression
        :param moment_sql: the moment (naive UTC), as an SQL expression
        :param fallback_sql: id of the user when nobody held the record then, or nothing
        :param alias: distinguishes several calls within one query
        :return: (LEFT JOINs to append to the FROM clause, expression of the user's id).
            The deputy of a holder who is away comes first; a deputy's own absence is not followed.
        """
        held = SQL.identifier(f"sbo_resp_{alias}")
        away = SQL.identifier(f"sbo_abs_{alias}")
        holder = SQL("COALESCE(%s.user_id, %s)", held, fallback_sql or SQL("NULL::integer"))
        joins = SQL(
            """
            LEFT JOIN sbo_responsibility %(held)s
                   ON %(held)s.res_model = %(model)s AND %(held)s.res_id = %(record)s
                  AND %(held)s.date_from <= %(moment)s
                  AND (%(held)s.date_to IS NULL OR %(held)s.date_to > %(moment)s)
            LEFT JOIN sbo_absence %(away)s
                   ON %(away)s.user_id = %(holder)s
                  AND %(away)s.date_from <= %(moment)s AND %(away)s.date_to > %(moment)s
            """,
            held=held,
            away=away,
            model=res_model,
            record=holder_sql,
            moment=moment_sql,
            holder=holder,
        )
        return joins, SQL("COALESCE(%s.deputy_id, %s)", away, holder)

    @api.model
    def _users_at(self, records, moment=None):
        """Who answers for each of `records` at `moment`: {record id: res.users}, one query."""
        self._flush_responsibility()
        moment = SQL("%s::timestamp", moment or clock.now(self.env))
        joins, user = self._sql_at(records._name, SQL("served.id"), moment, SQL("served.sbo_clerk_id"))
        rows = self.env.execute_query(
            SQL(
                "SELECT served.id, %s FROM %s served %s WHERE served.id = ANY(%s)",
                user,
                SQL.identifier(records._table),
                joins,
                records.ids,
            )
        )
        return {res_id: self.env["res.users"].browse(user_id) for res_id, user_id in rows}
