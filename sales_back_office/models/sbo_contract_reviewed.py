from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import SQL

from .sbo_contract_steps import CLERK


class SboContractReviewed(models.AbstractModel):
    """A contract that is reviewed before it is signed: its sheets, who is waited for, opinions that come late."""

    _name = "sbo.contract.reviewed"
    _description = "Reviewed Contract"
    _inherit = ["sbo.contract.drafted", "sbo.checked.mixin"]

    review_count = fields.Integer(compute="_compute_review_count")
    waited_for = fields.Char(
        "Review Waits for", compute="_compute_waited_for", help="Who has not given an opinion or approval yet.")

    @api.depends("review_ids")
    def _compute_review_count(self):
        counted = dict(self.env["sbo.contract.review"]._read_group(
            [("contract_id", "in", self.ids)], ["contract_id"], ["__count"]))
        for contract in self:
            contract.review_count = counted.get(contract._origin, 0)

    @api.depends("review_ids.waited_for")
    def _compute_waited_for(self):
        for contract in self:
            contract.waited_for = ", ".join(filter(None, contract.review_ids.mapped("waited_for")))

    def write(self, vals):
        if "user_id" in vals and not self.env.su and not self.env.user.has_group(CLERK):
            self._refuse_handing_over(vals["user_id"])
        return super().write(vals)

    def action_reviews(self):
        """The review sheets of this contract and its supplements; the only one at once."""
        self.ensure_one()
        reviews = self.review_ids
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_back_office.sbo_contract_review_action")
        if len(reviews) == 1:
            return {**action, "views": [[False, "form"]], "res_id": reviews.id}
        return {**action, "domain": [("contract_id", "=", self.id)], "context": {}}

    def _leaving(self, vals):
        former = super()._leaving(vals)
        for user, contracts in former.items():
            # Superuser: supplements that are not settled yet, whoever sees them.
            open_ones = contracts.sudo().supplement_ids.filtered(lambda item: item.state not in ("signed", "cancelled"))
            open_ones.write({"drafter_ids": [Command.link(user.id)]})
        return former

    def _refuse_handing_over(self, user_id):
        """Whose it is decides who may judge it: while it is judged, the back office alone names somebody else."""
        for contract in self:
            if contract.state in ("review", "approved") and contract.user_id.id != (user_id or False):
                contract._refuse_unless_draft(self._fields["user_id"]._description_string(self.env))

    def _sbo_query_contract_opinion_late(self, check, ids=None) -> SQL:
        """Opinions and approvals that are overdue, or came late: their department's head or the approver answers."""
        since = check._since()
        return SQL(
            """SELECT p.contract_id AS res_id, 'opinion:' || p.id AS key,
                      COALESCE(p.approver_id, d.manager_id) AS user_id, p.due_at,
                      CASE WHEN p.done_at <= %(as_of)s THEN p.done_at END AS done_at, 1.0 AS quantity,
                      jsonb_build_object('asked', p.asked_at, 'given', p.given_at) AS evidence
                 FROM (SELECT o.id, o.contract_id, o.approver_id, o.department_id, o.asked_at, o.due_at, o.given_at,
                              COALESCE(o.given_at, o.replaced_at, r.closed_at) AS done_at
                         FROM sbo_contract_opinion o
                         JOIN sbo_contract_review r ON r.id = o.review_id
                        WHERE o.company_id = %(company)s AND o.due_at < %(as_of)s %(since)s %(narrow)s) p
                 LEFT JOIN sbo_department d ON d.id = p.department_id
                WHERE p.due_at < COALESCE(LEAST(p.done_at, %(as_of)s), %(as_of)s)""",
            as_of=check._as_of(), company=check.env.company.id,
            since=SQL("AND o.due_at >= %s", since) if since else SQL(),
            narrow=self._sbo_sql_narrow(SQL("o.contract_id"), ids),
        )
