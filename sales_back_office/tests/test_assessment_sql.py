from datetime import timedelta
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from odoo.tests import tagged
from odoo.tools import SQL

from ..tools import periods, scoring
from .assessment_common import APRIL, CRITERIA, GRADES, MARCH, AssessmentCommon
from .common import at

RULES = {
    rule: (code, kind, Decimal(str(each)), Decimal(cap), unit)
    for code, (_points, rules) in CRITERIA.items()
    for rule, kind, each, cap, unit in rules
}
CASE = st.fixed_dictionaries(
    {
        "rule": st.sampled_from(sorted(RULES)),
        "due": st.integers(0, 60 * 24 * 58),  # minutes from the 1st of March, local midnight
        "lasts": st.none() | st.integers(0, 60 * 24 * 40),
        "quantity": st.integers(0, 500).map(lambda n: n / 100),
        "state": st.sampled_from(["confirmed", "confirmed", "candidate", "disputed", "waived"]),
        "cause": st.sampled_from(["clerk", "clerk", "clerk", "undetermined", "warehouse"]),
    }
)
AS_OF = at("2026-05-01 00:00")


@tagged("post_install", "-at_install")
class TestSqlEqualsTool(AssessmentCommon):
    """The set-based run gives what the plain arithmetic gives, for random months."""

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(cases=st.lists(CASE, max_size=14), begun=st.booleans(), bonus=st.integers(0, 500))
    def test_two_random_months(self, cases, begun, bonus):
        with self.env.cr.savepoint(flush=False) as savepoint:
            self.env.cr.execute(SQL("UPDATE sbo_standard SET begun_hour = %s WHERE id = %s", begun, self.standard.id))
            cases = self._insert(cases)
            charged = {}
            for month in (MARCH, APRIL):
                sheet = self._run(month, as_of=AS_OF)
                sheet.sudo().write({"bonus": bonus / 100, "bonus_reason": "Random", "pay_base": 1234.56})
                self.assertEqual(self._actual(sheet), self._expected(cases, month, begun, bonus, charged))
            savepoint.rollback()
        self.env.invalidate_all()

    def _insert(self, cases):
        start = at("2026-03-01 00:00")
        for number, case in enumerate(cases):
            case["due_at"] = start + timedelta(minutes=case["due"])
            lasts = case["lasts"]
            case["closed_at"] = None if lasts is None else case["due_at"] + timedelta(minutes=lasts)
            [[case["id"]]] = self.env.execute_query(
                SQL(
                    """INSERT INTO sbo_finding (check_id, area, severity, res_model, res_id, key, company_id, user_id,
                           state, cause, origin, opened_at, due_at, closed_at, quantity)
                       VALUES (%s, 'orders', '2', 'res.users', 1, %s, %s, %s, %s, %s, 'auto', %s, %s, %s, %s)
                       RETURNING id""",
                    self.checks[case["rule"]].id,
                    str(number),
                    self.company.id,
                    self.clerk.id,
                    case["state"],
                    case["cause"],
                    case["due_at"],
                    case["due_at"],
                    case["closed_at"],
                    case["quantity"],
                )
            )
        return cases

    def _actual(self, sheet):
        return {
            "cases": {d.finding_id.id: (d.state, d.units, Decimal(f"{d.points:.2f}")) for d in sheet.deduction_ids},
            "total": Decimal(f"{sheet.total:.2f}"),
            "grade": sheet.grade_id.name,
            "pay": Decimal(f"{sheet.pay:.2f}"),
        }

    def _expected(self, cases, month, begun, bonus, charged):
        first, last = periods.bounds("month", month)
        start, end = periods.utc_bounds(first, last, self.sheets._zone(self.company))
        result = {}
        for case in cases:
            priced = self._price(case, start, end, begun, charged)
            if priced:
                result[case["id"]] = priced
        self._count_missed_once(cases, result)
        scores = [
            scoring.criterion_score(
                points,
                sum(
                    result[case["id"]][2]
                    for case in cases
                    if RULES[case["rule"]][0] == code and result.get(case["id"], ("",))[0] == "counted"
                ),
            )
            for code, (points, _rules) in CRITERIA.items()
        ]
        total = sum(scores) + Decimal(bonus) / 100
        table = [scoring.Grade(name, Decimal(low), Decimal(str(coefficient))) for name, low, coefficient in GRADES]
        grade = scoring.grade(total, table)
        pay = scoring.pay("coefficient", Decimal("1234.56"), grade.coefficient, total, 22, 22)
        return {"cases": result, "total": total, "grade": grade.name, "pay": pay}

    def _price(self, case, start, end, begun, charged):
        """State, units and points of one case in one month; remembers what it has charged."""
        _code, kind, each, cap, unit = RULES[case["rule"]]
        counted = case["state"] == "confirmed" and case["cause"] == "clerk"
        open_cause = case["cause"] == "undetermined"
        if case["state"] == "waived" or not (counted or open_cause or case["cause"] == "clerk"):
            return None
        delay = kind.startswith("delay")
        runs_on = delay and (case["closed_at"] is None or case["closed_at"] >= start)
        if case["due_at"] >= end or not (case["due_at"] >= start or runs_on):
            return None
        units_before, points_before = charged.get(case["id"], (0, Decimal(0)))
        units = self._units(case, kind, unit, end, begun)
        result = scoring.charge(units, units_before, each, cap, points_before)
        if not result.units:
            return None
        charged[case["id"]] = (units_before + result.units, points_before + result.points)
        return ("counted" if counted else "pending", result.units, result.points)

    def _units(self, case, kind, unit, end, begun):
        until = min(end, AS_OF, case["closed_at"] or end)
        if kind == "delay_hour":
            hours = self.calendar._sbo_late_hours(case["due_at"], until) if until > case["due_at"] else 0
            return scoring.whole_units(round(hours * 3600), 3600, begun)
        if kind == "delay_day":
            days = self.calendar._sbo_late_days(case["due_at"], until) if until > case["due_at"] else 0
            return scoring.whole_units(Decimal(str(round(days, 6))), 1, begun)
        if kind == "missed":
            return 1
        if kind == "shortfall":
            return int(case["quantity"])
        return max(1, int(case["quantity"])) if unit in ("case", "piece") else 1

    def _count_missed_once(self, cases, result):
        missed = [case for case in cases if RULES[case["rule"]][1] == "missed" and case["id"] in result]
        missed.sort(key=lambda case: (result[case["id"]][0] != "counted", case["due_at"], case["id"]))
        for case in missed[1:]:
            result[case["id"]] = (result[case["id"]][0], 0, Decimal(0))
