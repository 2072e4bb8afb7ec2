from lxml import etree
from odoo.exceptions import UserError
from odoo.fields import Command

from .common_checks import SboCheckCommon


class SboContractReviewCommon(SboCheckCommon):
    """A contract that a salesperson drafts, two departments that judge it, a head of sales who approves it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["sbo.contract.class"].search([]).active = False
        cls.customer = cls._customer(clerk=cls.clerk, salesperson=cls.salesperson)
        cls.member = cls._user("sbo_producer", "base.group_user")
        cls.member2 = cls._user("sbo_producer2", "base.group_user")
        cls.accountant = cls._user("sbo_accountant", "base.group_user")
        cls.head = cls._user("sbo_head", "base.group_user")
        cls.boss = cls._user("sbo_boss", "base.group_user")
        cls.production = cls._department("Production", cls.member | cls.member2)
        cls.finance = cls._department("Finance", cls.accountant)
        cls.special = cls._class("RB", cls.production | cls.finance)
        cls.ordinary = cls._class("RA")

    @classmethod
    def _department(cls, name, members):
        return cls.env["sbo.department"].create(
            {"name": name, "member_ids": [Command.set(members.ids)], "manager_id": cls.manager.id})

    @classmethod
    def _class(cls, code, departments=None, approvers=None, further=None, **vals):
        return cls.env["sbo.contract.class"].create({
            "name": f"Class {code}", "code": code,
            "department_ids": [Command.set(departments.ids if departments else [])],
            "approver_ids": [Command.set((cls.head if approvers is None else approvers).ids)],
            "limit_approver_ids": [Command.set(further.ids if further else [])], **vals})

    @classmethod
    def _contract(cls, user=None, rule=None, **vals):
        """A draft as a user (the salesperson) enters it."""
        vals = {"partner_id": cls.customer.id, "user_id": cls.salesperson.id, "subject": "Lamps for a school",
                "class_id": (rule or cls.special).id, "amount": 50000, **vals}
        return cls.env["sbo.contract"].with_user(user or cls.salesperson).create(vals).with_env(cls.env)

    def _submitted(self, contract=None, **vals):
        """The review of a contract that was just submitted."""
        contract = contract or self._contract(**vals)
        contract.with_user(self.salesperson).action_submit()
        return self._review(contract)

    def _review(self, contract):
        return self.env["sbo.contract.review"].search([("contract_id", "=", contract.id)], limit=1)

    def _asked(self, review, who):
        """The present question to a department or an approver."""
        return review.opinion_ids.filtered(lambda item: item.present and who in (item.department_id, item.approver_id))

    def _item(self, review, topic):
        return review.line_ids.filtered(lambda line: line.topic == topic)

    def _answer(self, review, user, step="agree", *text):
        return getattr(review.with_user(user), f"action_{step}")(*text)

    def _spoken(self, review, *but):
        """All items comply and all departments agree, except those named."""
        review.with_user(self.member).action_rest_complies()
        for department, user in ((self.production, self.member), (self.finance, self.accountant)):
            if department not in but and self._asked(review, department).state == "waiting":
                self._answer(review, user)

    def _open_form(self, record):
        """Read what the form of a record shows to its user, as the screen does."""
        record.invalidate_recordset()
        form = etree.fromstring(record.get_view(view_type="form")["arch"])
        return record.web_read(self._shown(record, form))

    def _shown(self, record, view):
        """The specification of what a view shows, the lists in it included."""
        shown = {}
        for field in view.iter("field"):
            if next(field.iterancestors("field", "form", "list")) is not view:
                continue
            name = field.get("name")
            kind, inner = record._fields[name].type, field.find("list")
            if inner is not None:
                shown[name] = {"fields": self._shown(record[name], inner)}
            else:
                shown[name] = {"fields": {"display_name": {}}} if kind == "many2one" else {}
        return shown

    def _refused(self, words, action, *args, error=UserError):
        """The action is refused in these words."""
        with self.assertRaises(error) as caught:
            action(*args)
        self.assertRegex(str(caught.exception), words)
        return str(caught.exception)
