from datetime import date

from odoo.fields import Command

from .common import SboCommon, at

MARCH = date(2026, 3, 1)
APRIL = date(2026, 4, 1)
APRIL_5 = at("2026-04-05 12:00")
MAY_5 = at("2026-05-05 12:00")
# criterion: (points, [(rule, kind, points per unit, cap, unit of its check)])
CRITERIA = {
    "A1": (10, [("A1.1", "occurrence", 1, 0, "case"), ("A1.2", "occurrence", 1, 0, "hour")]),
    "A2": (10, [("A2.1", "shortfall", 1, 0, "case")]),
    "A3": (10, [("A3.1", "delay_hour", 1, 3, "hour")]),
    "A4": (10, [("A4.1", "delay_day", 1, 3, "day")]),
    "A5": (10, [("A5.1", "missed", 3, 0, "case")]),
    "A6": (2, [("A6.1", "nonconformity", 1, 0, "case")]),
    "B1": (40, [("B1.1", "delay_hour", 0.5, 0, "hour")]),
    "B2": (8, []),
}
GRADES = (("A", 90, 1.2), ("B", 80, 1.0), ("C", 60, 0.8), ("D", 0, 0.5))


class AssessmentCommon(SboCommon):
    """A standard of every kind of rule, and findings to charge under it.

    Checks are noted by hand and named after their rule: finding("A1.1", …) falls under rule A1.1.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["sbo.standard"].search([("state", "=", "in_use")]).action_retire()
        cls.checks = {rule[0]: cls._check(rule[0], rule[4]) for _points, rules in CRITERIA.values() for rule in rules}
        cls.standard = cls._standard()
        cls.standard.action_use()
        cls.sheets = cls.env["sbo.assessment"]
        cls.partners = iter(range(10000))

    @classmethod
    def _check(cls, rule, unit="case"):
        code = f"test_{rule.lower().replace('.', '_')}"
        return cls.env["sbo.check"].create(
            {
                "code": code,
                "name": f"Check {rule}",
                "kind": "manual",
                "area": "orders",
                "unit": unit,
                "model_id": cls.env.ref("base.model_res_users").id,
            }
        )

    @classmethod
    def _standard(cls, name="Test Standard", **vals):
        sections = {}
        for code, (points, rules) in CRITERIA.items():
            criterion = {
                "code": code,
                "name": f"Criterion {code}",
                "points": points,
                "rule_ids": [
                    Command.create(
                        {
                            "code": rule,
                            "name": f"Rule {rule} within [X]",
                            "kind": kind,
                            "points": each,
                            "cap": cap,
                            "parameter": 4,
                            "parameter_unit": "hour",
                            "check_code": cls.checks[rule].code,
                        }
                    )
                    for rule, kind, each, cap, _unit in rules
                ],
            }
            sections.setdefault(code[0], []).append(Command.create(criterion))
        return cls.env["sbo.standard"].create(
            {
                "name": name,
                "section_ids": [
                    Command.create({"code": code, "name": f"Section {code}", "criterion_ids": criteria})
                    for code, criteria in sections.items()
                ],
                "grade_ids": [
                    Command.create({"name": grade, "min_score": low, "coefficient": coefficient})
                    for grade, low, coefficient in GRADES
                ],
                **vals,
            }
        )

    @classmethod
    def _finding(cls, rule, due, closed=None, state="confirmed", cause="clerk", quantity=1, user=None, **vals):
        """A finding as the ledger would hold it; moments are local time."""
        finding = cls.env["sbo.finding"].create(
            {
                "check_id": cls.checks[rule].id,
                "res_model": "res.partner",
                "res_id": cls._customer(f"Customer {next(cls.partners)}").id,
                "user_id": (user or cls.clerk).id,
                "company_id": cls.company.id,
                "cause": cause,
                "quantity": quantity,
                "due_at": at(due),
                "opened_at": at(due),
                **vals,
            }
        )
        finding.sudo().write({"state": state, "closed_at": at(closed) if closed else False})
        return finding

    @classmethod
    def _run(cls, month=MARCH, as_of=APRIL_5, users=None, standard=None, company=None):
        return cls.sheets._run(standard or cls.standard, month, users=users or cls.clerk, company=company, as_of=as_of)

    def _line(self, sheet, code):
        return sheet.line_ids.filtered(lambda line: line.criterion_id.code == code)

    def _deduction(self, sheet, finding):
        return sheet.deduction_ids.filtered(lambda deduction: deduction.finding_id == finding)

    def _walk(self, sheet, until):
        """Take a sheet along the flow, each step by the person whose step it is, up to a state."""
        steps = (
            ("self_review", self.supervisor, "action_send"),
            ("confirmed", self.supervisor, "action_confirm"),
            ("appeal", sheet.user_id, "action_sign"),
            ("approved", self.manager, "action_approve"),
            ("locked", self.manager, "action_lock"),
        )
        now = {"approved": MAY_5, "locked": MAY_5}
        for state, user, action in steps:
            moment = now.get(state, APRIL_5)
            getattr(sheet.with_user(user).with_context(sbo_as_of=moment), action)()
            self.assertEqual(sheet.state, state)
            if state == until:
                return sheet
        return sheet
