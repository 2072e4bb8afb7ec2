from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

SHOWN = 20


class SboFindingNotice(models.AbstractModel):
    """Tells people what the night has found: one activity and one mail per person and night, not one per record."""

    _name = "sbo.finding.notice"
    _description = "Finding: Notices"

    @api.model
    def _tell_people(self, company, as_of):
        """Tell the responsible of new findings, and those above of findings open too long.

        :return: the users who were told
        """
        self.env.flush_all()
        people = defaultdict(lambda: {"new": [], "escalated": []})
        for user_id, finding_ids in self._sql_mark("notified_at", self._sql_new(company), as_of):
            people[user_id]["new"] += finding_ids
        late = self._sql_mark("escalated_at", self._sql_late(company, as_of), as_of)
        for user_id, finding_ids in late:
            people[user_id]["escalated"] += finding_ids
        self.env["sbo.finding"].invalidate_model()
        # Superuser: the night tells people of their own findings only, whoever runs it.
        users = self.env["res.users"].sudo().browse(people).filtered("active")
        day = fields.Datetime.context_timestamp(self.with_context(tz=company._sbo_tz()), as_of).date()
        self._post_activities(users, people, day)
        self._send_mails(users, people, company)
        return users

    def _sql_mark(self, column, findings, as_of):
        """Set the mark on the findings of a query and return [(user, [finding])] in the same statement."""
        return self.env.execute_query(SQL(
            """WITH f AS MATERIALIZED (%(findings)s),
               marked AS (UPDATE sbo_finding SET %(column)s = %(as_of)s
                           WHERE id IN (SELECT id FROM f) RETURNING 1)
               SELECT user_id, array_agg(id ORDER BY severity DESC, due_at) FROM f WHERE user_id IS NOT NULL
                GROUP BY user_id ORDER BY user_id""",
            findings=findings, column=SQL.identifier(column), as_of=as_of))

    def _sql_new(self, company) -> SQL:
        return SQL(
            """SELECT f.id, f.user_id, f.severity, f.due_at FROM sbo_finding f JOIN sbo_check c ON c.id = f.check_id
                WHERE f.company_id = %s AND f.notified_at IS NULL AND c.notify AND f.user_id IS NOT NULL
                  AND f.closed_at IS NULL AND f.state <> 'waived'""", company.id)

    def _sql_late(self, company, as_of) -> SQL:
        groups = SQL(" UNION ALL ").join(
            SQL("SELECT %s AS role, u AS id FROM unnest(%s::integer[]) u", role, self._role_users(role, company).ids)
            for role in ("supervisor", "manager"))
        return SQL(
            """SELECT f.id, COALESCE(role.id, c.escalate_user_id) AS user_id, f.severity, f.due_at
                 FROM sbo_finding f JOIN sbo_check c ON c.id = f.check_id
                 LEFT JOIN (%(groups)s) role ON role.role = c.escalate_to
                WHERE f.company_id = %(company)s AND f.escalated_at IS NULL AND c.escalate_days > 0
                  AND f.closed_at IS NULL AND f.state <> 'waived'
                  AND f.due_at + c.escalate_days * interval '1 day' <= %(as_of)s""",
            groups=groups, company=company.id, as_of=as_of)

    def _role_users(self, role, company):
        """Supervisors, or managers; a manager is told as supervisor only where there is no other."""
        managers = self.env.ref("sales_back_office.sbo_group_manager").sudo().all_user_ids
        users = managers
        if role == "supervisor":
            supervisors = self.env.ref("sales_back_office.sbo_group_supervisor").sudo().all_user_ids
            users = (supervisors - managers) or managers
        return users.filtered(lambda u: u.active and company in u.company_ids and u.id != self.env.ref(
            "base.user_root").id)

    def _post_activities(self, users, people, day):
        """One personal to-do a person; an unfinished one of an earlier night is brought up to date instead."""
        activity_type = self.env.ref("sales_back_office.sbo_activity_findings")
        activities = self.env["mail.activity"].sudo()
        present = activities.search([("activity_type_id", "=", activity_type.id), ("user_id", "in", users.ids)])
        by_user = {activity.user_id: activity for activity in present}
        new = []
        for user in users:
            values = {"summary": self._summary(user, people[user.id]), "date_deadline": day}
            if user in by_user:
                by_user[user].write(values)
            else:
                new.append({"activity_type_id": activity_type.id, "user_id": user.id, **values})
        activities.with_context(mail_activity_quick_update=True).create(new)

    def _summary(self, user, found):
        env = self.with_context(lang=user.lang).env
        return env._("Back office: %(new)s new findings, %(escalated)s overdue ones passed on to you",
                     new=len(found["new"]), escalated=len(found["escalated"]))

    def _mail_words(self, user, company, more):
        """Whole sentences: in the template each piece around a value would be translated on its own."""
        env = self.with_context(lang=user.lang).env
        return {
            "greeting": env._("Dear %s,", user.name),
            "intro": env._("This is what last night's checks found for you at %s:", company.name),
            "more": env._("and %s more.", more) if more > 0 else "",
        }

    def _send_mails(self, users, people, company):
        shown = self.env["sbo.finding"].sudo().browse(
            {i for user in users for ids in people[user.id].values() for i in ids[:SHOWN]})
        shown.fetch(["check_id", "res_name", "due_at", "severity", "user_id"])
        mails = []
        for user in users.filtered("email"):
            ids = people[user.id]["escalated"] + people[user.id]["new"]
            body = self.env["ir.qweb"].with_context(lang=user.lang, tz=user.tz)._render(
                "sales_back_office.sbo_finding_mail", {
                    **self._mail_words(user, company, len(ids) - SHOWN), "url": f"{user.get_base_url()}/odoo/findings",
                    "findings": shown.browse(ids[:SHOWN]).with_context(lang=user.lang, tz=user.tz),
                }, lang=user.lang)
            mails.append({
                "subject": self._summary(user, people[user.id]), "body_html": body, "email_to": user.email_formatted,
                "email_from": company.email_formatted or self.env.user.email_formatted, "auto_delete": True,
            })
        self.env["mail.mail"].sudo().create(mails)
