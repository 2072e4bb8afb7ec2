from odoo.fields import Command

from .common_checks import SboCheckCommon


class SboDocumentsCommon(SboCheckCommon):
    """An archive of one room: a cabinet with a box, classes and levels of its own, papers of one customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer("Documents Customer", clerk=cls.clerk, salesperson=cls.salesperson)
        for level in ("public", "internal", "confidential", "restricted"):
            setattr(cls, level, cls.env.ref(f"sales_back_office.sbo_secrecy_{level}"))
        cls.kind = cls.env["sbo.document.class"].create({
            "name": "Letters", "code": "LT", "secrecy_id": cls.internal.id, "retention_years": 10,
            "retention_start": "year_end", "file_days": 5})
        cls.room = cls._place("Room 1", "room")
        cls.cabinet = cls._place("Cabinet A", "cabinet", cls.room)
        cls.box = cls._place("Box 1", "box", cls.cabinet)

    @classmethod
    def _place(cls, name, kind="box", parent=None, **vals):
        return cls.env["sbo.document.place"].create(
            {"name": name, "kind": kind, "parent_id": parent and parent.id, **vals})

    @classmethod
    def _document(cls, user=None, **vals):
        """A draft as a clerk enters it."""
        vals = {"title": "Letter", "date": "2026-03-02", "class_id": cls.kind.id, "place_id": cls.box.id, "pages": 3,
                "partner_id": cls.customer.id, **vals}
        return cls.env["sbo.document"].with_user(user or cls.clerk).create(vals).with_env(cls.env)

    @classmethod
    def _filed(cls, user=None, **vals):
        document = cls._document(user, **vals)
        document.with_user(user or cls.clerk).action_file()
        return document

    @classmethod
    def _upload(cls, document, name="letter.txt", raw=b"Dear customer", user=None, **vals):
        """A file as a user uploads it."""
        return cls.env["ir.attachment"].with_user(user or cls.clerk).create({
            "name": name, "raw": raw, "res_model": "sbo.document", "res_id": document.id, **vals}).with_env(cls.env)

    @classmethod
    def _contract(cls, **vals):
        kind = cls.env["sbo.contract.class"].search([("company_id", "=", cls.company.id)], limit=1) \
            or cls.env["sbo.contract.class"].create({"name": "Contracts", "code": "A"})
        contract = cls.env["sbo.contract"].create({
            "subject": "Lamps", "partner_id": cls.customer.id, "class_id": kind.id, "amount": 1000,
            "user_id": cls.salesperson.id})
        # By SQL: its way from draft to signature is another area's story.
        cls.env.flush_all()
        for name, value in {"state": "signed", "signed_on": "2026-03-02", **vals}.items():
            cls.env.cr.execute(f"UPDATE sbo_contract SET {name} = %s WHERE id = %s", [value, contract.id])
        cls.env.invalidate_all()
        return contract

    @classmethod
    def _expired(cls, **vals):
        """A document whose term has been over for years."""
        document = cls._filed(date="2010-05-05", **vals)
        cls.env["sbo.document"]._expire(cls.company)
        cls.env.invalidate_all()
        return document

    @classmethod
    def _destruction(cls, documents, user=None, **vals):
        vals = {"witness1_id": cls.auditor.id, "witness2_id": cls.outsider.id, **vals}
        return cls.env["sbo.destruction"].with_user(user or cls.clerk).create({
            **vals, "line_ids": [Command.create({"document_id": document.id}) for document in documents]}
        ).with_env(cls.env)

    @classmethod
    def _destroyed(cls, *documents):
        """Approved, witnessed, destroyed."""
        record = cls._destruction(documents)
        record.with_user(cls.manager).action_approve()
        for witness in (cls.auditor, cls.outsider):
            record.with_user(witness).action_witness_before()
        for witness in (cls.auditor, cls.outsider):
            record.with_user(witness).action_witness_after()
        return record
