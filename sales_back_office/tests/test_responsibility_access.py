from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import SboCommon, at

OPERATIONS = ("read", "write", "create", "unlink")
KEPT = {
    "clerk": "read",
    "clerk2": "read",
    "supervisor": "read write create unlink",
    "manager": "read write create unlink",
    "auditor": "read",
    "salesperson": "",
    "outsider": "",
}
DERIVED = {role: rights.split(" ")[0] for role, rights in KEPT.items()}
MATRIX = {
    "sbo.absence": KEPT,
    "sbo.extra.workday": KEPT,
    "sbo.responsibility": DERIVED,
    "sbo.working.day": DERIVED,
}


@tagged("post_install", "-at_install")
class TestResponsibilityAccess(SboCommon):
    def test_access_matrix(self):
        for model, rights in MATRIX.items():
            for role, allowed in rights.items():
                for operation in OPERATIONS:
                    with self.subTest(model=model, role=role, operation=operation):
                        records = self.env[model].with_user(getattr(self, role))
                        self.assertEqual(records.has_access(operation), operation in allowed.split())

    def test_nobody_writes_history_by_hand(self):
        customer = self._customer(clerk=self.clerk)
        row = self.env["sbo.responsibility"].search([("res_id", "=", customer.id)], limit=1)
        for user in (self.clerk, self.supervisor, self.manager):
            with self.assertRaises(AccessError):
                row.with_user(user).date_to = at("2026-03-02 09:00")

    def test_clerk_enters_no_absence_of_their_own(self):
        with self.assertRaises(AccessError):
            self.env["sbo.absence"].with_user(self.clerk).create(
                {
                    "user_id": self.clerk.id,
                    "deputy_id": self.clerk2.id,
                    "date_from": at("2026-03-02 09:00"),
                    "date_to": at("2026-03-03 09:00"),
                }
            )

    def test_second_company_keeps_to_itself(self):
        there = self._customer(clerk=self.company2_clerk, company_id=self.company2.id)
        here = self._customer(clerk=self.clerk, company_id=self.company.id)
        shared = self._customer(clerk=self.clerk2)
        self._absence(self.company2_clerk, at("2026-03-02 09:00"), at("2026-03-03 09:00"))
        self._absence(self.clerk, at("2026-03-02 09:00"), at("2026-03-03 09:00"))
        self.env["sbo.extra.workday"].create({"name": "There", "date": "2026-03-07", "company_id": self.company2.id})
        self.env["sbo.working.day"]._ensure(self.company2._sbo_calendar() | self.calendar)
        for user, own, other in (
            (self.clerk, here, there),
            (self.company2_clerk, there, here),
        ):
            history = self.env["sbo.responsibility"].with_user(user)
            seen = set(history.search([("res_model", "=", "res.partner")]).mapped("res_id"))
            self.assertLessEqual({own.id, shared.id}, seen)
            self.assertNotIn(other.id, seen)
            absences = self.env["sbo.absence"].with_user(user).search([])
            self.assertIn(user, absences.user_id)
            self.assertFalse(absences.user_id & (self.clerk | self.company2_clerk) - user)
            days = self.env["sbo.working.day"].with_user(user).search([])
            self.assertLessEqual(days.calendar_id.company_id, user.company_id)
        self.assertFalse(self.env["sbo.extra.workday"].with_user(self.supervisor).search([("name", "=", "There")]))
