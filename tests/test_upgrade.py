"""A filled database of the release before comes up with the new addon, every row and figure as it was.

The release is taken out of git's history (devkit/releases.py); what people did with it is in upgrade_fill*.py.
"""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from test_install import LEFTOVERS, UNINSTALL, sell
from upgrade_figures import FIGURES

from devkit import releases
from devkit.console import Missing
from devkit.settings import ROOT

FROM = "19.0.1.3.0"
ADDON = "sales_back_office"
# core tables that people's work is in: an upgrade has no business with any of their values
CORE = ("account_move", "account_move_line", "account_payment", "account_payment_term", "crm_team", "mail_activity",
        "mail_message", "product_template", "res_company", "res_groups_users_rel", "res_partner", "res_partner_bank",
        "res_users", "resource_calendar", "resource_calendar_leaves", "sale_order", "sale_order_line", "stock_move",
        "stock_picking")
WIZARDS = """SELECT replace(model, '.', '_') FROM ir_model WHERE transient
              UNION SELECT r.name FROM ir_model_relation r JOIN ir_model m ON m.id = r.model WHERE m.transient"""
# what later releases change on purpose: checks that look for themselves now
AUTOMATED = {
    "document_filing_late", "backup_missing", "audit_material_late", "audit_material_missing",
    "document_loan_not_chased", "document_lost_or_disclosed"}
# they ask for what could not be noted before, and look from the day of the upgrade on
FROM_TODAY = {"document_filing_late"}
WHERE_AND_HOW = {
    "kind", "model_id", "method", "domain", "parameter", "parameter_label", "unit", "responsible_path",
    "target_model_id", "target_user_path", "description", "default_cause", "look_from"}
STAMPS = {"write_date", "write_uid"}
FILL = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); from upgrade_fill import fill; fill(env)"
COLUMNS = """
    SELECT c.table_name, array_agg(c.column_name::text ORDER BY c.ordinal_position)
      FROM information_schema.columns c
      JOIN information_schema.tables t USING (table_schema, table_name)
     WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'
       AND (c.table_name LIKE 'sbo\\_%%' OR c.table_name = ANY(%s)) GROUP BY c.table_name"""
# what was agreed and bid for long ago, entered now
OLD_PAPERS = """
from datetime import datetime, timedelta
long_ago = datetime.now().replace(microsecond=0) - timedelta(days=300)
clerk = env["res.users"].search([("login", "=", "clerk")])
customer = env["res.partner"].search([("sbo_clerk_id", "=", clerk.id), ("is_company", "=", True)], limit=1)
env["sbo.contract"].create({
    "partner_id": customer.id, "subject": "Cabinets", "amount": 1000, "state": "signed", "signed_on": long_ago.date(),
    "class_id": env["sbo.contract.class"].search([], limit=1).id})
tender = env["sbo.tender"].create({
    "project": "Town hall", "partner_id": customer.id, "submission_at": long_ago, "opening_at": long_ago})
env["sbo.tender.document"].create({
    "tender_id": tender.id, "name": "Prices", "due_on": long_ago.date(), "user_id": clerk.id})
env.cr.commit()
"""
# as of the beginning of the day: what falls due on the day of the upgrade counts, whichever day that is
NIGHT = """
env["sbo.check.run"]._plan_night(datetime.now().replace(hour=0, minute=0, second=0, microsecond=0))
env["sbo.check.run"]._cron_night()
"""
# new stored fields that are computed: {name: ids} of records where computing gives something else
COMPUTED = """
import json
wrong = {}
for model in env.values():
    for field in model._fields.values():
        if not (field.store and field.compute and field.column_type and "sales_back_office" in field._modules
                and model._table in old and field.name not in old[model._table]):
            continue
        records = model.with_context(active_test=False).search([])
        stored = {record.id: record[field.name] for record in records}
        env.add_to_compute(field, records)
        bad = [record.id for record in records if record[field.name] != stored[record.id]]
        if bad:
            wrong[str(field)] = bad
env.cr.rollback()
print(json.dumps(wrong))
"""
# what a fresh installation makes, in words that are the same in every database
MADE = {
    "columns": """SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns
                   WHERE table_schema = 'public' AND (table_name LIKE 'sbo\\_%' OR column_name LIKE 'sbo\\_%')""",
    "indexes": r"SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND indexdef LIKE '%sbo\_%'",
    "constraints": """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
                       WHERE conname LIKE '%sbo\\_%'""",
    "ids": """SELECT name, model, noupdate FROM ir_model_data
               WHERE module = 'sales_back_office' AND model <> 'ir.model.fields.selection'""",
    "models of checks": """SELECT c.code, m.model, t.model FROM sbo_check c JOIN ir_model m ON m.id = c.model_id
                           LEFT JOIN ir_model t ON t.id = c.target_model_id""",
}
SHIPPED = """SELECT t.*, d.name AS xmlid FROM "{table}" t
               JOIN ir_model_data d ON d.res_id = t.id AND d.module = 'sales_back_office' AND d.model = '{model}'"""


