"""The nightly run of all checks beside hand-written SQL that writes the same findings into an equal table."""
from datetime import datetime, timedelta
from pathlib import Path

from harness import environment, in_turn, row, same_shape, sections

HERE = Path(__file__).resolve().parent
TARGET = 2.0
# The columns in which the two ledgers must agree: everything but numbers and log columns.
COMPARED = ("check_id, area, severity, res_model, res_id, res_name, key, company_id, team_id, user_id, origin, state, "
            "cause, opened_at, due_at, closed_at, quantity, evidence")


# The checks that night.sql knows; others are named when the run begins, and not measured. "papers": what people note
# about orders, from the customer's paper to the signed note.
KNOWN = {
    "found": ("delivery_late", "order_no_promised_date", "order_below_pricelist", "customer_not_verified",
              "customer_code_invalid", "customer_contact_overdue", "bench_late_hours"),
    "papers": ("order_entry_error", "order_entry_late", "order_opinion_late", "order_notice_late",
               "order_notice_unanswered", "order_change_open", "order_progress_missing", "order_issue_reply_late",
               "order_issue_result_late", "dispatch_notice_missing", "signed_return_missing",
               "promise_slipped_untold", "order_grown_unverified"),
}
KNOWN["all"] = KNOWN["found"] + KNOWN["papers"]


def measure(database, today, rounds, people):
    """First night (everything is new) and the night after it (little is)."""
    end = _end(today)
    _make_table(database, end)
    for script, as_of in (("first night", end - timedelta(days=1)), ("steady night", end)):
        yield from _night(database, script, "all", f"all checks, {script}, {people} people", as_of, rounds)
        yield from _night(database, script, "papers", f"orders' papers, {script}, {people} people", as_of, rounds)
        if script == "first night":
            _keep_first_night(database, as_of)


def prepare(database, today):
    """The ledger as the first night leaves it, for the measures that read it."""
    _make_table(database, _end(today))
    _keep_first_night(database, _end(today) - timedelta(days=1))


def _end(today):
    """The evening of the last day of the fill."""
    return datetime.fromisoformat(today) + timedelta(hours=15)


def _make_table(database, end):
    with environment(database) as env:
        same_shape(env.cr, ["sbo_finding"])
        # Last orders and grades, as they are before the checks of a night.
        env["sbo.customer.figure"]._refresh(end - timedelta(days=1))
        unknown = env["sbo.check"].search([("kind", "!=", "manual"), ("code", "not in", KNOWN["all"])]).mapped("code")
        if unknown:
            print(f"night.sql does not know these checks yet: {', '.join(sorted(unknown))}", flush=True)
        env.cr.commit()


def _night(database, script, known, what, as_of, rounds):
    texts = sections(HERE / "night.sql")
    statements = [statement.replace("$source", texts[known][0]) for statement in texts[script]]

    def ours(side):
        with environment(database) as env:
            _prepare(env, script, "sbo_finding")
            with side.watch(env.cr):
                result = _checks(env, known)._run(as_of=as_of)
            return {key: sum(counts[key] for *_, counts in result) for key in ("added", "changed", "closed")}

    def hand(side):
        with environment(database) as env:
            _prepare(env, script, "bench_finding")
            values = _constants(env, as_of, known)
            with side.watch(env.cr):
                for statement in statements:
                    env.cr.execute(statement, values, log_exceptions=False)

    _prove_equal(database, script, known, statements, as_of)
    ours_side, hand_side = in_turn(rounds, ours=ours, hand=hand)
    yield row(what, ours_side, hand_side, TARGET, note="{added:,} new, {changed:,} changed, {closed:,} closed".format(
        **ours_side.result))


def _prepare(env, script, table):
    """An empty table for the first night; the night after it finds what is committed."""
    if script == "first night":
        env.cr.execute(f"TRUNCATE {table} CASCADE")


def _checks(env, known):
    return env["sbo.check"].search([("code", "in", KNOWN[known])])


def _constants(env, as_of, known):
    """What a person would write into the statements: ids, time zone, moment."""
    company = env.company
    checks = _checks(env, "all")
    asked = checks.filtered(lambda check: check.code in KNOWN[known])
    papers = checks.filtered(lambda check: check.code == "order_notice_late")._in_company(company, as_of)
    plain = checks.filtered(lambda check: check.code == "delivery_late")._in_company(company, as_of)
    months = env["res.partner"].with_context(sbo_as_of=as_of)._sbo_finished_months(plain)
    return {
        **{check.code: check.id for check in checks}, "checks": asked.ids,
        "look": papers.look_from, "look_since": papers._since(), "signed_from": company.sbo_signed_from,
        "company": company.id, "calendar": company._sbo_calendar().id, "tz": company._sbo_tz(), "as_of": as_of,
        "check_from": company.sbo_check_from,
        "since": plain._since(), "months": [m[0] for m in months],
        "first_days": [m[1] for m in months], "dues": [m[2] for m in months],
    }


def _prove_equal(database, script, known, statements, as_of):
    """Both ways write the same ledger, or the measurement means nothing."""
    with environment(database) as env:
        _prepare(env, script, "sbo_finding, bench_finding")
        values = _constants(env, as_of, known)
        for statement in statements:
            env.cr.execute(statement, values, log_exceptions=False)
        _checks(env, known)._run(as_of=as_of)
        ours, hand = f"SELECT {COMPARED} FROM sbo_finding", f"SELECT {COMPARED} FROM bench_finding"
        env.cr.execute(f"SELECT COUNT(*) FROM (({ours} EXCEPT ALL {hand}) UNION ALL ({hand} EXCEPT ALL {ours})) d")
        [differences] = env.cr.fetchone()
        if differences:
            env.cr.execute(f"SELECT c.code, COUNT(*) FROM (({ours} EXCEPT ALL {hand}) UNION ALL ({hand} EXCEPT ALL "
                           f"{ours})) d JOIN sbo_check c ON c.id = d.check_id GROUP BY c.code")
            raise SystemExit(f"{script}: {differences} rows differ between the engine's ledger and the one by hand: "
                             f"{dict(env.cr.fetchall())}")


def _keep_first_night(database, as_of):
    """Commit the first night in both tables, half of it judged, as the state before the second night."""
    with environment(database) as env:
        env.cr.execute("TRUNCATE sbo_finding, bench_finding CASCADE")
        _checks(env, "all")._run(as_of=as_of)
        env.cr.execute("UPDATE sbo_finding SET state = 'confirmed', cause = 'clerk' WHERE id % 2 = 0")
        env.cr.execute("UPDATE sbo_finding SET state = 'waived' WHERE id % 20 = 1")
        env.cr.execute("INSERT INTO bench_finding SELECT * FROM sbo_finding")
        env.cr.commit()
        env.cr._cnx.autocommit = True
        env.cr.execute("VACUUM (ANALYZE) sbo_finding, bench_finding")
        env.cr._cnx.autocommit = False
