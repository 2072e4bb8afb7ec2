from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestRoles(TransactionCase):
    def test_roles_are_choices_of_one_privilege(self):
        names = ("clerk", "supervisor", "manager", "auditor")
        groups = [self.env.ref(f"sales_back_office.sbo_group_{name}") for name in names]
        privilege = self.env.ref("sales_back_office.sbo_privilege")
        self.assertEqual({group.privilege_id for group in groups}, {privilege})

    def test_auditor_is_not_a_clerk(self):
        auditor = self.env.ref("sales_back_office.sbo_group_auditor")
        self.assertNotIn(self.env.ref("sales_back_office.sbo_group_clerk"), auditor.all_implied_ids)
