from odoo.tests import tagged
from odoo.tools import SQL

from .common import at
from .common_checks import SboCheckCommon


@tagged("post_install", "-at_install")
class TestCustomersContactOverdue(SboCheckCommon):
    """Who has not been spoken to for longer than the grade allows is a finding of the clerk."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.check = cls._shipped("customer_contact_overdue")
        cls.product = cls._product()

    def _graded(self, grade, contact=None, clerk=None, bought="2026-01-05 09:00", **log):
        """A customer who has bought, with a grade and perhaps a contact."""
        customer = self._customer(f"Grade {grade}", clerk=clerk or self.clerk, sbo_filed_on="2026-01-01")
        if bought:
            order = self._order(customer, self.product)
            order.write({"state": "sale", "date_order": at(bought)})
        self.env["sbo.customer.figure"]._refresh(at("2026-02-28 23:59:59"))
        figure = self.env["sbo.customer.figure"].search([("partner_id", "=", customer.id)])
        if figure:
            self.env.cr.execute(SQL("UPDATE sbo_customer_figure SET grade = %s WHERE id = %s", grade, figure.id))
            figure.invalidate_recordset()
        if contact:
            self._contact(customer, contact, **log)
        return customer

    def _contact(self, customer, moment, **vals):
        return self.env["sbo.contact.log"].create({"partner_id": customer.id, "date": at(moment), **vals})

    def _found(self, customer, moment):
        self._run(self.check, moment)
        return self._findings(customer, self.check).filtered(lambda finding: not finding.closed_at)

    def test_by_grade(self):
        best = self._graded("a", "2026-03-01 09:00")
        good, plain = self._graded("b", "2026-03-01 09:00"), self._graded("c", "2026-03-01 09:00")
        bad, prospect = self._graded("d"), self._graded(None, bought=None)
        everybody = best | good | plain | bad | prospect
        self.assertFalse(self._found(everybody, "2026-03-31 23:00"), "the thirtieth day is not over")
        found = self._found(everybody, "2026-04-01 01:00")
        self.assertEqual(found.mapped("res_id"), best.ids)
        self.assertEqual((found.user_id, found.due_at), (self.clerk, at("2026-04-01 00:00")))
        self.assertEqual(found.evidence, {"last_contact": "2026-03-01", "grade": "A", "contact_days": 30})
        self.assertIn("Days allowed: 30", self.env["sbo.evidence"]._as_text(found))
        self.assertEqual(set(self._found(everybody, "2026-06-01 09:00").mapped("res_id")), {best.id, good.id})
        later = self._found(everybody, "2026-12-01 09:00")
        self.assertEqual(set(later.mapped("res_id")), {best.id, good.id, plain.id}, "not D, not who never bought")

    def test_a_contact_ends_it(self):
        customer = self._graded("a", "2026-03-01 09:00")
        finding = self._found(customer, "2026-04-05 09:00")
        self._contact(customer, "2026-04-05 10:00", result="not_reached")
        self.assertEqual(self._found(customer, "2026-04-05 23:00"), finding, "nobody was reached")
        self._contact(customer, "2026-04-06 10:00")
        self.assertFalse(self._found(customer, "2026-04-06 23:00"))
        self.assertTrue(finding.closed_at)

    def test_never_contacted_counts_from_the_filing(self):
        customer = self._graded("a")
        self.assertEqual(self._found(customer, "2026-03-01 09:00").due_at, at("2026-02-01 00:00"))

    def test_not_before_the_company_checks_at_all(self):
        customer = self._graded("a")
        self.company.sbo_check_from = "2026-02-15"
        self.assertFalse(self._found(customer, "2026-03-17 09:00"))
        self.assertEqual(self._found(customer, "2026-03-18 09:00").due_at, at("2026-03-18 00:00"))

    def test_days_of_the_company(self):
        customer = self._graded("a", "2026-03-01 09:00")
        self.company.sbo_contact_days_a = 10
        self.assertEqual(self._found(customer, "2026-03-12 09:00").due_at, at("2026-03-12 00:00"))

    def test_without_a_clerk_nobody_answers(self):
        customer = self._graded("a", "2026-03-01 09:00")
        customer.sbo_clerk_id = False
        self.assertFalse(self._found(customer, "2026-06-01 09:00"))
