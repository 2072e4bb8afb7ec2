from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .assessment_common import AssessmentCommon


@tagged("post_install", "-at_install")
class TestStandard(AssessmentCommon):
    """A version in use stays as it is; 100 points, no more and no less."""

    def test_shipped_standard(self):
        shipped = self.env.ref("sales_back_office.sbo_standard")
        points = {section.code: section.points for section in shipped.section_ids}
        self.assertEqual(points, {"A": 20, "B": 30, "C": 15, "D": 15, "E": 10, "F": 10})
        self.assertEqual(shipped.points_total, 100)
        self.assertFalse(shipped.warning, "every rule has its check")
        self.assertEqual(
            [(grade.min_score, grade.coefficient) for grade in shipped.grade_ids],
            [(90, 1.2), (80, 1.0), (60, 0.8), (0, 0.5)],
        )
        codes = set(shipped.rule_ids.mapped("code"))
        self.assertTrue({"A1.1", "A1.2", "A1.3", "B1.1", "B2.3", "C1.1", "D3.4", "E4.2", "F4.2"} <= codes)
        self.assertEqual(shipped.rule_ids.filtered(lambda r: r.code == "B2.3").check_code, "delivery_late")
        self.assertEqual({rule.cap for rule in shipped.rule_ids if rule.kind == "delay_hour"}, {3})

    def test_version_in_use_is_frozen_for_everybody(self):
        standard = self.standard
        rule, criterion = standard.rule_ids[0], standard.criterion_ids[0]
        attempts = (
            (standard, {"name": "Another"}),
            (standard, {"min_days": 0}),
            (standard, {"state": "draft"}),
            (standard.section_ids[0], {"name": "Another"}),
            (criterion, {"points": 99}),
            (rule, {"points": 99}),
            (rule, {"check_code": "other"}),
            (standard.grade_ids[0], {"min_score": 1}),
        )
        for user in (self.manager, self.env.ref("base.user_root")):
            for record, vals in attempts:
                with self.subTest(user=user.login, vals=vals), self.assertRaises(UserError):
                    record.with_user(user).write(vals)
        for record in (standard, rule, criterion, standard.section_ids[0], standard.grade_ids[0]):
            with self.assertRaisesRegex(UserError, "Make a new version"):
                record.with_user(self.manager).unlink()
        with self.assertRaisesRegex(UserError, "Make a new version"):
            self.env["sbo.standard.rule"].create({"criterion_id": criterion.id, "code": "X", "name": "X"})

    def test_words_of_a_frozen_version_may_be_translated(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        rule = self.standard.rule_ids[0].with_user(self.manager)
        rule.update_field_translations("name", {"zh_CN": "规则"})
        self.assertEqual(rule.with_context(lang="zh_CN").name, "规则")
        with self.assertRaisesRegex(UserError, "Make a new version"):
            rule.update_field_translations("name", {"en_US": "Another rule"})

    def test_new_version(self):
        action = self.standard.with_user(self.manager).action_new_version()
        second = self.env["sbo.standard"].browse(action["res_id"])
        self.assertEqual((second.version, second.state, second.name), (2, "draft", self.standard.name))
        self.assertEqual(len(second.rule_ids), len(self.standard.rule_ids))
        self.assertEqual(second.rule_ids.origin_id, self.standard.rule_ids)
        second.criterion_ids[0].points = 11
        with self.assertRaisesRegex(ValidationError, "101 points"):
            second.with_user(self.manager).action_use()
        second.criterion_ids[0].points = 10
        second.with_user(self.manager).action_use()
        self.assertEqual((second.state, self.standard.state), ("in_use", "retired"))
        third = self.env["sbo.standard"].browse(second.with_user(self.manager).action_new_version()["res_id"])
        self.assertEqual((third.version, third.rule_ids.origin_id), (3, self.standard.rule_ids))

    def test_grades_reach_down_to_zero(self):
        other = self._standard("Other")
        other.grade_ids.filtered(lambda grade: grade.min_score == 0).unlink()
        with self.assertRaisesRegex(ValidationError, "grades"):
            other.action_use()

    def test_rule_without_a_check_is_a_warning_not_an_error(self):
        other = self._standard("Other")
        other.rule_ids[0].check_code = "not_yet_there"
        self.assertIn(other.rule_ids[0].code, other.warning)
        other.action_use()

    def test_only_a_manager_keeps_standards(self):
        for user in (self.clerk, self.supervisor, self.auditor):
            with self.assertRaises(AccessError):
                self.env["sbo.standard"].with_user(user).create({"name": "Mine"})
            with self.assertRaises(UserError):
                self.standard.with_user(user).action_retire()

    def test_text_shows_the_parameter(self):
        rule = self._standard("Other").rule_ids[0]
        rule.write({"parameter": 98.5, "parameter_unit": "percent"})
        self.assertEqual(rule.text, "Rule A1.1 within 98.5%")

    def test_own_standard_of_a_company_comes_first(self):
        own = self._standard("Own", company_id=self.company.id)
        own.action_use()
        current = self.env["sbo.standard"]._get_current
        self.assertEqual((current(self.company), current(self.company2)), (own, self.standard))

    def test_draft_standard_is_no_standard(self):
        with self.assertRaisesRegex(UserError, "not in use"):
            self._run(standard=self._standard("Draft"))