def shipped(odoo, database):
    """{xml id: its row without what differs from database to database} of all our records that come as data."""
    rows = {}
    models = odoo.sql(database, """SELECT DISTINCT model FROM ir_model_data
                                    WHERE module = 'sales_back_office' AND model LIKE 'sbo.%'""")
    for (model,) in models:
        query = SHIPPED.format(table=model.replace(".", "_"), model=model)
        for (row,) in odoo.sql(database, f"SELECT to_jsonb(r) FROM ({query}) r"):
            varying = [name for name in row if re.search("(^|_)(id|date|uid)$", name)]
            rows[row["xmlid"]] = {name: row[name] for name in row.keys() - varying}
    return rows


def snapshot(sql, database, columns):
    """{(table, id or row): row as texts} of these columns."""
    rows = {}
    for table, names in columns.items():
        texts = ", ".join(f'"{name}"::text' for name in names)
        for row in sql(database, f'SELECT {texts} FROM "{table}"'):
            values = dict(zip(names, row, strict=True))
            rows[table, values.get("id") or row] = values
    for (partner,) in sql(database, "SELECT partner_id::text FROM res_users"):
        # any update of a group computes the people in it again: Odoo stamps their partners, nothing else changes
        rows["res_partner", partner].update(write_date=None)
    return rows


def brought(sql, database):
    """{(table, id)} of the records that our data files have made."""
    rows = sql(database, "SELECT replace(model, '.', '_'), res_id::text FROM ir_model_data WHERE module = %s", (ADDON,))
    return set(rows)


def differences(before, after, data=()):
    """(table, id, column, old value, new value), old columns only; a row that is gone or new is one of them.

    Not so what a data file brings, and the message that Odoo writes with it.
    """
    for key in sorted(before.keys() | after.keys(), key=str):
        old, new = before.get(key), after.get(key)
        about = ((new["model"] or "").replace(".", "_"), new["res_id"]) if new and key[0] == "mail_message" else key
        if old is None and about in data and about not in before:
            continue
        if old is None or new is None:
            yield *key, None, old, new
        else:
            yield from ((*key, name, value, new[name]) for name, value in old.items() if new[name] != value)


@pytest.fixture(scope="module")
def old_release(odoo):
    """Odoo with the addon of the release before on its path."""
    path = releases.addons_path(os.environ["DEV_ADDONS_PATH"], FROM)

    def run(database, *args, code=None):
        if code:
            return odoo.shell(database, code, args=[f"--addons-path={path}"])
        return odoo.run(database, f"--addons-path={path}", *args)

    return run


@pytest.fixture(scope="module")
def copy(odoo):
    """`copy(database, word)`: a copy of it that is dropped when the module is through."""
    names = []

    def make(database, word):
        names.append(odoo.clone(database, f"{os.environ['DEV_CLONE_PREFIX']}upgrade_{word}"))
        return names[-1]

    yield make
    for name in names:
        odoo.drop(name)


@pytest.fixture(scope="module")
def filled(odoo, old_release, copy):
    """The release before, in use for some weeks."""
    name = copy(os.environ["DEV_DEMO_DEPENDENCIES"], "old")
    old_release(name, "-i", ADDON, "--with-demo")
    old_release(name, code=FILL)
    return name


@pytest.fixture(scope="module")
def untouched(odoo, old_release, copy):
    """The release before as it is shipped, without demo data, then upgraded."""
    name = copy(os.environ["DEV_BARE_DEPENDENCIES"], "plain")
    old_release(name, "-i", ADDON)
    odoo.run(name, "-u", ADDON)
    return name


@pytest.fixture(scope="module")
def upgraded(odoo, old_release, filled, copy):
    """(database, what differs, figures before, figures after, the log): the new addon over the filled one."""
    columns = dict(odoo.sql(filled, COLUMNS, (list(CORE),)))
    figures = json.loads(old_release(filled, code=FIGURES).splitlines()[-1])
    before = snapshot(odoo.sql, filled, columns)
    empty = {table for table in columns if table.startswith("sbo_")} - {table for table, _id in before}
    assert empty - {table for (table,) in odoo.sql(filled, WIZARDS)} == set(), "every table of ours has rows to compare"
    name = copy(filled, "new")
    # a company's database has no demo data: that of the new release is not to get mixed in
    odoo.sql(name, "UPDATE ir_module_module SET demo = FALSE")
    log = odoo.run(name, "-u", ADDON, "--log-level=info").stderr
    changed = list(differences(before, snapshot(odoo.sql, name, columns), brought(odoo.sql, name)))
    return name, changed, figures, json.loads(odoo.shell(name, FIGURES).splitlines()[-1]), log


