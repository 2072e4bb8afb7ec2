from datetime import datetime, time, timedelta

import pytz
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_datetime

from ..tools.moments import to_utc
from .sbo_tender_flow import OPEN, STEP, SUPERVISOR

# In the order in which they usually come.
DEADLINES = [
    ("papers", "Tender Papers"),
    ("clarification", "Clarification"),
    ("bond", "Bid Bond"),
    ("submission", "Submission"),
    ("opening", "Opening"),
    ("bond_back", "Bid Bond Back"),
]
# field: the deadline it sets
MOVED = {"papers_until": "papers", "clarification_at": "clarification", "bond_due_at": "bond",
         "submission_at": "submission", "opening_at": "opening", "bond_due_back_on": "bond_back"}


class SboTenderDeadlines(models.AbstractModel):
    """The dates a tender lives by, the next one that is still to be kept, and the to-dos that follow them.

    What comes next depends on what has been done, never on the clock: a missed deadline stays the next one.
    """

    _name = "sbo.tender.deadlines"
    _description = "Tender: Deadlines"
    _inherit = ["sbo.tender.reminders"]
    _sbo_reminder_triggers = frozenset({
        "state", "sbo_clerk_id", "user_id", "papers_until", "papers_bought_on", "clarification_at", "clarified",
        "bond_amount", "bond_due_at", "bond_paid_on", "submission_at", "opening_at", "bond_due_back_on",
        "bond_returned_on", "bond_returned_amount", "bond_forfeited_at", "result_on"})

    papers_until = fields.Datetime("Papers Sold until", tracking=True, copy=False)
    clarification_at = fields.Datetime(
        "Clarification until", tracking=True, copy=False, help="Until when the tenderer takes questions.")
    clarified = fields.Boolean(
        "Questions Settled", copy=False, tracking=True, help="Our questions were sent, or we have none.")
    submission_at = fields.Datetime("Submission until", tracking=True, copy=False, index="btree_not_null")
    opening_at = fields.Datetime(
        "Opening", tracking=True, copy=False, help="When and where the bids are opened; usually at the deadline.")
    opening_place = fields.Char("Place of Opening", copy=False)
    next_deadline_at = fields.Datetime(
        "Next Deadline", compute="_compute_next_deadline", store=True, index="btree_not_null")
    next_deadline_kind = fields.Selection(DEADLINES, "What Is Due", compute="_compute_next_deadline", store=True)

    @api.depends(
        "state", "papers_until", "papers_bought_on", "clarification_at", "clarified", "bond_amount", "bond_due_at",
        "bond_paid_on", "submission_at", "opening_at", "bond_due_back_on", "bond_outstanding")
    def _compute_next_deadline(self):
        for tender in self:
            due = tender._open_deadlines()
            kind = min(due, key=lambda name: due[name], default=False)
            tender.next_deadline_kind = kind
            tender.next_deadline_at = due.get(kind, False)

    @api.constrains("submission_at", "opening_at", "clarification_at", "papers_until")
    def _check_order_of_dates(self):
        for tender in self.filtered("submission_at"):
            last = tender.submission_at
            if tender.opening_at and tender.opening_at < last:
                raise ValidationError(self.env._(
                    "“%s” would be opened before its deadline: compare the dates with the tender papers.",
                    tender.display_name))
            if any(moment and moment > last for moment in (tender.clarification_at, tender.papers_until)):
                raise ValidationError(self.env._(
                    "“%s”: questions and the sale of papers end before the bid is due; compare the dates with the "
                    "tender papers.", tender.display_name))

    def write(self, vals):
        names = [name for name in MOVED if name in vals]
        if names and self.env.context.get("sbo_step") is not STEP:
            for tender in self:
                tender._check_deadlines_moved(names, vals)
        return super().write(vals)

    def _check_deadlines_moved(self, names, vals):
        """A deadline that is over is put off by a supervisor only: else nobody would ever have missed one."""
        now, due = fields.Datetime.now(), self._open_deadlines()
        for name in names:
            over = self[name] and due.get(MOVED[name], now) < now
            if over and self._differs(name, vals[name]) and not self._may_correct(SUPERVISOR):
                raise UserError(self.env._(
                    "“%(tender)s”: %(field)s was %(moment)s and is over. That the tenderer has put it off is noted by "
                    "a back-office supervisor who has no part in the tender.", tender=self.display_name,
                    field=self._fields[name]._description_string(self.env),
                    moment=format_datetime(self.env, due[MOVED[name]], tz=self.company_id._sbo_tz())))

    def _open_deadlines(self):
        """{kind: moment} of what is still to be done for this tender."""
        self.ensure_one()
        due = {}
        if self.state in OPEN:
            due = {
                "papers": not self.papers_bought_on and self.papers_until,
                "clarification": not self.clarified and self.clarification_at,
                "bond": self.bond_amount and not self.bond_paid_on and self.bond_due_at,
                "submission": self.submission_at,
            }
        elif self.state == "submitted":
            due = {"opening": self.opening_at or self.submission_at}
        if self.bond_outstanding and self.bond_due_back_on:
            due["bond_back"] = self._end_of_day(self.bond_due_back_on)
        return {kind: moment for kind, moment in due.items() if moment}

    # === to-dos === #

    @api.model
    def _reminder_kinds(self):
        return tuple(kind for kind, _name in DEADLINES)

    def _reminders(self):
        user = self.sbo_clerk_id or self.user_id
        days = {kind: self._local_day(moment) for kind, moment in self._open_deadlines().items()}
        if "bond_back" in days:
            days["bond_back"] -= timedelta(days=self.company_id.sudo().sbo_bond_remind_days)
        return {kind: (day, user) for kind, day in days.items()}

    # === days where the company is === #

    def _local_day(self, moment):
        zone = pytz.timezone(self.company_id._sbo_tz())
        return pytz.utc.localize(moment).astimezone(zone).date()

    def _end_of_day(self, day):
        return to_utc(datetime.combine(day, time(23, 59, 59)), pytz.timezone(self.company_id._sbo_tz()))
