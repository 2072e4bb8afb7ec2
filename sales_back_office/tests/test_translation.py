import io
import re
from pathlib import Path

import polib
from lxml import etree, html
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools.translate import trans_export

from .assessment_common import AssessmentCommon

ADDON = "sales_back_office"
CHINESE = "zh_CN"
I18N = Path(__file__).parents[1] / "i18n"
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[a-z]|%%|\[X\]|\{\w*\}|</?\w[^>]*>")
# What may stay Latin in Chinese words: units and formats, and names of fields and codes (with _ or dots).
LATIN = re.compile(r"[A-Za-z]{2,}")
KEPT = re.compile(r"\w+[_.][\w.]+|(?<![A-Za-z])(?:PDF|XLSX|Excel|ID|Odoo|Font Awesome|fa-tasks)(?![A-Za-z])")
SHOWN = ("string", "placeholder", "title", "help", "confirm", "sum", "avg")
VIEWS = ("form", "list", "kanban", "search")


def latin(text):
    """The Latin words of a text that a Chinese reader should not meet."""
    return LATIN.findall(KEPT.sub("", text or ""))


@tagged("post_install", "-at_install")
class TestTranslation(AssessmentCommon):
    """The addon speaks Chinese everywhere: no term untranslated, no value lost, no English left on a screen."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang(CHINESE)
        cls.env["ir.module.module"]._load_module_terms([ADDON], [CHINESE], overwrite=True)
        (cls.clerk + cls.supervisor + cls.manager).lang = CHINESE
        cls.zh = cls.env(context=dict(cls.env.context, lang=CHINESE))
        cls.po = {entry.msgid: entry for entry in polib.pofile(str(I18N / f"{CHINESE}.po"))}
        cls.pot = {entry.msgid for entry in polib.pofile(str(I18N / f"{ADDON}.pot"))}

    def _zh(self, user):
        return self.env(user=user, context=dict(self.env.context, lang=CHINESE))

    # === the files === #

    def _exported(self):
        buffer = io.BytesIO()
        trans_export(None, [ADDON], buffer, "po", self.env)
        return [entry for entry in polib.pofile(buffer.getvalue().decode()) if not self._set_aside(entry)]

    def _set_aside(self, entry):
        """Not ours to translate: Odoo's own labels, and the demo records."""
        return self._from_odoo(entry) or all("_demo_" in place for place, _line in entry.occurrences)

    def _from_odoo(self, entry):
        """Labels of messages, activities, ratings: which ones a model has hangs on the modules installed."""
        names = "|".join(self._fields_of_odoo())
        return all(
            re.search(rf"model:ir\.model\.fields,\w+:{ADDON}\.field_\w+?__({names})$", place)
            for place, _line in entry.occurrences
        )

    def _fields_of_odoo(self):
        return {name for mixin in ("mail.thread", "mail.activity.mixin") for name in self.env[mixin]._fields}

    def test_template_and_translation_are_complete(self):
        terms = {entry.msgid for entry in self._exported()}
        self.assertGreater(len(terms), 800)
        forgotten = sorted(terms - self.pot)
        self.assertFalse(forgotten[:5], f"{len(forgotten)} terms are not in the .pot: run ./dev pot")
        untold = sorted(term for term in terms if term not in self.po or not self.po[term].msgstr)
        self.assertFalse(untold[:5], f"{len(untold)} terms are not in Chinese: run ./dev pot and translate them")
        fuzzy = sorted(term for term in terms if "fuzzy" in self.po[term].flags)
        self.assertFalse(fuzzy[:5], "terms whose translation is only guessed")

    def test_no_terms_of_the_past(self):
        terms = {entry.msgid for entry in self._exported()}
        gone = sorted(
            entry.msgid
            for entry in self.po.values()
            if entry.msgid not in terms and not self._set_aside(entry)
        )
        self.assertFalse(gone[:5], f"{len(gone)} terms are used no more: run ./dev pot")
        self.assertEqual(set(self.po), self.pot, "the .po does not follow the .pot: run ./dev pot")

    def test_values_and_tags_come_through(self):
        for entry in self.po.values():
            with self.subTest(entry.msgid):
                self.assertEqual(
                    sorted(PLACEHOLDER.findall(entry.msgid)), sorted(PLACEHOLDER.findall(entry.msgstr))
                )

    # === the screens === #

    def _models(self):
        """Our models that people see: with an access right of their own."""
        return [
            self.zh[name]
            for name in self.zh.registry
            if name.startswith("sbo.") and not self.zh[name]._abstract and self.zh[name]._auto
        ]

    def test_no_english_in_our_views(self):
        views = self.zh["ir.ui.view"].search([("model", "=like", "sbo.%"), ("type", "in", VIEWS)])
        self.assertGreater(len(views), 20)
        for view in views:
            arch = etree.fromstring(self.zh[view.model].get_view(view.id, view.type)["arch"])
            shown = [node.text for node in arch.iter() if isinstance(node.tag, str)]
            shown += [node.tail for node in arch.iter()]
            shown += [node.get(name) for node in arch.iter() if isinstance(node.tag, str) for name in SHOWN]
            with self.subTest(view.key or view.name):
                self.assertEqual([], [word for text in shown for word in latin(text)])

    def test_no_english_in_our_fields(self):
        for model in self._models():
            names = set(model._fields) - self._fields_of_odoo()
            for name, field in model.fields_get(names, attributes=["string", "help", "selection"]).items():
                selection = field.get("selection") or []
                shown = [field["string"], field.get("help"), *(label for _value, label in selection)]
                with self.subTest(f"{model._name}.{name}"):
                    self.assertEqual([], [word for text in shown for word in latin(text)])

    def test_screens_of_the_desk(self):
        arch = self._zh(self.supervisor)["sbo.finding"].get_view(
            self.env.ref(f"{ADDON}.sbo_finding_view_form").id, "form"
        )["arch"]
        for word in ("确认", "豁免…", "申辩…", "证据"):
            self.assertIn(word, arch)
        states = self.zh["sbo.finding"].fields_get(["state"])["state"]["selection"]
        self.assertEqual([label for _value, label in states], ["待确认", "已确认", "申辩中", "已豁免"])
        order = self._zh(self.clerk)["sale.order"].get_view(view_type="form")["arch"]
        self.assertIn("查看发现项", order)
        self.assertIn("发现项", order)

    def test_menus(self):
        root = self.env.ref(f"{ADDON}.sbo_menu_root")
        menus = self.zh["ir.ui.menu"].with_context(**{"ir.ui.menu.full_list": True}).search(
            [("id", "child_of", root.id)]
        )
        self.assertIn("工作台", menus.mapped("name"))
        for menu in menus:
            with self.subTest(menu.complete_name):
                self.assertEqual([], latin(menu.name))
                self.assertEqual([], latin(menu.action.name if menu.action else ""))

    # === the words of the records that come along === #

    def test_checks_and_standard(self):
        for record in self.zh["sbo.check"].search([("id", "in", self._shipped("sbo.check"))]):
            with self.subTest(record.code):
                self.assertEqual([], latin(record.name) + latin(record.description) + latin(record.parameter_label))
        standard = self.zh.ref(f"{ADDON}.sbo_standard")
        self.assertEqual(standard.name, "销售内勤考核标准")
        self.assertEqual(
            standard.section_ids.mapped("name"),
            ["客户信息管理", "订单处理", "销售数据统计与分析", "销售支持", "库存管理", "文档管理"],
        )
        self.assertEqual(standard.grade_ids.sorted("min_score")[-1].name, "A 优秀")
        rules = standard.section_ids.criterion_ids.rule_ids
        late = rules.filtered(lambda rule: rule.code == "B1.2")
        self.assertEqual(late.text, "收到订单后 4 个工作小时内未录入")
        for part in (*standard.section_ids, *standard.section_ids.criterion_ids, *rules):
            with self.subTest(part.code):
                self.assertEqual([], latin(part.name))

    def _shipped(self, model):
        return self.env["ir.model.data"].search([("module", "=", ADDON), ("model", "=", model)]).mapped("res_id")

    # === sentences made in the code === #

    def test_refusal(self):
        finding = self._finding("A1.1", "2026-03-10 10:00", state="candidate")
        with self.assertRaisesRegex(UserError, "才能对“.*”提出申辩"):
            self._zh(self.supervisor)["sbo.finding"].browse(finding.id).action_dispute("不属实")

    def test_evidence(self):
        finding = self._finding("A1.1", "2026-03-10 10:00")
        finding.sudo().evidence = {"promised": "2026-03-02", "days_late": 3, "price": 10.5}
        words = self.zh["sbo.evidence"]._as_text(finding.with_env(self.zh))
        self.assertIn("承诺交期", words)
        self.assertIn("逾期天数", words)
        labels = self.zh["sbo.evidence"]._labels().values()
        self.assertEqual([], [word for label in labels for word in latin(str(label))])

    def test_nightly_mail(self):
        finding = self._finding("A1.1", "2026-03-10 10:00", state="candidate")
        finding.check_id.with_context(lang=CHINESE).name = "客户信息错误"
        people = {self.clerk.id: {"new": finding.ids, "escalated": []}}
        before = self.env["mail.mail"].search([])
        self.env["sbo.finding.notice"]._send_mails(self.clerk, people, self.company)
        mail = self.env["mail.mail"].search([]) - before
        self.assertEqual(mail.subject, "销售内勤：新增 1 个发现项，另有 0 个逾期项上报给您")
        for word in (f"{self.clerk.name}，您好：", "昨晚", "检查规则", "客户信息错误", "责任人", "查看发现项"):
            self.assertIn(word, mail.body_html)

    def test_period_has_the_year_first(self):
        sheet = self._run()
        self.assertEqual(sheet.with_env(self.zh)._period_label(), "2026年3月")
        self.assertEqual(sheet.with_context(lang="en_US")._period_label(), "March 2026")

    def test_papers(self):
        """The scorecard by the shipped standard, read as people see it: no English but names."""
        standard = self.env.ref(f"{ADDON}.sbo_standard").copy({"name": "考核标准"})
        standard.action_use()
        self.checks["A1.1"].write({"code": "test_order_entry"})
        self.checks["A1.1"].with_context(lang=CHINESE).name = "订单录入错误"
        self._finding("A1.1", "2026-03-10 10:00")
        (self.clerk + self.clerk2).name = "张三"
        self.company.name = "晨光公司"
        sheets = self._run(standard=standard, users=self.clerk + self.clerk2)
        for report in ("sbo_scorecard", "sbo_ranking"):
            rendered, _kind = self._zh(self.manager)["ir.actions.report"]._render_qweb_html(
                f"{ADDON}.{report}", sheets.ids
            )
            page = html.fromstring(rendered)
            etree.strip_elements(page, "style", "script", "head", with_tail=False)
            text = page.text_content()
            with self.subTest(report):
                self.assertIn("张三", text)
                self.assertIn("2026年3月", text)
                self.assertIn("绩效考核", text)
                self.assertEqual([], latin(text))
