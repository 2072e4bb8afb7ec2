from unittest.mock import patch

from odoo.fields import Command

from .common_orders import SboOrdersCommon


class SboContractsCommon(SboOrdersCommon):
    """Contracts that a salesperson drafts and a clerk keeps; their review answers when the story says so."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract_class = cls._contract_class()

    @classmethod
    def _contract_class(cls, code="T", **vals):
        return cls.env["sbo.contract.class"].create({"name": f"Class {code}", "code": code, **vals})

    @classmethod
    def _contract(cls, state=None, user=None, **vals):
        """A contract, a draft by default; in another state it is put there without its steps."""
        vals = {"partner_id": cls.customer.id, "subject": "Lamps", "class_id": cls.contract_class.id, "amount": 1000,
                **vals}
        signed = {"signed_on": "2026-03-02", "our_signatory_id": cls.manager.id, "our_authority": "legal",
                  "our_seal": "contract", **vals}
        if state in (None, "draft"):
            return cls.env["sbo.contract"].with_user(user or cls.salesperson).create(vals).with_env(cls.env)
        return cls.env["sbo.contract"].create({"state": state, "user_id": cls.salesperson.id, **signed})

    @classmethod
    def _line(cls, product=None, **vals):
        return Command.create({"product_id": (product or cls.product).id, **vals})

    @classmethod
    def _milestone(cls, due_on="2026-04-01", **vals):
        return Command.create({"name": "Deposit", "kind": "payment", "due_on": due_on, **vals})

    def _reviews(self):
        """Reviews begin and end as the story has it: [(contract, supplement)] of those that have begun."""
        begun = self.__dict__.setdefault("_begun", [])
        if self.__dict__.setdefault("_answering", False):
            return begun
        self._answering, model = True, self.env.registry["sbo.contract.review"]
        for name, answer in (("_begin", lambda _self, contract, supplement=None: begun.append((contract, supplement))),
                             ("_end", lambda _self, contract, supplement, text: None)):
            patcher = patch.object(model, name, answer, create=True)
            patcher.start()
            self.addCleanup(patcher.stop)
        return begun

    def _submit(self, contract):
        """Submitted by its salesperson; its review has just begun."""
        self._reviews()
        contract.with_user(self.salesperson).action_submit()

    def _approve(self, contract):
        """Submitted and approved by all."""
        self._submit(contract)
        contract.with_user(self.manager)._reviewed(self.env["sbo.contract.review"])

    def _sign(self, contract, **vals):
        """Approved and signed."""
        if contract.state == "draft":
            self._approve(contract)
        contract.with_user(self.clerk).write({
            "signed_on": "2026-03-02", "our_signatory_id": self.manager.id, "our_authority": "legal",
            "our_seal": "contract", **vals})
        contract.with_user(self.clerk).action_sign()
