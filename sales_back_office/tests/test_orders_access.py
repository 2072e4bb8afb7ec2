from odoo.tests import tagged

from .common_orders import SboOrdersCommon

# role: model: operations. What is not written here is refused.
SHEETS = {"sbo.order.verification": "rw", "sbo.order.verification.line": "rwcd", "sbo.order.difference": "r"}
OTHERS = {"sbo.order.opinion": "r", "sbo.order.notice": "r", "sbo.order.change": "rw", "sbo.order.change.line": "r"}
LOOK = dict.fromkeys(SHEETS, "r")
STRANGE = {"sbo.order.opinion": "r", "sbo.order.notice": "r", "sbo.order.change": "", "sbo.order.change.line": ""}
MATRIX = {
    "clerk": {**SHEETS, **OTHERS, "sbo.order.class": "r", "sbo.department": "r", "sbo.order.accuracy": "r"},
    "supervisor": {**SHEETS, **OTHERS, "sbo.order.class": "rwcd", "sbo.department": "rwcd", "sbo.order.accuracy": "r"},
    "auditor": {**LOOK, **OTHERS, "sbo.order.change": "r", "sbo.order.class": "r", "sbo.department": "r",
                "sbo.order.accuracy": "r"},
    "salesperson": {**LOOK, **OTHERS, "sbo.order.class": "r", "sbo.department": "r", "sbo.order.accuracy": ""},
    "outsider": {**dict.fromkeys(SHEETS, ""), **STRANGE, "sbo.order.class": "", "sbo.department": "r",
                 "sbo.order.accuracy": ""},
}
OPERATIONS = {"r": "read", "w": "write", "c": "create", "d": "unlink"}


@tagged("post_install", "-at_install")
class TestOrdersAccess(SboOrdersCommon):
    """Role x model x operation, and which sheets each role sees."""

    def test_matrix(self):
        for role, models in MATRIX.items():
            user = getattr(self, role)
            for model, allowed in models.items():
                for letter, operation in OPERATIONS.items():
                    with self.subTest(role=role, model=model, operation=operation):
                        self.assertEqual(
                            self.env[model].with_user(user).has_access(operation), letter in allowed)

    def test_who_sees_which_sheets(self):
        mine = self._verify(self._entered(), quantity=12)
        theirs = self._verify(self._entered(user_id=self.manager.id))

        def seen(user, model="sbo.order.verification"):
            return self.env[model].with_user(user).search([("id", "in", (mine | theirs).ids)]).ids

        self.assertEqual(seen(self.salesperson), mine.ids)
        for user in (self.clerk, self.supervisor, self.auditor):
            self.assertCountEqual(seen(user), (mine | theirs).ids)
        self.assertFalse(seen(self.company2_clerk))
        lines = self.env["sbo.order.verification.line"].with_user(self.salesperson).search([
            ("verification_id", "in", (mine | theirs).ids)])
        self.assertEqual(lines.verification_id, mine)
        self.assertFalse(self.env["sbo.order.difference"].with_user(self.company2_clerk).search([]))

    def test_accuracy(self):
        self._verify(self._entered(), quantity=12, price=7)
        self._verify(self._entered())
        self.env.flush_all()
        rows = self.env["sbo.order.accuracy"].with_user(self.clerk).search([])
        self.assertEqual(sorted(rows.mapped("differences")), [0, 2])
        self.assertEqual(rows.user_id, self.clerk)
        self.assertFalse(self.env["sbo.order.accuracy"].with_user(self.clerk2).search([]), "own ones only")
        [[rate, orders]] = self.env["sbo.order.accuracy"].with_user(self.supervisor)._read_group(
            [("user_id", "=", self.clerk.id)], [], ["rate:avg", "orders:sum"])
        self.assertEqual((rate, orders), (1, 2))
