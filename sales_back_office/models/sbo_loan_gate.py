from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

RANKS = {"clerk": 0, "supervisor": 1, "manager": 2}
GROUPS = tuple(f"sales_back_office.sbo_group_{name}" for name in RANKS)
FINANCE = ("account.group_account_readonly", "account.group_account_invoice", "account.group_account_basic",
           "sales_back_office.sbo_group_auditor")
LENDABLE = ("filed", "appraisal")
# What an empty box is lent on.
FREE = {"rank": 0, "days": 7, "renewals": 1, "on_site": False, "finance": False, "documents": 0, "pages": 0}


class SboLoanGate(models.AbstractModel):
    """Whether an item may be handed out (能否借出): who has it, its box and what is in it, who is before in line, and
    on which terms its secrecy lets it go.

    A constant number of queries for any number of items. They pass the access rules on purpose: a clerk who hands out a
    document that only a manager may read must still be told that it is out.
    """

    _name = "sbo.loan.gate"
    _description = "Handing Out Documents: Whether It May Go"

    # === one after the other === #

    @api.model
    def _take_turn(self, documents, places, borrowers=None):
        """Lock what is to move and the places above it, each table in the order of its ids.

        Items and boxes are changed, not only locked: whoever waited has seen the database as it was before, and has to
        begin again with what the first one has handed out. Loans of the borrowers are locked, drafts too, which are
        approved and handed out in one go; and changed by the step.
        """
        self.env.flush_all()
        if borrowers:
            self.env.cr.execute(SQL(
                """SELECT id FROM sbo_loan
                    WHERE borrower_id = ANY(%s) AND state IN ('draft', 'requested', 'approved', 'out')
                    ORDER BY id FOR NO KEY UPDATE""", borrowers.ids))
        if documents:
            self.env.cr.execute(SQL(
                """WITH turn AS (SELECT id FROM sbo_document WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE)
                   UPDATE sbo_document d SET loan_turn = COALESCE(d.loan_turn, 0) + 1 FROM turn
                    WHERE turn.id = d.id""", documents.ids))
        above = self.env.execute_query(SQL(
            """SELECT DISTINCT unnest(string_to_array(rtrim(parent_path, '/'), '/'))::integer FROM sbo_document_place
                WHERE id = ANY(%s) OR id IN (SELECT place_id FROM sbo_document WHERE id = ANY(%s))""",
            places.ids, documents.ids))
        ids = [row[0] for row in above]
        if ids:
            self.env.cr.execute(SQL(
                "SELECT id FROM sbo_document_place WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", ids))
            self.env.cr.execute(SQL(
                """UPDATE sbo_document_place SET loan_turn = COALESCE(loan_turn, 0) + 1
                    WHERE id = ANY(%s) AND kind = 'box'""", ids))

    # === what stands in the way === #

    @api.model
    def _collisions(self, lines, company):
        """{line id: [(state, other line id)]}: the same item, its box, or what is in it, with somebody else.

        States: out; not_found; waiting, of one who is before in line and whose time to fetch it is not over.
        """
        self.env.flush_all()
        rows = self.env.execute_query(SQL(
            """WITH item AS MATERIALIZED (
                    SELECT l.id, l.state, l.document_id, l.place_id, n.requested_at AS since,
                           -- looked up by its number: there may be a million documents, and few are out
                           (SELECT p.parent_path FROM sbo_document_place p WHERE p.id = COALESCE(
                                   l.place_id, (SELECT d.place_id FROM sbo_document d WHERE d.id = l.document_id)))
                           AS path,
                           l.told_at IS NULL OR COALESCE(l.hold_until >= %(today)s, FALSE) AS claimed,
                           l.id = ANY(%(ids)s) AS mine
                      FROM sbo_loan_line l JOIN sbo_loan n ON n.id = l.loan_id
                     WHERE l.company_id = %(company)s
                       AND (l.id = ANY(%(ids)s) OR l.state IN ('waiting', 'out', 'not_found')) AND (
                           l.state = 'out' OR (l.state = 'not_found' AND l.found_at IS NULL) OR l.id = ANY(%(ids)s)
                           OR (l.state = 'waiting' AND n.state IN ('approved', 'out')))
               ), mine AS MATERIALIZED (SELECT * FROM item WHERE mine)
               SELECT m.id, o.state, o.id
                 FROM mine m JOIN item o ON o.id <> m.id AND (
                      o.document_id = m.document_id
                      OR (o.place_id IS NOT NULL AND m.path LIKE o.path || '%%')
                      OR (m.place_id IS NOT NULL AND o.path LIKE m.path || '%%' AND o.state <> 'not_found'))
                WHERE o.state IN ('out', 'not_found')
                   OR o.claimed AND (NOT m.claimed OR (o.since, o.id) < (m.since, m.id))
                   OR o.mine AND o.id < m.id
                ORDER BY array_position(ARRAY['out', 'not_found', 'waiting'], o.state::text), o.since, o.id""",
            today=company._sbo_today(), ids=lines.ids, company=company.id))
        found = defaultdict(list)
        for line_id, state, other_id in rows:
            found[line_id].append((state, other_id))
        return found

    @api.model
    def _terms(self, lines):
        """{line id: on which terms it goes}; a box on the strictest terms of what is in it.

        rank of the approver, days, renewals, on_site, finance (accounting and auditors only), documents, pages
        """
        self.env.flush_all()
        rows = self.env.execute_query_dict(SQL(
            """SELECT l.id, MAX(array_position(ARRAY['clerk', 'supervisor', 'manager'], s.approver::text)) - 1 AS rank,
                      MIN(s.loan_days) AS days, MIN(s.renewals) AS renewals, BOOL_OR(s.on_site_only) AS on_site,
                      BOOL_OR(c.lent_to = 'finance') AS finance, COUNT(*) AS documents, SUM(d.pages) AS pages
                 FROM sbo_loan_line l LEFT JOIN sbo_document_place b ON b.id = l.place_id
                 JOIN LATERAL (
                      SELECT secrecy_id, class_id, pages FROM sbo_document WHERE id = l.document_id
                       UNION ALL
                      SELECT x.secrecy_id, x.class_id, x.pages
                        FROM sbo_document_place p JOIN sbo_document x ON x.place_id = p.id
                       WHERE l.place_id IS NOT NULL AND p.parent_path LIKE b.parent_path || '%%'
                         AND x.state = ANY(%(lendable)s) AND x.active) d ON TRUE
                 JOIN sbo_document_secrecy s ON s.id = d.secrecy_id
                 JOIN sbo_document_class c ON c.id = d.class_id
                WHERE l.id = ANY(%(ids)s) GROUP BY l.id""", ids=lines.ids, lendable=list(LENDABLE)))
        found = {row.pop("id"): row for row in rows}
        return {line_id: {name: found.get(line_id, FREE)[name] or default for name, default in FREE.items()}
                if line_id in found else FREE for line_id in lines.ids}

    # === in words === #

    @api.model
    def _refusals(self, lines, terms):
        """{line: why it cannot be handed out now}, for those that cannot; the terms come from `_terms`."""
        refused = {}
        for company, group in lines.grouped("company_id").items():
            collisions = self._collisions(group, company)
            audits = self.env["sbo.audit.pack"].sudo()._originals_out(group)
            others = self.env["sbo.loan.line"].sudo().browse(
                {other for pairs in collisions.values() for _state, other in pairs})
            by_id = {other.id: other for other in others}
            for line in group:
                pairs = collisions.get(line.id)
                reason = self._refuse_item(line)
                if not reason and pairs:
                    reason = self._refuse_taken(line, pairs[0][0], by_id[pairs[0][1]])
                reason = reason or line.id in audits and self.env._(
                    "its original is with an audit (%s)", audits[line.id])
                reason = reason or self._refuse_terms(line.loan_id, terms[line.id])
                if reason:
                    refused[line] = self.env._("%(item)s: %(reason)s", item=line.item, reason=reason)
        return refused

    @api.model
    def _refuse_item(self, line):
        document, labels = line.document_id, line._fields["state"]._description_selection(self.env)
        if line.state != "waiting":
            return self.env._("it is %s already", dict(labels)[line.state])
        if document and (document.state not in LENDABLE or not document.active):
            states = dict(document._fields["state"]._description_selection(self.env))
            return self.env._("only what is filed is lent, and it is “%s”", states[document.state])
        return ""

    @api.model
    def _refuse_taken(self, line, state, other):
        values = {"who": other.borrower_id.name, "other": other.item, "loan": other.loan_id.name,
                  "due": format_date(self.env, other.due_on) if other.due_on else "–"}
        same = (line.document_id, line.place_id) == (other.document_id, other.place_id)
        if other.loan_id == line.loan_id and not same:
            return self.env._("%(other)s stands in the same loan, and the one lies in the other", **values)
        if state == "not_found":
            return self.env._("it has not been found since loan %(loan)s and is being searched for", **values)
        if state == "waiting":
            return self.env._("%(who)s is before in line, with loan %(loan)s", **values)
        if same:
            return self.env._("%(who)s has it until %(due)s, with loan %(loan)s", **values)
        if other.place_id:
            return self.env._("its box is out: %(who)s has it until %(due)s, with loan %(loan)s", **values)
        return self.env._(
            "what belongs in it is out: %(who)s has %(other)s until %(due)s, with loan %(loan)s", **values)

    @api.model
    def _refuse_terms(self, loan, terms):
        if loan.borrower_type != "inside" and loan.kind == "out":
            return self.env._("nobody from outside takes it out of the house; reading and copying are done here")
        if terms["on_site"] and loan.kind != "read":
            return self.env._("its secrecy allows reading on site only")
        if terms["finance"] and not loan._borrower_is_finance():
            return self.env._("papers of its class go to accounting and to auditors only")
        if loan.state in ("approved", "out") and terms["rank"] > loan.approved_rank:
            return self.env._("it takes the approval of a %s, and was approved by less", self._role(terms["rank"]))
        return ""

    @api.model
    def _role(self, rank):
        return [self.env._("clerk"), self.env._("back-office supervisor"), self.env._("back-office manager")][rank]

    @api.model
    def _check_borrowers(self, lines):
        """Nobody with something overdue, or with as much as one may have, takes more.

        :raise UserError: in one sentence
        """
        for (company, borrower), group in lines.grouped(lambda line: (line.company_id, line.borrower_id)).items():
            out = self.env["sbo.loan.line"].sudo().search(
                [("borrower_id", "=", borrower.id), ("company_id", "=", company.id), ("state", "=", "out")])
            self._refuse_overdue(borrower, company, out)
            # Superuser: the company's limit, whoever hands out.
            most = company.sudo().sbo_loan_items
            counted = group.filtered(lambda line: line.loan_id.kind == "out" or line.loan_id.borrower_type in (
                "inside", "outside"))
            if most and counted and len(out) + len(counted) > most:
                raise UserError(self.env._(
                    "%(who)s may have %(most)s items at a time and has %(has)s: %(count)s more are too many. "
                    "Something must "
                    "come back first, or the settings allow more.", who=borrower.name, most=most, has=len(out),
                    count=len(counted)))

    @api.model
    def _refuse_overdue(self, borrower, company, out=None):
        if out is None:
            out = self.env["sbo.loan.line"].sudo().search(
                [("borrower_id", "=", borrower.id), ("company_id", "=", company.id), ("state", "=", "out")])
        late = out.filtered("overdue")[:1]
        if late:
            raise UserError(self.env._(
                "%(who)s gets nothing more while something is overdue: %(item)s was due on %(due)s (loan %(loan)s). "
                "Have it "
                "brought back first.", who=borrower.name, item=late.item, due=format_date(self.env, late.due_on),
                loan=late.loan_id.name))

    @api.model
    def _due(self, company, start, days):
        """The local day on which a loan of so many working days, begun at a moment, is due."""
        # Superuser: everybody may know when something is due.
        if not days:
            return fields.Datetime.context_timestamp(self.with_context(tz=company._sbo_tz()), start).date()
        moment = self.env["sbo.deadline"]._plan(company, [start], days=days)[0]
        return fields.Datetime.context_timestamp(self.with_context(tz=company._sbo_tz()), moment).date()
