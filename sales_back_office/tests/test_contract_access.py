from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .common_contracts import SboContractsCommon

OPERATIONS = {"r": "read", "w": "write", "c": "create", "d": "unlink"}
# role: model: operations. What is not written here is refused. Outsiders read those they are asked about in a review.
CONTRACT, PARTS, CONFIG = "sbo.contract", ("sbo.contract.line", "sbo.contract.milestone", "sbo.contract.supplement",
                                           "sbo.contract.supplement.line", "sbo.contract.supplement.milestone"), (
    "sbo.contract.class", "sbo.contract.template")
MATRIX = {
    "clerk": ("rwcd", "rwcd", "r", "rw"), "supervisor": ("rwcd", "rwcd", "rwcd", "rw"),
    "manager": ("rwcd", "rwcd", "rwcd", "rw"), "auditor": ("r", "r", "r", "r"),
    "salesperson": ("rwcd", "rwcd", "r", "r"), "outsider": ("r", "r", "r", ""), "accountant": ("r", "r", "r", "r")}


@tagged("post_install", "-at_install")
class TestContractAccess(SboContractsCommon):
    """Salespeople see the contracts of their own customers, outsiders none, another company none."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = cls._user("sbo_contract_accountant", "account.group_account_invoice")
        cls.contract = cls._contract(line_ids=[cls._line(price=9)], milestone_ids=[cls._milestone(amount=1)])
        cls.foreign = cls._contract(
            user=cls.clerk, partner_id=cls._customer("Another's", salesperson=cls.manager).id, user_id=cls.manager.id)

    def test_matrix(self):
        for role, rights in MATRIX.items():
            user = getattr(self, role)
            allowed = {CONTRACT: rights[0], **dict.fromkeys(PARTS, rights[1]), **dict.fromkeys(CONFIG, rights[2]),
                       "sbo.contract.number": rights[3]}
            for model, letters in allowed.items():
                for letter, operation in OPERATIONS.items():
                    with self.subTest(role=role, model=model, operation=operation):
                        self.assertEqual(self.env[model].with_user(user).has_access(operation), letter in letters)

    def _seen(self, user):
        both = self.contract | self.foreign
        return self.env[CONTRACT].with_user(user).search([("id", "in", both.ids)])

    def test_who_sees_which(self):
        self.assertEqual(self._seen(self.salesperson), self.contract)
        for user in (self.clerk, self.supervisor, self.auditor, self.accountant):
            self.assertEqual(self._seen(user), self.contract | self.foreign)
        self.assertFalse(self._seen(self.company2_clerk))
        self.assertFalse(self._seen(self.outsider))

    def test_the_salesperson_of_the_customer_sees_what_a_colleague_wrote(self):
        self.contract.user_id = self.manager
        self.assertEqual(self._seen(self.salesperson), self.contract)
        self.contract.partner_id.user_id = self.manager
        self.assertFalse(self._seen(self.salesperson))
        for record in (self.contract.line_ids, self.contract.milestone_ids):
            with self.assertRaises(AccessError):
                record.with_user(self.salesperson).read(["display_name"])

    def test_nobody_takes_a_customer_for_its_contracts(self):
        self.salesperson.group_ids = [Command.link(self.env.ref("base.group_partner_manager").id)]
        customer = self.foreign.partner_id.with_user(self.salesperson)
        with self.assertRaisesRegex(AccessError, "Another's has contracts or papers on file"):
            customer.user_id = self.salesperson
        customer.user_id = self.manager
        self.foreign.partner_id.user_id = False
        firm = self._customer("Own Firm", salesperson=self.salesperson)
        with self.assertRaises(AccessError):
            customer.write({"parent_id": firm.id, "user_id": self.salesperson.id})
        self._customer("New").with_user(self.salesperson).user_id = self.salesperson
        self.foreign.partner_id.with_user(self.clerk).user_id = self.clerk
        self.foreign.partner_id.with_user(self.manager).user_id = self.salesperson
        self.assertIn(self.foreign, self._seen(self.salesperson))

    def test_a_salesperson_drafts_what_the_customer_brings_along(self):
        contract = self.env[CONTRACT].with_user(self.salesperson).create({
            "partner_id": self.customer.id, "subject": "Lamps", "class_id": self.contract_class.id, "amount": 5,
            "line_ids": [Command.create({"product_id": self.product.id, "price": 3})]})
        self.assertEqual((contract.user_id, contract.sbo_clerk_id), (self.salesperson, self.clerk))
        self.assertEqual(self.env["sbo.responsibility"].search(
            [("res_model", "=", CONTRACT), ("res_id", "=", contract.id)]).user_id, self.clerk)
        foreign = self.foreign.with_user(self.salesperson)
        for action in (lambda: foreign.write({"subject": "Mine"}), foreign.unlink):
            with self.assertRaises(AccessError):
                action()

    def test_auditor_and_accounting_change_nothing(self):
        for user in (self.auditor, self.accountant):
            for record, vals in ((self.contract, {"note": "x"}), (self.contract.line_ids, {"sequence": 1}),
                                 (self.contract.milestone_ids, {"user_id": user.id})):
                with self.assertRaises(AccessError):
                    record.with_user(user).write(vals)
            for action in ("action_submit", "action_send_original", "action_supplement"):
                if action != "action_supplement":
                    with self.assertRaises(AccessError):
                        getattr(self.contract.with_user(user), action)()
            with self.assertRaises(AccessError):
                self.contract.milestone_ids.with_user(user).action_done()

    def test_the_clerk_of_a_signed_contract_changes_by_dispatch(self):
        contract = self._contract("signed")
        self._refused("can still change its clerk", contract.with_user(self.clerk).write,
                      {"sbo_clerk_id": self.clerk2.id})
        contract.with_user(self.supervisor).sbo_clerk_id = self.clerk2
        self.assertEqual(contract.sbo_clerk_id, self.clerk2)

    def test_a_company_s_classes_and_texts(self):
        second = self._contract_class(company_id=self.company2.id)
        self._refused("compan", self._contract, class_id=second.id)
        self.assertFalse(self.env["sbo.contract.class"].with_user(self.clerk).search([("id", "=", second.id)]))

    def test_a_list_costs_the_same_however_long(self):
        names = ["name", "display_name", "order_count", "supplement_count", "expiry", "template_outdated", "plan_rest",
                 "allowed_actions", "sbo_finding_count", "plan_warning"]

        def cost(count):
            for _n in range(count):
                self._contract("signed", line_ids=[self._line(price=9)], milestone_ids=[self._milestone(amount=1)])
            contracts = self.env[CONTRACT].search([("state", "=", "signed")], limit=count)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            contracts.with_user(self.clerk).read(names)
            return self.cr.sql_log_count - before

        cost(1)
        few, many = cost(2), cost(20)
        self.assertEqual(few, many)

    def test_forms_open_for_whoever_may_read(self):
        for user in (self.salesperson, self.clerk, self.auditor, self.accountant):
            for model in (CONTRACT, *PARTS[1:3], "sbo.contract.number"):
                kinds = [(False, "list"), (False, "search")] + [(False, "form")] * (model != "sbo.contract.number")
                views = self.env[model].with_user(user).get_views(kinds)
                names = set(views["models"][model]["fields"])
                self.env[model].with_user(user).search([], limit=3).read(
                    [name for name in names if name in self.env[model]._fields])
