from odoo.tests import tagged

from .assignment_common import AssignmentCommon

# role: model: operations. What is not written here is refused.
CLERK = {"sbo.assignment": "rwc", "sbo.assignment.item": "rw", "sbo.assignment.rule": "r", "sbo.assignment.share": "r",
         "sbo.leaver": ""}
SUPERVISOR = {**CLERK, "sbo.assignment.rule": "rwcd", "sbo.assignment.share": "rwcd", "sbo.leaver": "rwcd"}
MATRIX = {
    "clerk": CLERK,
    "supervisor": SUPERVISOR,
    "manager": SUPERVISOR,
    "auditor": {"sbo.assignment": "r", "sbo.assignment.item": "r", "sbo.assignment.rule": "r",
                "sbo.assignment.share": "r", "sbo.leaver": ""},
    "salesperson": {"sbo.assignment": "rw", "sbo.assignment.item": "rw", "sbo.assignment.rule": "",
                    "sbo.assignment.share": "", "sbo.leaver": ""},
    "outsider": {"sbo.assignment": "", "sbo.assignment.item": "", "sbo.assignment.rule": "",
                 "sbo.assignment.share": "", "sbo.leaver": ""},
}
OPERATIONS = {"r": "read", "w": "write", "c": "create", "d": "unlink"}


@tagged("post_install", "-at_install")
class TestAccessCustomersAssignment(AssignmentCommon):
    """Role x model x operation, and which assignments each role sees."""

    def test_matrix(self):
        for role, models in MATRIX.items():
            user = getattr(self, role)
            for model, allowed in models.items():
                for letter, operation in OPERATIONS.items():
                    with self.subTest(role=role, model=model, operation=operation):
                        self.assertEqual(
                            self.env[model].with_user(user).has_access(operation), letter in allowed)

    def test_who_sees_which(self):
        mine, other = self._assigned(self.salesperson, "Mine"), self._assigned(self.salesperson2, "Other")
        taken = self._acknowledged(self.salesperson, "Taken")
        taken.with_user(self.clerk).action_reassign(self.salesperson2.id)
        every = mine | other | taken | taken.next_ids

        def seen(user, model="sbo.assignment", field="id"):
            return self.env[model].with_user(user).search([(field, "in", every.ids)], order="id")

        self.assertEqual(set(seen(self.salesperson)), set(mine | taken | taken.next_ids), "what he gets or gives")
        self.assertEqual(set(seen(self.salesperson2)), set(other | taken.next_ids))
        self.assertFalse(seen(self.company2_clerk))
        self.assertEqual(seen(self.salesperson3, "sbo.assignment.item", "assignment_id"),
                         self.env["sbo.assignment.item"])
        for user in (self.clerk2, self.supervisor, self.manager, self.auditor):
            self.assertEqual(set(seen(user)), set(every))
