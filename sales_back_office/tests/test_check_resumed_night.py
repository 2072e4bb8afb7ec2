from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import SboCommon


@tagged("post_install", "-at_install")
class TestCheckResumedNight(SboCommon):
    def test_a_check_run_by_hand_before_the_night_is_resumed_is_not_broken(self):
        check = self.env.ref("sales_back_office.sbo_check_customer_code_invalid")
        self._customer(vat="CN-no-code", clerk=self.clerk, country_id=self.env.ref("base.cn").id)
        left_over = self.env["sbo.check.run"].create(
            {
                "check_id": check.id,
                "company_id": self.company.id,
                "as_of": fields.Datetime.now() - timedelta(hours=7),
            }
        )
        check.with_user(self.supervisor).with_company(self.company).action_run_now()
        findings = self.env["sbo.finding"].search([("check_id", "=", check.id)])
        left_over._execute()
        self.assertEqual((left_over.state, check.broken), ("done", False))
        self.assertEqual(self.env["sbo.finding"].search([("check_id", "=", check.id)]), findings)
        self.assertFalse(findings.filtered("closed_at"))
