from odoo import api, fields, models
from odoo.exceptions import UserError

DECISIONS = [
    ("assign", "Assign"), ("reassign", "Give to Another Salesperson"), ("recall", "Take Back"),
    ("cancel", "Cancel"), ("withdraw", "Withdraw"), ("acknowledge", "Acknowledge on Behalf"),
    ("send_back", "Send Back"),
]


class SboAssignmentDecision(models.TransientModel):
    """To whom, or why: what a step of an assignment needs beside the button."""

    _name = "sbo.assignment.decision"
    _description = "Step of an Assignment"

    assignment_ids = fields.Many2many("sbo.assignment", string="Assignments")
    partner_ids = fields.Many2many("res.partner", string="Customers")
    decision = fields.Selection(DECISIONS, required=True)
    gives = fields.Boolean(compute="_compute_gives")
    choice = fields.Selection(
        [("person", "One Salesperson"), ("rule", "By Distribution Rule")], "Choose", required=True, default="person")
    user_id = fields.Many2one(
        "res.users", "Salesperson", domain=lambda self: [
            ("share", "=", False), ("company_ids", "in", self.env.company.ids),
            ("all_group_ids", "in", self.env.ref("sales_team.group_sale_salesman").ids)])
    basis = fields.Char(help="Why this salesperson: the region, the industry, an old acquaintance.")
    reason = fields.Text()

    @api.depends("decision")
    def _compute_gives(self):
        for wizard in self:
            wizard.gives = wizard.decision in ("assign", "reassign")

    def action_apply(self):
        """Take the step for all chosen ones."""
        self.ensure_one()
        if self.gives:
            return self._give()
        if not (self.reason or "").strip():
            raise UserError(self.env._("Say why, in a few words."))
        getattr(self.assignment_ids, f"action_{self.decision}")(self.reason)
        return {"type": "ir.actions.act_window_close"}

    def _give(self):
        if self.choice == "person" and not self.user_id:
            raise UserError(self.env._("Choose the salesperson."))
        records = self.assignment_ids
        if self.decision == "reassign":
            records._check_action("reassign")
            customers = self.partner_ids | records.partner_id
            records = self.env["sbo.assignment"]._renew(customers, self.basis)
        if self.choice == "rule":
            records.action_assign_by_rule()
        else:
            records.action_assign(self.user_id.id, self.basis)
        if self.decision == "assign" and len(records) == 1:
            return {"type": "ir.actions.act_window_close"}
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_back_office.sbo_assignment_action")
        return dict(action, domain=[("id", "in", records.ids)], context={})
