from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from .sbo_order_notice import STATES


class SboOrderNoticed(models.AbstractModel):
    """An order of which the departments concerned are told when it is confirmed, changed or cancelled."""

    _name = "sbo.order.noticed"
    _description = "Notices of an Order"
    _inherit = ["sbo.order.hooks"]

    sbo_notice_ids = fields.One2many("sbo.order.notice", "order_id", readonly=True)
    sbo_notice_state = fields.Selection(
        STATES, "Departments Told", readonly=True, copy=False,
        help="The notice that is furthest behind; empty: nobody had to be told.")

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals.pop("sbo_notice_state", None)
        return super().create(vals_list)

    def write(self, vals):
        # Superuser only: the notices tell the order where they stand.
        if "sbo_notice_state" in vals and not self.env.su:
            raise AccessError(self.env._("How far the departments are told is set by the notices only."))
        given_up = self.browse()
        if vals.get("state") in ("cancel", "draft", "sent"):
            given_up = self.filtered(lambda order: order.state == "sale" and order.sbo_notice_state)
        result = super().write(vals)
        given_up._sbo_tell_cancelled()
        return result

    def action_sbo_send_notices(self):
        """Send what is still to be sent for these orders."""
        self.sbo_notice_ids.action_send()

    def action_sbo_notices(self):
        """All notices of the order."""
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_back_office.sbo_order_notice_action")
        return {**action, "domain": [("order_id", "in", self.ids)], "context": {}}

    def _sbo_confirmed(self):
        result = super()._sbo_confirmed()
        # Superuser: whoever confirms need not see departments or notices.
        told = self.sudo()
        rows = told._sbo_first_notices(told._sbo_concerned())
        if rows:
            self.env["sbo.order.notice"].sudo()._make(rows)
        return result

    def _sbo_first_notices(self, concerned):
        """What the first notices to these departments say (superuser).

        :param concerned: {order: departments}
        """
        rows = [(order, department) for order, departments in concerned.items() for department in departments]
        due = self._sbo_task_days(rows)
        return [{
            "kind": "confirmed", "order_id": order.id, "company_id": order.company_id.id,
            "department_id": department.id, "task": department.task, "task_due_on": due[order, department],
        } for order, department in rows]

    def _sbo_tell_cancelled(self):
        """Departments that know of an order hear that it is off; what they need not do any more is closed."""
        # Superuser: as above.
        notices = self.env["sbo.order.notice"].sudo()
        present = notices.search([("order_id", "in", self.ids), ("state", "!=", "cancelled")])
        known = present.filtered(lambda notice: notice.kind == "confirmed" and notice.sent_at)
        present.write({"state": "cancelled"})
        notices._make([{
            "kind": "cancelled", "order_id": notice.order_id.id, "company_id": notice.company_id.id,
            "department_id": notice.department_id.id,
        } for notice in known])
        present._mark_orders()

    # === who is concerned === #

    def _sbo_concerned(self):
        """{order: the departments that must hear of it}; a fixed number of queries, none without departments."""
        found = {}
        for company, orders in self.grouped(lambda order: order.company_id.id).items():
            departments = self.env["sbo.department"].browse(self.env["sbo.department"]._told_ids(company))
            for order in orders if departments else ():
                found[order] = departments.filtered(order._sbo_concerns)
        return found

    def _sbo_told(self):
        """The departments that know of this order (superuser)."""
        return self.sbo_notice_ids.filtered(
            lambda notice: notice.kind == "confirmed" and notice.state != "cancelled").department_id

    def _sbo_concerns(self, department):
        """Hook: whether a department must hear of this order (superuser)."""
        lines = self._sbo_product_lines()
        warehouses, categories, routes = department._concern()
        if not lines or (warehouses and self.warehouse_id.id not in warehouses):
            return False
        if categories:
            paths = lines.product_id.categ_id.mapped("parent_path")
            if not any(int(number) in categories for path in paths for number in path.split("/") if number):
                return False
        if routes:
            products = lines.product_id
            return not routes.isdisjoint((lines.route_ids | products.route_ids | products.categ_id.total_route_ids).ids)
        return True

    def _sbo_task_days(self, rows):
        """{(order, department): the day until which the department's part is done}, by working days, in one query."""
        asked = {}
        for order, department in rows:
            day = order._sbo_promised_on()
            asked[order, department] = day and (order.company_id._sbo_calendar().id, day, department.days_before)
        wanted = sorted({item for item in asked.values() if item and item[0] and item[2]})
        found = {}
        if wanted:
            self.env["sbo.working.day"].flush_model()
            found = {tuple(row[:3]): row[3] for row in self.env.execute_query(SQL(
                """SELECT w.calendar_id, w.day, w.days, MAX(before.date)
                     FROM unnest(%s::int[], %s::date[], %s::int[]) AS w(calendar_id, day, days)
                     JOIN LATERAL (SELECT day_no FROM sbo_working_day
                                    WHERE calendar_id = w.calendar_id AND date <= w.day
                                    ORDER BY date DESC LIMIT 1) last ON TRUE
                     JOIN sbo_working_day before
                       ON before.calendar_id = w.calendar_id AND before.day_no = last.day_no - w.days
                    GROUP BY w.calendar_id, w.day, w.days""", *(list(column) for column in zip(*wanted, strict=True))))}
        return {key: item and (found.get(item) or item[1]) for key, item in asked.items()}
