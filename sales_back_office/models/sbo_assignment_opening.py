from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..tools import clock

OPEN_STATES = ("received", "assigned")
# Marks the deletion that follows from a customer's. It is this object that counts, and no RPC call can send it.
GONE = object()
QUIET = {"mail_create_nosubscribe": True, "tracking_disable": True}


class SboAssignmentOpening(models.AbstractModel):
    """How assignments come about: from a new customer, from one that goes on, from a change on the customer."""

    _name = "sbo.assignment.opening"
    _description = "Assignment: Opening"

    @api.model
    def _open(self, partners, company, **values):
        """New assignments of these customers in a company, waiting for the clerk."""
        clerks = partners._sbo_assigning_clerks(company)
        latest = self._latest(partners, company)
        # Superuser: whoever brings in a customer need not be a clerk.
        records = self.sudo().with_context(**QUIET).create([
            {
                "partner_id": partner.id, "company_id": company.id, "sbo_clerk_id": clerks[partner.id].id,
                "previous_id": latest.get(partner.id), **values,
            } for partner in partners
        ])
        return self.browse(records.ids)

    def _follow_up(self, **values):
        """What goes on where these end: one new assignment each, of the same kind unless told otherwise."""
        records = self.sudo().with_context(**QUIET)  # the next one is opened by the step, not by the person
        return self.browse(records.create([
            {
                "partner_id": record.partner_id.id, "company_id": record.company_id.id, "kind": record.kind,
                "channel": record.channel, "background": record.background, "previous_id": record.id,
                "sbo_clerk_id": record.sbo_clerk_id.id,
                "from_user_id": (record.user_id if record.outcome == "accepted" else record.from_user_id).id,
                **values,
            } for record in records
        ]).ids)

    def _settle(self, basis):
        """Just opened: customers that have a salesperson already are assigned in the same moment, and need no
        acknowledgement when the salesperson has brought them in himself; the others go to their clerk.

        :param basis: why this salesperson, in words
        """
        salesperson = {record: record.sudo().partner_id.user_id for record in self}
        own = self.filtered(lambda record: salesperson[record] == self.env.user)
        given = self.filtered(lambda record: salesperson[record]) - own
        for records in filter(None, (own, given)):
            records._give({record: (salesperson[record], basis, None, False) for record in records},
                          acknowledged=records == own)
        (self - own - given)._ask_clerk(self.env._("Assign the new customer to a salesperson"))

    @api.model
    def _note_change(self, former, company):
        """The salesperson was changed on the customer itself: what waits for an answer has lost its meaning, what
        waits to be assigned is assigned, and whoever had a salesperson before gets a new assignment.

        :param former: {customer: salesperson before}
        """
        partners = self.env["res.partner"].union(*former)
        basis = self.env._("changed on the customer")
        # Superuser: whoever may change the customer need not be a clerk.
        waiting = self.sudo().search([
            ("partner_id", "in", partners.ids), ("company_id", "=", company.id), ("state", "in", OPEN_STATES)])
        moot = waiting.filtered(
            lambda record: record.state == "assigned" and record.user_id != record.partner_id.user_id)
        moot._cancel_quietly(basis)
        kept = waiting - moot
        named = kept.filtered(lambda record: record.state == "received" and record.partner_id.user_id)
        if named:
            named._give({record: (record.partner_id.user_id, basis, None, False) for record in named})
        rest = partners - kept.partner_id.with_env(self.env)
        for (user, taken), group in rest.grouped(lambda partner: (former[partner], not partner.user_id)).items():
            kind = "withdraw" if taken else "adjust"
            new = self._open(group, company, kind=kind, from_user_id=user.id)
            if taken:
                new._ask_clerk(self.env._("Assign the customer to another salesperson"))
            else:
                new._give({record: (record.sudo().partner_id.user_id, basis, None, False) for record in new})

    @api.model
    def _after_merge(self, partners):
        """Of several assignments that wait for one customer now, the first one goes on."""
        self.env.invalidate_all()
        # Superuser: the merge has brought together what the person may not see all of.
        waiting = self.sudo().search(
            [("partner_id", "in", partners.ids), ("state", "in", OPEN_STATES)], order="received_at, id")
        for records in waiting.grouped(lambda record: (record.partner_id, record.company_id)).values():
            records[1:]._cancel_quietly(self.env._("Merged: %s goes on.", records[0].name))

    @api.model
    def _renew(self, partners, reason=None):
        """An assignment that waits to be given, of each of these customers: the one there is, else a new one.

        :raise AccessError: the user is no clerk
        """
        if not self.env.user.has_group("sales_back_office.sbo_group_clerk"):
            raise AccessError(self.env._("Customers are given to another salesperson by a back-office clerk."))
        partners.check_access("read")
        records = self.browse()
        own = self.env.company
        for company, group in partners.grouped(lambda partner: partner.company_id or own).items():
            waiting = self.search([
                ("partner_id", "in", group.ids), ("company_id", "=", company.id), ("state", "in", OPEN_STATES)])
            pending = waiting.filtered(lambda record: record.state == "assigned")
            pending._cancel_quietly(reason or self.env._("given to somebody else"))
            records |= waiting - pending
            rest = group - (waiting - pending).partner_id
            for user, customers in rest.grouped("user_id").items():
                records |= self._open(customers, company, kind="adjust", from_user_id=user.id)
        return records

    def _cancel_quietly(self, reason):
        """These have become pointless by something that happened elsewhere; the reason says what."""
        if self:
            # Superuser: it is a consequence, nobody's decision.
            self.sudo().with_context(tracking_disable=True).write(
                {"state": "cancelled", "cancel_reason": reason, "cancelled_at": clock.now(self.env)})
            self._log_step("cancel", reason)
            self._close_activities()

    def _covering_rules(self):
        """{assignment id: the first rule that covers its customer}; those that none covers are left out."""
        found = {}
        for company, records in self.grouped("company_id").items():
            rules = self.env["sbo.assignment.rule"]._match(records.partner_id, company)
            found.update({record.id: rules[record.partner_id.id]
                          for record in records if record.partner_id.id in rules})
        return found

    @api.model
    def _latest(self, partners, company):
        """{customer id: id of its last assignment in the company}."""
        self.flush_model()
        return dict(self.env.execute_query(SQL(
            "SELECT partner_id, MAX(id) FROM sbo_assignment WHERE company_id = %s AND partner_id = ANY(%s) GROUP BY 1",
            company.id, partners.ids)))

    @api.model
    def _next_numbers(self, companies):
        """A number for each of these companies, drawn with one query per company however many there are."""
        numbers = {}
        for company in set(companies):
            # Superuser: everybody who opens an assignment draws its number, nobody else reads sequences.
            sequence = self.env["ir.sequence"].sudo().search(
                [("code", "=", "sbo.assignment"), ("company_id", "in", [company.id, False])],
                order="company_id", limit=1)
            count = companies.count(company)
            if sequence.implementation == "standard" and not sequence.use_date_range:
                drawn = self.env.execute_query(SQL(
                    "SELECT nextval(%s) FROM generate_series(1, %s)", f"ir_sequence_{sequence.id:03d}", count))
                numbers[company] = iter([sequence.get_next_char(number) for [number] in drawn])
            else:
                numbers[company] = iter([sequence.next_by_id() for _n in range(count)])
        return [next(numbers[company]) for company in companies]
