from collections import defaultdict

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from .sbo_order_change_line import PRICES

STATES = [
    ("to_send", "To Be Sent"),
    ("sent", "Not Acknowledged"),
    ("acknowledged", "Notice Acknowledged"),
    ("cancelled", "No Longer Needed"),
]
KINDS = [("confirmed", "Order Confirmed"), ("changed", "Order Changed"), ("cancelled", "Order Cancelled")]


class SboOrderNotice(models.Model):
    """A notice to a department, or to one person, about an order (订单通知): what to do by when.

    It counts when a named person has acknowledged it. An automatic delivery is no notice.
    """

    _name = "sbo.order.notice"
    _description = "Order Notice"
    _inherit = ["sbo.order.told", "sbo.order.notice.mail"]
    _order = "state DESC, ack_due_at, id"
    _rec_name = "order_name"

    kind = fields.Selection(KINDS, "About", required=True, readonly=True, default="confirmed")
    state = fields.Selection(STATES, required=True, readonly=True, default="to_send", index=True)
    user_id = fields.Many2one(
        "res.users", "Person", readonly=True, index="btree_not_null", help="Who must know; empty: the department.")
    change_id = fields.Many2one(
        "sbo.order.change", readonly=True, index="btree_not_null", ondelete="set null")
    changes = fields.Html("What Was Changed", compute="_compute_changes", sanitize=False)
    task = fields.Text("What to Do", readonly=True)
    task_due_on = fields.Date("By When", readonly=True)
    caused_at = fields.Datetime("Since", required=True, readonly=True, default=fields.Datetime.now)
    send_due_at = fields.Datetime("To Be Sent by", required=True, readonly=True)
    sent_at = fields.Datetime("Sent at", readonly=True)
    sent_by_id = fields.Many2one("res.users", "Sent by", readonly=True)
    ack_due_at = fields.Datetime("To Be Acknowledged by", readonly=True, index="btree_not_null")
    acknowledged_at = fields.Datetime("Acknowledged at", readonly=True)
    acknowledged_by_id = fields.Many2one("res.users", "Acknowledged by", readonly=True)
    answer = fields.Text(readonly=True)
    escalated_at = fields.Datetime("Escalated", readonly=True)
    can_acknowledge = fields.Boolean(compute="_compute_can_acknowledge", search="_search_can_acknowledge")

    _present_uniq = models.UniqueIndex(
        "(order_id, department_id) WHERE kind = 'confirmed' AND state <> 'cancelled' AND department_id IS NOT NULL",
        "This department has been told already.")

    @api.depends("change_id")
    @api.depends_context("lang")
    def _compute_changes(self):
        # Superuser: those who must know see what was changed, prices where they are trusted with them.
        for notice in self.sudo():
            seller = notice.user_id and notice.user_id.has_group("sales_team.group_sale_salesman")
            prices = notice.department_id.sees_prices or seller
            lines = notice.change_id.line_ids.filtered(lambda line, prices=prices: prices or line.field not in PRICES)
            labels = dict(lines._fields["field"]._description_selection(self.env))
            rows = Markup("").join(Markup("<tr><td>{}</td><td>{}</td><td>{}</td><td>→</td><td>{}</td></tr>").format(
                line.product or "", labels[line.field], line.old_value or "–", line.new_value or "–") for line in lines)
            notice.changes = rows and Markup("<table class='table table-sm mb-0'>%s</table>") % rows

    @api.depends("state", "department_id", "user_id")
    @api.depends_context("uid")
    def _compute_can_acknowledge(self):
        user = self.env.user
        for notice in self:
            mine = user == notice.user_id or user in notice.sudo().department_id.member_ids
            notice.can_acknowledge = mine and notice.state == "sent"

    def _search_can_acknowledge(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("state", "=", "sent"), "|", ("user_id", "=", self.env.uid),
                ("department_id.member_ids", "in", self.env.uid)]

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        if self.filtered(lambda notice: notice.sent_at):
            raise UserError(self.env._("A notice that was sent is kept."))

    # === actions === #

    def action_send(self):
        """Send these notices now."""
        waiting = self.filtered(lambda notice: notice.state == "to_send")
        # Whoever may work on the order may tell others about it.
        waiting.order_id.check_access("write")
        # Superuser: notices are closed to everybody.
        waiting.sudo()._send()

    def action_acknowledge(self, answer=None):
        """A member says: seen, and it will be done. The answer may say how."""
        self.check_access("read")
        # Two members at once: the second one sees who was first.
        self.env.cr.execute(SQL("SELECT id FROM sbo_order_notice WHERE id = ANY(%s) FOR UPDATE", self.ids))
        self.invalidate_recordset(["state"])
        for notice in self:
            if notice.state == "acknowledged":
                raise UserError(self.env._(
                    "%(user)s has acknowledged this already.", user=notice.sudo().acknowledged_by_id.name))
            if notice.state != "sent":
                raise UserError(self.env._("This notice cannot be acknowledged: it has not been sent, or is not needed "
                                           "any more."))
            if not notice.can_acknowledge:
                raise AccessError(self.env._(
                    "This notice is acknowledged by %s.", notice.user_id.name or ", ".join(
                        notice.sudo().department_id.member_ids.mapped("name"))))
        # Superuser: the right was checked above.
        self.sudo().write({"state": "acknowledged", "acknowledged_at": fields.Datetime.now(),
                           "acknowledged_by_id": self.env.uid, "answer": (answer or "").strip() or False})
        self.sudo()._mark_orders()

    def action_answer(self):
        """Acknowledge, with words."""
        return self.env["sbo.order.answer"]._ask("acknowledge", self)

    # === crons === #

    @api.model
    def _cron_escalate(self):
        """Hourly: tell those above of what nobody has acknowledged in time; each notice once."""
        self.env.flush_all()
        rows = self.env.execute_query(SQL(
            """UPDATE sbo_order_notice SET escalated_at = %(now)s
                WHERE id IN (SELECT id FROM sbo_order_notice WHERE state = 'sent' AND escalated_at IS NULL
                                AND ack_due_at < %(now)s FOR UPDATE SKIP LOCKED) RETURNING id""",
            now=fields.Datetime.now()))
        late = self.browse(row[0] for row in rows)
        late.invalidate_recordset(["escalated_at"])
        late._tell_those_above()
        return late

    # === making and sending === #

    @api.model
    def _make(self, rows):
        """Create notices and, where the company sends by itself, send them.

        :param rows: dicts of order_id, kind, department_id or user_id, and what else is known; set-based
        """
        now = fields.Datetime.now()
        companies = self.env["res.company"].browse({row["company_id"] for row in rows}).grouped("id")
        due = {company_id: company._sbo_calendar()._sbo_plan(now, hours=company.sbo_notice_hours)
               for company_id, company in companies.items()}
        rows = [{"caused_at": now, "send_due_at": due[row["company_id"]], **row} for row in rows]
        at_once = [row for row in rows if companies[row["company_id"]].sbo_notice_auto]
        for (company, hours), group in self._by_hours(at_once).items():
            sent = self._sent(now, company, hours)
            for row in group:
                row.update(sent)
        notices = self.create(rows)
        notices.filtered(lambda notice: notice.state == "sent")._mail()
        notices._mark_orders()
        return notices

    def _send(self):
        now = fields.Datetime.now()
        for (company, hours), notices in self._by_hours(self).items():
            self.union(*notices).write(self._sent(now, company, hours))
        self._mail()
        self._mark_orders()

    @api.model
    def _by_hours(self, rows):
        """{(company, working hours to acknowledge): notices, or what they are made from}."""
        groups = defaultdict(list)
        departments, companies = self.env["sbo.department"], self.env["res.company"]
        for row in rows:
            company = companies.browse(row["company_id"]) if isinstance(row, dict) else row.company_id
            department = departments.browse(row.get("department_id")) if isinstance(row, dict) else row.department_id
            groups[company, department.acknowledge_hours or company.sbo_acknowledge_change_hours].append(row)
        return groups

    def _sent(self, now, company, hours):
        return {"state": "sent", "sent_at": now, "sent_by_id": self.env.uid,
                "ack_due_at": company._sbo_calendar()._sbo_plan(now, hours=hours)}

    def _mark_orders(self):
        """Tell the orders how far their notices are: one statement for all of them."""
        if not self:
            return
        self.flush_model(["state", "order_id"])
        self.order_id.flush_recordset(["sbo_notice_state"])
        self.env.execute_query(SQL(
            """UPDATE sale_order o SET sbo_notice_state = n.state
                 FROM (SELECT order_id, CASE WHEN BOOL_OR(state = 'to_send') THEN 'to_send'
                                             WHEN BOOL_OR(state = 'sent') THEN 'sent'
                                             WHEN BOOL_OR(state = 'acknowledged') THEN 'acknowledged' END AS state
                         FROM sbo_order_notice WHERE order_id = ANY(%s) GROUP BY order_id) n
                WHERE o.id = n.order_id AND o.sbo_notice_state IS DISTINCT FROM n.state RETURNING o.id""",
            self.order_id.ids))
        self.order_id.invalidate_recordset(["sbo_notice_state"])
