import base64
import io

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from openpyxl import load_workbook

from .common import at
from .common_contracts_schedule import SboScheduleCommon
from .counted import counted

SUMS = ("ordered", "delivered", "invoiced", "received", "receivable")


@tagged("post_install", "-at_install")
class TestContractSchedule(SboScheduleCommon):
    """The register as people look at it: sums, documents behind them, papers, who sees what, what it costs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contracts = cls.env["sbo.contract"]
        for number in range(3):
            contract = cls._contract(5000)
            order = cls._under(contract, 5, 1000)
            cls._ship(order, number + 1)
            invoice = cls._invoice(order)
            cls._pay(invoice, 1000 + number)
            cls.contracts |= contract

    def _action_records(self, action, user=None):
        env = self.env(user=user or self.clerk)
        return env[action["res_model"]].with_context(**action["context"]).search(action["domain"])

    # === sums and documents === #

    def test_sums_of_the_register_are_those_of_the_documents(self):
        rows = self._row(self.contracts)
        lines = self.contracts.order_ids.order_line
        invoices = lines.invoice_lines.move_id
        self.assertEqual(sum(rows.mapped("ordered")), sum(self.contracts.order_ids.mapped("amount_total")))
        self.assertEqual(sum(rows.mapped("delivered")), sum(line.qty_delivered * 1000 for line in lines))
        self.assertEqual(sum(rows.mapped("invoiced")), sum(invoices.mapped("amount_total")))
        self.assertEqual(sum(rows.mapped("receivable")), sum(invoices.mapped("amount_residual")))
        [(found,)] = self.env["sbo.contract.figure"]._read_group(
            [("id", "in", self.contracts.ids)], [], ["received_company:sum"])
        self.assertEqual(found, 3003)

    def test_every_figure_opens_its_documents(self):
        row = self._row(self.contracts[1])
        self.assertEqual(self._action_records(row.action_schedule_orders()), self.contracts[1].order_ids)
        self.assertEqual(
            self._action_records(row.action_schedule_deliveries()), self.contracts[1].order_ids.picking_ids)
        invoices = self._action_records(row.action_schedule_invoices())
        self.assertEqual(sum(invoices.mapped("amount_total")), row.invoiced)
        self.assertEqual(self._action_records(row.action_schedule_due()), invoices)
        self.assertEqual(self._action_records(row.action_schedule_rest()), self.contracts[1].order_ids)
        receipts = self._action_records(row.action_schedule_receipts())
        self.assertEqual((sum(receipts.mapped("amount")), receipts.invoice_id), (row.received, invoices))
        self.assertEqual(row.action_open_contract()["res_id"], self.contracts[1].id)
        contract = self.contracts[1].with_user(self.clerk)
        self.assertEqual((contract.received_amount, contract.rest_amount), (1001, 3000))
        self.assertEqual(contract.action_schedule_card()["res_id"], contract.id)
        self.assertEqual(self._action_records(contract.action_schedule_orders()), contract.order_ids)

    def test_receipts_that_wait_for_an_invoice(self):
        contract = self.contracts[0]
        self._allot(self._payment(700), self._under(contract, 1))
        row = self._row(contract)
        receipts = self._action_records(row.action_schedule_receipts())
        self.assertEqual((sum(receipts.mapped("amount")), row.received), (1700, 1700))
        self.assertEqual(len(receipts.filtered(lambda receipt: not receipt.invoice_id)), 1)
        opened = receipts.filtered("entry_id").with_user(self.accountant).action_open_entry()
        self.assertIn(opened["res_model"], ("account.payment", "account.move"))
        self.assertEqual(receipts.filtered(lambda item: not item.entry_id).action_open_entry()["res_model"],
                         "sbo.contract.figure")

    def test_found_sorted_and_grouped_by_figures(self):
        figures = self.env["sbo.contract.figure"].with_user(self.clerk)
        mine = [("id", "in", self.contracts.ids)]
        self.assertEqual(figures.search([*mine, ("delivered", ">", 1000)], order="delivered desc").ids,
                         [self.contracts[2].id, self.contracts[1].id])
        self.assertFalse(figures.search([*mine, ("overdue", "<", 0)]))
        groups = figures.formatted_read_group(mine, ["user_id"], ["delivered_company:sum", "__count"])
        self.assertEqual((groups[0]["delivered_company:sum"], groups[0]["__count"]), (6000, 3))

    def test_the_screens_load(self):
        for view in ("list", "form", "pivot", "graph", "search"):
            self.env["sbo.contract.figure"].with_user(self.clerk).get_view(view_type=view)
        for model in ("sbo.contract.update", "sbo.contract.receipt", "sbo.contract.summary"):
            self.env[model].get_view(view_type="list")

    # === obligations === #

    def test_money_and_goods_fill_the_obligations(self):
        contract = self._contract(10000, milestone_ids=[
            Command.create({"name": name, "kind": kind, "due_on": due, **vals}) for name, kind, due, vals in (
                ("Deposit", "payment", "2026-03-01", {"amount": 3000}),
                ("Rest", "payment", "2026-06-01", {"amount": 7000}),
                ("First five", "delivery", "2026-04-01", {"product_id": self.product.id, "quantity": 5}),
                ("Last five", "delivery", "2026-05-01", {"product_id": self.product.id, "quantity": 5}),
                ("Training", "other", "2026-04-15", {}))])
        plan = contract.milestone_ids.sorted("id")
        day = {"sbo_as_of": at("2026-04-10 12:00")}
        self.assertEqual(self._figures(contract, "next_milestone_id", "plan_due", "plan_short", **day),
                         [plan[0], 3000, 3000])
        order = self._under(contract)
        order.date_order = at("2026-02-02 09:00")
        self._allot(self._payment(4000, date="2026-03-20"), order)
        picking = self._ship(order, 6)
        picking.date_done = picking.move_ids.date = at("2026-04-05 09:00")
        row = self._row(contract, **day)
        self.assertEqual((row.next_milestone_id, row.next_due_on, row.plan_short), (plan[4], plan[4].due_on, 0))
        self.assertEqual(row.delivery_due_on, plan[3].due_on)
        items = plan.with_user(self.clerk).with_context(**day)
        items.invalidate_recordset()
        self.assertEqual(items.mapped("progress"), ["done", "part", "done", "part", "open"])
        self.assertEqual(items.mapped("reached"), [3000, 1000, 5, 1, 0])
        self.assertEqual(items.search([("progress", "=", "part"), ("contract_id", "=", contract.id)]),
                         items[1] | items[3])
        late = items.with_context(sbo_as_of=at("2026-05-02 12:00"))
        self.assertEqual(late.mapped("progress"), ["done", "part", "done", "late", "late"])
        plan[4].with_user(self.clerk).action_done("2026-04-08")
        self.assertEqual(self._figures(contract, "next_milestone_id", **day), plan[3])

    def test_not_fulfilled_with_goods_and_money_open(self):
        contract = self._contract(10000, milestone_ids=[
            Command.create({"name": "Deposit", "kind": "payment", "due_on": "2026-03-01", "amount": 3000})])
        order = self._under(contract)
        fulfil = contract.with_user(self.clerk).action_fulfil

        def refused():
            self.env.invalidate_all()
            with self.assertRaises(UserError) as caught:
                fulfil()
            return str(caught.exception)

        text = refused()
        self.assertIn("Obligations are open: Deposit.", text)
        self.assertIn(f"Not delivered in full: {order.name}.", text)
        self.assertNotIn("Money", text)
        self._ship(order, 10)
        text = refused()
        self.assertNotIn("Not delivered", text)
        self.assertIn("Money is still to come", text)
        self._allot(self._payment(9000), order)
        self.assertRegex(refused(), "fulfilled: Money is still to come: .*1,000.00")
        self._allot(self._payment(1000), order)
        self.env.invalidate_all()
        fulfil()
        self.assertEqual(contract.state, "fulfilled")

    def test_retention_money_may_be_out_when_it_is_fulfilled(self):
        contract = self._contract(10000, retention_amount=1000, retention_due_on="2027-03-01", milestone_ids=[
            Command.create({"name": "Rest", "kind": "payment", "due_on": "2027-03-01", "amount": 1000})])
        order = self._under(contract)
        self._ship(order, 10)
        self._allot(self._payment(9000), order)
        contract.with_user(self.clerk).action_fulfil()
        self.assertEqual(contract.state, "fulfilled")

    def test_what_is_met_is_noted_by_night_and_taken_back(self):
        contract = self._contract(10000, milestone_ids=[
            Command.create({"name": "Deposit", "kind": "payment", "due_on": "2026-03-01", "amount": 3000})])
        deposit = contract.milestone_ids
        payment = self._payment(3000)
        self._allot(payment, self._under(contract))
        deposit.with_user(self.clerk).action_done()
        self.assertEqual((deposit.done_on, deposit.done_by_id.id), (self.company._sbo_today(), False), "met by money")
        deposit.with_user(self.clerk).action_undone()
        deposit._meet()
        self.assertEqual((deposit.done_on, deposit.done_by_id.id), (self.company._sbo_today(), False))
        payment.action_reject()
        self.env.invalidate_all()
        self.assertEqual(deposit.progress, "late")
        deposit._meet()
        self.assertFalse(deposit.done_on)

    def test_risk_is_the_highest_open_flag(self):
        contract = self.contracts[0]
        self.assertEqual(self._figures(contract, "risk_level", "risk_count"), [False, 0])
        stale = self.env.ref("sales_back_office.sbo_check_contract_schedule_stale")
        court, bill = (self.env.ref(f"sales_back_office.sbo_check_contract_{name}")
                       for name in ("customer_litigation", "bill_bounced"))
        findings = self.env["sbo.finding"].create([{
            "check_id": check.id, "res_model": "sbo.contract", "res_id": contract.id, "key": key, "severity": level,
            "area": "contracts", "opened_at": "2026-03-01", "due_at": "2026-03-01", "company_id": self.company.id}
            for check, key, level in ((court, "a", "1"), (bill, "b", "4"), (stale, "c", "4"))])
        self.env.cr.execute("UPDATE sbo_finding SET severity = %s WHERE id = %s", ["1", findings[0].id])
        self.env.cr.execute("UPDATE sbo_finding SET severity = %s WHERE id = %s", ["4", findings[1].id])
        self.assertEqual(self._figures(contract, "risk_level", "risk_count"), ["4", 2])
        self.env.cr.execute("UPDATE sbo_finding SET state = 'waived' WHERE id = %s", [findings[1].id])
        self.assertEqual(self._figures(contract, "risk_level", "risk_count"), ["1", 1])

    # === papers === #

    def test_the_paper_and_the_workbook_say_the_same(self):
        rows = self._row(self.contracts)
        html = self.env["ir.actions.report"].with_user(self.clerk)._render_qweb_html(
            "sales_back_office.sbo_contract_schedule", rows.ids)[0].decode()
        for words in ("Contract Performance Schedule", "Page 1 / 1", "Prepared by", self.contracts[2].name, "3,003.00"):
            self.assertIn(words, html)
        action = rows.action_export()
        export = self.env["sbo.contract.export"].search([], limit=1, order="id desc")
        self.assertIn(f"/{export.id}/workbook", action["url"])
        sheet = load_workbook(io.BytesIO(base64.b64decode(export.workbook))).active
        self.assertEqual(sheet.freeze_panes, "C5")
        header = [cell.value for cell in sheet[4]]
        received = header.index("Received Amount") + 1
        values = {sheet.cell(5 + at, 1).value: sheet.cell(5 + at, received).value for at in range(3)}
        self.assertEqual(values, {row.contract_id.name: row.received for row in rows})
        self.assertEqual(sheet.cell(8, header.index("Received Amount") + 1).value, 3003)

    def test_a_long_register_is_several_numbered_pages(self):
        schedule = self.env["report.sales_back_office.sbo_contract_schedule"]
        table = schedule._get_table(self._row(self.contracts))
        pages = schedule._get_pages({**table, "rows": table["rows"] * 9})
        self.assertEqual([(page["number"], page["of"], len(page["rows"]), bool(page["totals"])) for page in pages],
                         [(1, 3, 12, False), (2, 3, 12, False), (3, 3, 3, True)])
        self.assertEqual(len(schedule._get_pages({**table, "rows": []})), 1)

    def test_the_total_of_two_currencies_is_in_that_of_the_company(self):
        foreign = self._contract(100, currency_id=self.coin.id)
        schedule = self.env["report.sales_back_office.sbo_contract_schedule"]
        table = schedule._get_table(self._row(self.contracts[:1] | foreign))
        self.assertEqual(table["totals"]["contracted"], 5800)
        sheet = load_workbook(io.BytesIO(schedule._get_workbook([table]))).active
        header = [cell.value for cell in sheet[4]]
        at_company = header.index(f"Contracted {self.company.currency_id.name}") + 1
        self.assertEqual([sheet.cell(line, at_company).value for line in (5, 6, 7)], [5000, 800, 5800])

    def test_prints(self):
        with self.allow_pdf_render():
            content, kind = self.env["ir.actions.report"].with_context(force_report_rendering=True)._render_qweb_pdf(
                "sales_back_office.sbo_contract_schedule_report", self._row(self.contracts).ids)
        self.assertEqual((content[:4], kind), (b"%PDF", "pdf"))

    # === who sees what, and what it costs === #

    def test_who_sees_the_schedule(self):
        other = self._contract(partner_id=self._customer("Of Nobody").id, user_id=self.manager.id)
        every = self.contracts | other
        for user, seen in ((self.clerk, every), (self.auditor, every), (self.accountant, every),
                           (self.salesperson, self.contracts)):
            for model in ("sbo.contract.figure", "sbo.contract.receipt"):
                rows = self.env[model].with_user(user).search([])
                column = "contract_id" if model == "sbo.contract.receipt" else "id"
                expected = self.contracts if model == "sbo.contract.receipt" else seen
                found = rows.contract_id if column == "contract_id" else self.env["sbo.contract"].browse(rows.ids)
                self.assertEqual(found.with_env(self.env) & every, expected, f"{user.login} {model}")
        with self.assertRaises(AccessError):
            self.env["sbo.contract.figure"].with_user(self.outsider).search([])
        strangers = self.env["sbo.contract.figure"].with_user(self.company2_clerk).search([])
        self.assertFalse(set(strangers.ids) & set(every.ids))
        with self.assertRaises(AccessError):
            self.env["sbo.contract.figure"].with_user(self.salesperson).browse(other.id).read(["received"])
        for user in (self.clerk, self.manager):
            with self.assertRaises(AccessError):
                self.env["sbo.contract.figure"].with_user(user).browse(other.id).unlink()

    def test_as_many_queries_for_ten_times_the_contracts(self):
        few, counts = self.contracts[:1], []
        many = few | self.env["sbo.contract"].union(*(self._contract() for _n in range(10)))
        for contracts in (few, many):
            self._list(contracts)
            with counted(self.env) as statements:
                self._list(contracts)
            counts.append(len(statements))
        self.assertEqual(counts[0], counts[1])
        self.assertLessEqual(counts[1], 25)

    def test_the_paper_costs_the_same_for_ten_times_the_contracts(self):
        schedule, counts = self.env["report.sales_back_office.sbo_contract_schedule"].with_user(self.clerk), []
        many = self.contracts[:1] | self.env["sbo.contract"].union(*(self._contract() for _n in range(10)))
        for contracts in (many[:1], many[:1], many):
            with counted(self.env) as statements:
                schedule._get_table(self.env["sbo.contract.figure"].with_user(self.clerk).browse(contracts.ids))
            counts.append(len(statements))
        self.assertEqual(counts[1], counts[2])

    def _list(self, contracts):
        figures = self.env["sbo.contract.figure"].with_user(self.clerk)
        shown = figures.get_view(self.env.ref("sales_back_office.sbo_contract_figure_view_list").id, "list")
        names = shown["models"]["sbo.contract.figure"]
        specification = {name: {"fields": {"display_name": {}}} if figures._fields[name].relational else {}
                         for name in names if name in figures._fields}
        return figures.web_search_read([("id", "in", contracts.ids)], specification, limit=80)


@tagged("post_install", "-at_install")
class TestContractScheduleUpdated(SboScheduleCommon):
    """The monthly look through the schedule, and who forgot it."""

    @classmethod
    def _contract(cls, *args, entered="2026-01-05 09:00", **vals):
        """Entered on that day."""
        contract = super()._contract(*args, **vals)
        cls.env.flush_all()
        cls.env.cr.execute("UPDATE sbo_contract SET create_date = %s WHERE id = %s", [at(entered), contract.id])
        return contract

    def _stale(self, moment, contracts):
        """{contract: [(month, open)]} as the nightly check finds it at a Shanghai moment."""
        check = self.env.ref("sales_back_office.sbo_check_contract_schedule_stale")
        check._run(as_of=at(moment), companies=self.company, ids=contracts.ids)
        findings = self.env["sbo.finding"].search([("check_id", "=", check.id), ("res_id", "in", contracts.ids)])
        return sorted((finding.res_id, finding.key, not finding.closed_at, finding.user_id) for finding in findings)

    def _updated(self, contract, moment):
        update = self.env["sbo.contract.update"].with_user(self.clerk).create(
            {"contract_id": contract.id, "remark": "All well"})
        self.env.flush_all()
        self.env.cr.execute("UPDATE sbo_contract_update SET updated_at = %s WHERE id = %s", [at(moment), update.id])
        self.env.invalidate_all()
        return update

    def test_a_clerk_notes_the_schedule_as_updated(self):
        contract = self._contract()
        self._pay(self._invoice(self._under(contract)), 2500)
        action = contract.with_user(self.clerk).action_schedule_update()
        wizard = self.env[action["res_model"]].with_user(self.clerk).with_context(**action["context"]).create(
            {"remark": "Rest promised"})
        wizard.action_apply()
        update = contract.update_ids
        self.assertEqual((update.user_id, update.remark, update.received, update.figures["invoiced"]),
                         (self.clerk, "Rest promised", 2500, 10000))
        self.assertEqual(self._figures(contract, "updated_at"), update.updated_at)
        with self.assertRaises(UserError):
            update.with_user(self.clerk).sudo().write({"remark": "Other"})
        with self.assertRaises(UserError):
            update.sudo().unlink()

    def test_a_past_day_on_the_screen_is_not_noted(self):
        contract = self._contract()
        self._pay(self._invoice(self._under(contract)), 2500)
        update = self.env["sbo.contract.update"].with_user(self.clerk).with_context(
            sbo_as_of="2020-01-01 00:00:00").create({"contract_id": contract.id})
        self.assertEqual(update.received, 2500)

    def test_nobody_claims_another_day_or_name(self):
        contract = self._contract()
        update = self.env["sbo.contract.update"].with_user(self.clerk).create({
            "contract_id": contract.id, "updated_at": "2026-01-31", "user_id": self.clerk2.id, "period": "2026-01",
            "figures": {"received": 1}})
        self.assertEqual((update.user_id, update.figures["received"]), (self.clerk, 0))
        self.assertGreater(update.updated_at, at("2026-02-01 00:00"))
        with self.assertRaises(AccessError):
            self.env["sbo.contract.update"].with_user(self.salesperson).create({"contract_id": contract.id})
        contract.state = "fulfilled"
        with self.assertRaisesRegex(UserError, "not in force"):
            self.env["sbo.contract.update"].with_user(self.clerk).create({"contract_id": contract.id})

    def test_a_month_without_an_update_is_found(self):
        kept, forgotten = self._contract(), self._contract()
        young = self._contract()
        young.signed_on = "2026-02-25"
        draft = self._contract()
        draft.state = "draft"
        self._updated(kept, "2026-02-27 17:59")
        contracts = kept | forgotten | young | draft
        self.assertEqual([item for item in self._stale("2026-02-27 17:00", contracts) if item[1] == "2026-02"], [])
        found = [item for item in self._stale("2026-02-27 18:01", contracts) if item[1] == "2026-02"]
        self.assertEqual(found, [(forgotten.id, "2026-02", True, self.clerk)])

    def test_nobody_looks_through_what_was_entered_later(self):
        contract = self._contract(entered="2026-03-02 09:00")
        found = {item[1] for item in self._stale("2026-04-01 09:00", contract)}
        self.assertEqual(found, {"2026-03"})

    def test_a_late_update_ends_it(self):
        contract = self._contract()
        self._stale("2026-03-01 09:00", contract)
        self._updated(contract, "2026-03-02 09:00")
        found = {item[1]: item[2] for item in self._stale("2026-03-03 09:00", contract)}
        self.assertEqual(found, {"2026-01": False, "2026-02": False})
        found = {item[1]: item[2] for item in self._stale("2026-04-01 09:00", contract)}
        self.assertNotIn("2026-03", found, "it counts for March as well")
        found = {item[1]: item[2] for item in self._stale("2026-05-01 09:00", contract)}
        self.assertTrue(found["2026-04"])