def test_every_row_is_as_it_was(odoo, upgraded):
    """But for what the release is about: where and how some checks look now."""
    name, changed, *_rest = upgraded
    codes = dict(odoo.sql(name, "SELECT id::text, code FROM sbo_check"))
    checks = [item for item in changed if item[0] == "sbo_check"]
    assert {codes[row] for _table, row, *_rest in checks} == AUTOMATED
    assert {column for _table, _row, column, *_rest in checks} <= WHERE_AND_HOW | STAMPS
    assert [item for item in changed if item[0] != "sbo_check" and item[2] not in STAMPS] == []
    stamped = {item[:2] for item in changed if item[2] in STAMPS}
    assert stamped == {item[:2] for item in changed if item[2] not in STAMPS}


def test_what_people_tuned_is_as_they_left_it(odoo, upgraded):
    name, *_rest = upgraded
    tuned = odoo.sql(name, """SELECT code, name->>'en_US', severity, active, kind FROM sbo_check
                               WHERE code IN ('document_filing_late', 'backup_missing') ORDER BY code""")
    assert tuned == [
        ("backup_missing", "Backup missing", "2", False, "method"),
        ("document_filing_late", "Papers come too late", "4", True, "method"),
    ]
    by_hand = """SELECT c.code, f.res_model, f.res_id = f.user_id, f.state FROM sbo_finding f
                   JOIN sbo_check c ON c.id = f.check_id WHERE f.origin = 'manual' AND c.kind = 'method'
                    AND c.code = ANY(%s)"""
    assert sorted(odoo.sql(name, by_hand, (sorted(AUTOMATED),))) == [
        ("audit_material_late", "res.users", True, "disputed"),
        ("backup_missing", "res.users", True, "confirmed"),
        ("document_filing_late", "res.users", True, "confirmed"),
        ("document_lost_or_disclosed", "sale.order", False, "confirmed"),
    ]


def test_the_first_night_raises_nothing_old(odoo, upgraded, copy):
    """Whoever keeps contracts and tenders from now on enters old ones: nobody could have looked after them here."""
    name, *_rest = upgraded
    days = odoo.sql(name, "SELECT code, look_from = CURRENT_DATE FROM sbo_check WHERE look_from IS NOT NULL")
    assert dict(days) == dict.fromkeys(FROM_TODAY, True)
    night = copy(name, "first")
    odoo.sql(night, "UPDATE sbo_check_run SET as_of = as_of - interval '2 days'")
    odoo.sql(night, "UPDATE res_company SET sbo_check_from = '2020-01-01'")
    odoo.sql(night, "UPDATE sbo_check SET active = TRUE WHERE code = ANY(%s)", (sorted(FROM_TODAY),))
    odoo.shell(night, OLD_PAPERS + 'env["sbo.document"]._cron_retention()' + NIGHT)
    raised = """SELECT DISTINCT c.code FROM sbo_finding f JOIN sbo_check c ON c.id = f.check_id
                 WHERE f.origin = 'auto' AND c.code = ANY(%s)"""
    assert odoo.sql(night, raised, (sorted(FROM_TODAY),)) == []
    odoo.sql(night, "UPDATE sbo_check SET look_from = NULL")
    odoo.shell(night, f"""
env["sbo.document"]._make_expected()
env["sbo.check"].search([("code", "in", {sorted(FROM_TODAY)})])._run()
env.cr.commit()
""")
    assert {code for (code,) in odoo.sql(night, raised, (sorted(FROM_TODAY),))} == FROM_TODAY


def test_every_company_files_in_the_same_classes(odoo, upgraded):
    """With the names in all languages, as a company gets them that is made later."""
    name, *_rest = upgraded
    classes = """SELECT c.name, array_agg(d.code || ': ' || d.name::text ORDER BY d.code)
                   FROM res_company c LEFT JOIN sbo_document_class d ON d.company_id = c.id
                  GROUP BY c.id ORDER BY c.id"""
    (_first, main), *others = odoo.sql(name, classes)
    assert len(main) >= 10 and "zh_CN" in main[0]
    assert others and {company: found for company, found in others if found != main} == {}


def test_figures_are_as_they_were(upgraded):
    _name, _changed, before, after, _log = upgraded
    assert len(before["sheets"]) >= 4 and before["scorecards"]
    assert after == before


