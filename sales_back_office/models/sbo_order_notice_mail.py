from collections import defaultdict

from odoo import models
from odoo.tools import format_date, format_datetime


class SboOrderNoticeMail(models.AbstractModel):
    """Tells people of notices: one mail a department or person and sending, one to-do a head and hour."""

    _name = "sbo.order.notice.mail"
    _description = "Order Notices: Mail"

    def _mail(self):
        """One mail to each department or person for all of these notices."""
        groups = defaultdict(self.browse)
        for notice in self:
            groups[notice.company_id, notice.department_id, notice.user_id] |= notice
        mails = []
        # Their names and addresses in one go: whole users and partners would be read for nothing else.
        users = self.user_id | self.department_id.member_ids | self.env.user
        users.fetch(["partner_id"])
        (users.partner_id | self.company_id.partner_id).fetch(["name", "email", "lang"])
        for (company, department, user), notices in groups.items():
            people = (user or department.member_ids).partner_id.filtered("email")
            if not people:
                continue
            lang = people[0].lang
            env = notices.with_context(lang=lang).env
            body = self.env["ir.qweb"]._render("sales_back_office.sbo_order_notice_mail", {
                "rows": notices.with_env(env)._mail_rows(), "url": f"{people[0].get_base_url()}/odoo/order-notices",
            }, lang=lang)
            mails.append({
                "subject": env._("%(department)s: %(count)s order notices to acknowledge",
                                 department=department.with_env(env).name or user.name, count=len(notices)),
                "body_html": body, "email_to": ", ".join(people.mapped("email_formatted")), "auto_delete": True,
                "email_from": company.email_formatted or self.env.user.email_formatted,
            })
        self.env["mail.mail"].create(mails)

    def _mail_rows(self):
        """What a mail says of each notice, in the language of who gets it."""
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        return [{
            "order": notice.order_name, "customer": notice.partner_name, "about": kinds[notice.kind],
            "task": notice.task, "promised": notice.promised_on and format_date(self.env, notice.promised_on),
            "until": notice.task_due_on and format_date(self.env, notice.task_due_on),
            "acknowledge": format_datetime(self.env, notice.ack_due_at, dt_format="short"),
        } for notice in self]

    def _tell_those_above(self):
        """A to-do for each head of a department, or for the head of the back office, about late notices."""
        groups = defaultdict(self.browse)
        for notice in self:
            for user in notice.department_id.manager_id or self._heads(notice.company_id):
                groups[user] |= notice
        todo = self.env.ref("mail.mail_activity_data_todo")
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create([{
            "activity_type_id": todo.id, "user_id": user.id,
            "summary": self._escalation(user, notices),
        } for user, notices in groups.items()])

    def _escalation(self, user, notices):
        notices = notices.with_context(lang=user.lang)
        orders = ", ".join(
            f"{notice.order_name} {notice.department_id.name or notice.user_id.name}" for notice in notices[:5])
        return notices.env._(
            "%(count)s order notices nobody has acknowledged: %(orders)s", count=len(notices), orders=orders)

    def _heads(self, company):
        return self.env["sbo.finding"]._role_users("supervisor", company)
