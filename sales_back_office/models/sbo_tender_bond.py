from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from .sbo_tender_flow import MANAGER, OPEN, STEP, SUPERVISOR

FORMS = [("transfer", "Bank Transfer"), ("guarantee", "Bank Guarantee")]
BOND_STATES = [
    ("none", "None Required"),
    ("unpaid", "To Be Paid"),
    ("paid", "With the Tenderer"),
    ("returned", "Paid Back"),
    ("forfeited", "Forfeited"),
]
FORFEITED = {"bond_forfeited_at", "bond_forfeited_by_id", "bond_forfeit_reason"}


class SboTenderBond(models.AbstractModel):
    """The bid bond of a tender (投标保证金): paid before the bid goes in, and back in time after the result.

    By the law on tenders (art. 57 of its regulations) at the latest five days after the contract is signed.
    """

    _name = "sbo.tender.bond"
    _description = "Tender: Bid Bond"

    currency_id = fields.Many2one("res.currency")
    bond_amount = fields.Monetary("Bid Bond", tracking=True, copy=False, help="0: the tenderer asks for none.")
    bond_form = fields.Selection(FORMS, default="transfer", tracking=True)
    bond_due_at = fields.Datetime("Bond Due", tracking=True, copy=False, help="Until when it must have arrived.")
    bond_paid_on = fields.Date("Bond Paid on", tracking=True, copy=False, help="Paid, or the guarantee handed in.")
    bond_valid_until = fields.Date("Guarantee Valid until", tracking=True, copy=False)
    bond_due_back_on = fields.Date(
        "Bond Due Back", compute="_compute_bond_due_back_on", store=True, readonly=False, tracking=True, copy=False,
        index="btree_not_null",
        help="Counted from the signing of the contract, or from the notice that the tender was not won; see the "
        "settings. Enter another day where the tender papers say so.")
    bond_returned_on = fields.Date("Bond Returned on", tracking=True, copy=False)
    bond_returned_amount = fields.Monetary(
        "Amount Paid Back", compute="_compute_bond_returned_amount", store=True, readonly=False, tracking=True,
        copy=False,
        help="Without interest; a guarantee that came back counts with its amount.")
    bond_outstanding = fields.Monetary(compute="_compute_bond_outstanding", store=True)
    bond_state = fields.Selection(
        BOND_STATES, "Bond", compute="_compute_bond_outstanding", store=True, index=True)
    bond_forfeited_at = fields.Datetime("Bond Lost", readonly=True, copy=False)
    bond_forfeited_by_id = fields.Many2one("res.users", "Bond Given Up by", readonly=True, copy=False)
    bond_forfeit_reason = fields.Text("Why the Bond Is Lost", readonly=True, copy=False, tracking=True)

    _bond_positive = models.Constraint(
        "CHECK (bond_amount >= 0 AND bond_returned_amount >= 0)", "A bid bond cannot be negative.")

    @api.depends("state", "result_on", "bond_paid_on", "contract_id.signed_on")
    def _compute_bond_due_back_on(self):
        for tender in self:
            company = tender.company_id.sudo()  # limits of the company, whoever notes the result
            due = tender.bond_due_back_on
            if not tender.bond_paid_on or tender.state not in ("won", "lost", "rejected", "withdrawn"):
                due = False
            elif tender.state != "won":
                due = tender.result_on and tender.result_on + timedelta(days=company.sbo_bond_days_result)
            elif tender.contract_id.signed_on:
                due = tender.contract_id.signed_on + timedelta(days=company.sbo_bond_days_signed)
            tender.bond_due_back_on = due

    @api.depends("bond_returned_on")
    def _compute_bond_returned_amount(self):
        for tender in self:
            tender.bond_returned_amount = (
                tender.bond_returned_amount or tender.bond_amount) if tender.bond_returned_on else 0

    @api.depends("bond_amount", "bond_paid_on", "bond_returned_amount", "bond_forfeited_at")
    def _compute_bond_outstanding(self):
        for tender in self:
            rest = tender.bond_amount - tender.bond_returned_amount
            state = "paid"
            if not tender.bond_amount:
                state = "none"
            elif not tender.bond_paid_on:
                state = "unpaid"
            elif tender.bond_forfeited_at:
                state = "forfeited"
            elif tender.currency_id.compare_amounts(rest, 0) <= 0:
                state = "returned"
            tender.bond_state = state
            tender.bond_outstanding = rest if state == "paid" else 0

    @api.constrains("bond_amount", "bond_paid_on", "bond_returned_on", "bond_returned_amount")
    def _check_bond_money(self):
        for tender in self:
            today = tender.company_id._sbo_today()
            if max(tender.bond_paid_on or today, tender.bond_returned_on or today) > today:
                raise ValidationError(self.env._(
                    "“%s”: a bid bond is noted when it was paid or has come back, not before.", tender.display_name))
            back = tender.bond_returned_on or tender.bond_returned_amount
            if back and (not tender.bond_paid_on or not tender.bond_returned_on
                         or tender.bond_returned_on < tender.bond_paid_on):
                raise ValidationError(self.env._(
                    "“%s”: a bid bond comes back after it was paid; enter both days.", tender.display_name))
            if tender.currency_id.compare_amounts(tender.bond_returned_amount, tender.bond_amount) > 0:
                raise ValidationError(self.env._(
                    "“%s”: more of the bid bond would have come back than was paid. Interest is noted beside it.",
                    tender.display_name))

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            vals_list = [{name: value for name, value in vals.items() if name not in FORFEITED} for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        if self.env.context.get("sbo_step") is not STEP:
            if FORFEITED & set(vals):
                raise UserError(self.env._("A bid bond is given up by the button Bond Lost, with its reason."))
            if "bond_paid_on" in vals:
                self._check_payment_kept(fields.Date.to_date(vals["bond_paid_on"]))
        return super().write(vals)

    def action_forfeit_bond(self, reason=None):
        """The tenderer keeps the bid bond: a back-office manager without a part in the tender gives it up."""
        self.check_access("write")
        for tender in self:
            refusal = tender._bond_refusal()
            if refusal:
                raise UserError(self.env._(
                    "“%(tender)s”: %(reason)s", tender=tender.display_name, reason=refusal))
        if not (reason or "").strip():
            return self._ask_words("forfeit_bond")
        # Superuser: checked above, the fields themselves are closed to everybody.
        self.sudo().with_context(sbo_step=STEP).write({
            "bond_forfeited_at": fields.Datetime.now(), "bond_forfeited_by_id": self.env.uid,
            "bond_forfeit_reason": reason.strip()})
        return None

    # === guards === #

    def _bond_refusal(self):
        """Why this user may not give the bond up, in words; empty when allowed."""
        if self.bond_state != "paid":
            return self.env._("there is no bid bond with the tenderer.")
        if not self._may_correct(MANAGER):
            return self.env._("a back-office manager who has no part in the tender gives a bid bond up.")
        return ""

    def _check_payment_kept(self, day):
        """What the bid was handed in with stays, unless a supervisor corrects it."""
        for tender in self:
            if tender.state not in OPEN and tender.bond_paid_on and day != tender.bond_paid_on \
                    and not tender._may_correct(SUPERVISOR):
                raise UserError(self.env._(
                    "“%s” was submitted with its bid bond: the day of payment is corrected by a back-office supervisor "
                    "who has no part in it.", tender.display_name))

    def _missing_bond(self):
        """What stops the submission, in words."""
        if self.bond_amount and not self.bond_paid_on:
            return self.env._(
                "the bid bond of %s is not paid. Have it paid and note the day, or set the amount to 0 if the tenderer "
                "asks for none.", self.currency_id.format(self.bond_amount))
        return ""

    # === checks === #

    def _sbo_query_bond_outstanding(self, check, ids=None) -> SQL:
        """Bid bonds that were not back by the end of the day they were due, or came back later (F23)."""
        zone, as_of = check.env.company._sbo_tz(), check._as_of()
        since = check._since()
        return SQL(
            """SELECT b.id AS res_id, '' AS key, NULL::integer AS user_id, b.due_at,
                      CASE WHEN b.done_at <= %(as_of)s THEN GREATEST(b.done_at, b.due_at) END AS done_at,
                      1.0 AS quantity,
                      jsonb_build_object('bond_amount', b.bond_amount, 'bond_returned_amount', b.bond_returned_amount,
                                         'bond_due_back_on', b.bond_due_back_on) AS evidence
                 FROM (SELECT t.*, (t.bond_due_back_on + 1)::timestamp AT TIME ZONE %(zone)s AT TIME ZONE 'UTC'
                                   AS due_at,
                              CASE WHEN t.bond_state = 'returned'
                                   THEN t.bond_returned_on::timestamp AT TIME ZONE %(zone)s AT TIME ZONE 'UTC'
                                   WHEN t.bond_state = 'forfeited' THEN t.bond_forfeited_at END AS done_at
                         FROM sbo_tender t
                        WHERE t.bond_due_back_on IS NOT NULL AND t.bond_state IN ('paid', 'returned', 'forfeited')
                          AND t.company_id = %(company)s %(narrow)s) b
                WHERE b.due_at <= %(as_of)s AND (b.done_at IS NULL OR b.done_at >= b.due_at) %(since)s""",
            zone=zone, as_of=as_of, company=check.env.company.id,
            since=SQL("AND b.due_at >= %s", since) if since else SQL(),
            narrow=self._sbo_sql_narrow(SQL("t.id"), ids))