def test_new_columns_hold_what_would_be_computed(odoo, upgraded, filled):
    name, *_rest = upgraded
    old = dict(odoo.sql(filled, COLUMNS, (list(CORE),)))
    wrong = json.loads(odoo.shell(name, f"old = {old}\n{COMPUTED}").splitlines()[-1])
    assert wrong == {}


@pytest.mark.parametrize("what", MADE)
def test_untouched_database_is_like_a_fresh_one(odoo, untouched, what):
    fresh = odoo.sql(os.environ["DEV_BARE_TEMPLATE"], MADE[what])
    now = odoo.sql(untouched, MADE[what])
    assert (sorted(set(now) - set(fresh), key=str), sorted(set(fresh) - set(now), key=str)) == ([], [])


def test_untouched_checks_and_standard_are_the_new_ones(odoo, untouched):
    fresh = shipped(odoo, os.environ["DEV_BARE_TEMPLATE"])
    assert len(fresh) > 100
    now = shipped(odoo, untouched)
    upgraded_on = {row["code"] for row in now.values() if row.pop("look_from", None)}
    assert upgraded_on == FROM_TODAY
    for row in fresh.values():
        assert not row.pop("look_from", None), "a new installation has no time before it"
    assert now == fresh


def test_no_warning_in_the_log(upgraded):
    *_rest, log = upgraded
    assert [line for line in log.splitlines() if re.search(r" (WARNING|ERROR|CRITICAL) ", line)] == []


def test_a_second_upgrade_changes_nothing(odoo, upgraded, copy):
    name, *_rest = upgraded
    again = copy(name, "again")
    columns = dict(odoo.sql(again, COLUMNS, (list(CORE),)))
    before = snapshot(odoo.sql, again, columns)
    odoo.run(again, "-u", ADDON)
    assert list(differences(before, snapshot(odoo.sql, again, columns))) == []


def test_nights_go_on(odoo, upgraded, copy):
    """The next night and the next sheets, on what the release before has left."""
    name, _changed, before, *_rest = upgraded
    after = copy(name, "night")
    odoo.sql(after, "UPDATE sbo_check_run SET as_of = as_of - interval '1 day'")
    odoo.shell(after, "env['sbo.check.run']._cron_night(); env['sbo.assessment']._cron_refresh()")
    assert odoo.sql(after, "SELECT code, error FROM sbo_check WHERE broken") == []
    assert odoo.sql(after, "SELECT DISTINCT state FROM sbo_check_run") == [("done",)]
    kept = json.loads(odoo.shell(after, FIGURES).splitlines()[-1])
    frozen = [sheet for sheet in before["sheets"] if sheet[1] in ("confirmed", "locked")]
    assert frozen and [sheet for sheet in kept["sheets"] if sheet[1] in ("confirmed", "locked")] == frozen


def test_it_can_be_removed(odoo, upgraded, copy):
    name, *_rest = upgraded
    gone = copy(name, "gone")
    odoo.shell(gone, UNINSTALL)
    left = {what: [row for (row,) in odoo.sql(gone, query, ())] for what, query in LEFTOVERS.items()}
    # people, customers, orders and goods of the demo data have messages, contacts and deliveries: Odoo keeps them
    kept = re.compile(rf"{ADDON}\.sbo_demo_(clerk|salesperson|supervisor|manager|customer|order|table)")
    left["ids"] = [name for name in left["ids"] if not kept.match(name)]
    assert left == {what: [] for what in LEFTOVERS}
    assert sell(odoo.shell, gone)["state"] == "sale"


def test_without_openupgradelib_it_says_what_to_do(odoo, filled, copy, tmp_path):
    (tmp_path / "openupgradelib.py").write_text("raise ImportError('not here')")
    name = copy(filled, "without")
    done = odoo.run(name, "-u", ADDON, check=False, env=dict(odoo.env, PYTHONPATH=str(tmp_path)))
    assert done.returncode and "pip install openupgradelib" in done.stderr
    assert "nothing has been changed" in done.stderr
    [[version]] = odoo.sql(name, "SELECT latest_version FROM ir_module_module WHERE name = %s", (ADDON,))
    assert version == FROM
    assert odoo.sql(name, "SELECT 1 FROM pg_tables WHERE tablename = 'sbo_document'") == []


def test_this_is_the_release_before():
    """Whoever begins a release brings this file along: the database of the version before is what it upgrades."""
    assert releases.before(releases.current()) == FROM


def test_a_shallow_clone_says_so(tmp_path):
    clone = tmp_path / "clone"
    command = ["git", "-c", "safe.directory=*", "clone", "-q", "--depth", "1", f"file://{ROOT}", clone]
    subprocess.run(command, check=True)
    with pytest.raises(Missing, match="shallow.*git fetch --unshallow"):
        releases.last_commit(FROM, clone)
