from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import at
from .common_checks import SboCheckCommon

# role: model: operations. What is not written here is refused.
MATRIX = {
    "clerk": {"sbo.check": "r", "sbo.finding": "r", "sbo.check.run": ""},
    "supervisor": {"sbo.check": "rwcd", "sbo.finding": "rwc", "sbo.check.run": "r"},
    "manager": {"sbo.check": "rwcd", "sbo.finding": "rwc", "sbo.check.run": "r"},
    "auditor": {"sbo.check": "r", "sbo.finding": "r", "sbo.check.run": "r"},
    "salesperson": {"sbo.check": "r", "sbo.finding": "r", "sbo.check.run": ""},
    "outsider": {"sbo.check": "r", "sbo.finding": "r", "sbo.check.run": ""},
}
OPERATIONS = {"r": "read", "w": "write", "c": "create", "d": "unlink"}


@tagged("post_install", "-at_install")
class TestAccessChecks(SboCheckCommon):
    """Role x model x operation, and which findings each role sees."""

    def test_matrix(self):
        for role, models in MATRIX.items():
            user = getattr(self, role)
            for model, allowed in models.items():
                for letter, operation in OPERATIONS.items():
                    with self.subTest(role=role, model=model, operation=operation):
                        self.assertEqual(
                            self.env[model].with_user(user).has_access(operation), letter in allowed)

    def test_portal_has_nothing(self):
        portal = self._user("sbo_portal", "base.group_portal")
        for model in MATRIX["clerk"]:
            self.assertFalse(self.env[model].with_user(portal).has_access("read"))
        partner = self.env["res.partner"].with_user(portal).browse(portal.partner_id.id)
        self.assertEqual(partner.sbo_finding_count, 0)

    def test_who_sees_which_findings(self):
        team = self.env["crm.team"].create({"name": "North", "sbo_clerk_id": self.clerk2.id})
        customer = self._customer(clerk=self.clerk)
        order = self._order(customer, confirmed_at=at("2026-03-02 09:00"), team_id=team.id)
        mine = self._check(f"[('id', '=', {order.id})]", "sale.order")
        sold = self._check(f"[('id', '=', {customer.id})]", responsible_path="user_id")
        customer.user_id = self.salesperson
        self._customer("Nobody's", ref="S9")
        nobodys = self._check("[('ref', '=', 'S9')]")
        checks = mine | sold | nobodys
        checks._run(at("2026-03-03 02:00"), self.company)

        def seen(user):
            return self.env["sbo.finding"].with_user(user).search([("check_id", "in", checks.ids)]).check_id

        self.assertEqual(seen(self.clerk), mine | nobodys, "own ones and those of nobody")
        self.assertEqual(seen(self.clerk2), mine | nobodys, "those of the teams served too")
        self.assertEqual(seen(self.salesperson), sold)
        self.assertFalse(seen(self.outsider))
        self.assertFalse(seen(self.company2_clerk))
        for user in (self.supervisor, self.manager, self.auditor):
            self.assertEqual(seen(user), checks)

    def test_a_finding_does_not_open_its_record(self):
        secret = self._order(self._customer(), user_id=self.manager.id)
        self._note(self.salesperson, res_model="sale.order", res_id=secret.id)
        found = self.env["sbo.finding"].with_user(self.salesperson).search([("res_id", "=", secret.id)])
        self.assertEqual(found.res_name, secret.name, "the ledger's own name is shown")
        with self.assertRaises(AccessError):
            secret.with_user(self.salesperson).read(["amount_total"])
