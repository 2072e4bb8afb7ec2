"""The risk flags of contracts, rule by rule, beside hand-written SQL that writes the same flags into an equal table."""
from pathlib import Path

from harness import environment, in_turn, leave, row, same_shape, sections
from odoo.fields import Datetime

HERE = Path(__file__).resolve().parent
TARGET = 2.0
COMPARED = ("check_id, area, severity, rule_severity, res_model, res_id, contract_id, res_name, key, company_id, "
            "team_id, user_id, origin, state, cause, opened_at, due_at, closed_at, quantity, evidence")


def measure(odoo, database, rounds):
    """The first night of each rule, in a copy of the database in which two orders of a customer are a contract."""
    twin = f"{database}_risks"
    leave(database)
    odoo.clone(database, twin)
    try:
        yield from _nights(twin, rounds)
    finally:
        leave(twin)
        odoo.drop(twin)


def fill(database):
    """100,000 contracts at scale 1, with something wrong here and there."""
    with environment(database) as env:
        for statement in sections(HERE / "risks.sql")["fill"]:
            env.cr.execute(statement, {"company": env.company.id, "currency": env.company.currency_id.id})
        env.cr.commit()
        env.cr._cnx.autocommit = True
        env.cr.execute("VACUUM (ANALYZE) sbo_contract, sbo_contract_line, sbo_contract_milestone, "
                       "sbo_contract_supplement, sbo_licence, sale_order, sale_order_line")


def _nights(database, rounds):
    fill(database)
    texts = sections(HERE / "risks.sql")
    with environment(database) as env:
        same_shape(env.cr, ["sbo_finding"])
        contracts = env["sbo.contract"].search_count([])
        env.cr.commit()
    as_of = Datetime.now()
    for code in sorted(set(texts) - {"fill", "write"}):
        yield _rule(database, code, texts, as_of, rounds, contracts)
    yield from _others(database, sorted(set(_codes(database)) - set(texts)), as_of, rounds, contracts)


def _codes(database):
    with environment(database) as env:
        return env["sbo.check"].search([("risk", "=", True), ("kind", "!=", "manual")]).mapped("code")


def _rule(database, code, texts, as_of, rounds, contracts):
    statement = texts["write"][0].replace("$rule", texts[code][0])

    def hand(side):
        with environment(database) as env:
            env.cr.execute("TRUNCATE bench_finding")
            constants = _constants(env, code, as_of)
            with side.watch(env.cr):
                env.cr.execute(statement, constants, log_exceptions=False)

    _prove_equal(database, code, statement, as_of)
    ours_side, hand_side = in_turn(rounds, ours=_night(database, code, as_of), hand=hand)
    return row(f"risk flag {code}, {contracts:,} contracts", ours_side, hand_side, TARGET,
               note=f"{ours_side.result['added']:,} flags")


def _others(database, codes, as_of, rounds, contracts):
    """Rules that have no statement by hand yet: how long they take."""
    for code in codes:
        [side] = in_turn(rounds, ours=_night(database, code, as_of))
        yield row(f"risk flag {code}, {contracts:,} contracts", side, side, None, against="itself",
                  note=f"{side.result['added']:,} flags; no statement by hand")


def _night(database, code, as_of):
    """A function that runs the check over an empty ledger, to be timed."""
    def night(side):
        with environment(database) as env:
            env.cr.execute("TRUNCATE sbo_finding CASCADE")
            check = env["sbo.check"].search([("code", "=", code)])
            with side.watch(env.cr):
                [(_check, _company, counts)] = check._run(as_of=as_of, companies=env.company)
            return counts

    return night


def _constants(env, code, as_of):
    """What a person would write into the statement: ids, time zone, moment."""
    check = env["sbo.check"].search([("code", "=", code)])
    scoped = check._in_company(env.company, as_of)
    return {"check": check.id, "severity": check.severity, "company": env.company.id, "as_of": as_of,
            "tz": env.company._sbo_tz(), "coin": env.company.currency_id.name,
            "today": env["sbo.contract"]._risk_today(scoped)}


def _prove_equal(database, code, statement, as_of):
    """Both ways write the same flags, or the measurement means nothing."""
    with environment(database) as env:
        env.cr.execute("TRUNCATE sbo_finding, bench_finding CASCADE")
        env.cr.execute(statement, _constants(env, code, as_of), log_exceptions=False)
        check = env["sbo.check"].search([("code", "=", code)])
        check._run(as_of=as_of, companies=env.company)
        if check.broken:
            raise SystemExit(f"{code}: {check.error}")
        ours, hand = f"SELECT {COMPARED} FROM sbo_finding", f"SELECT {COMPARED} FROM bench_finding"
        env.cr.execute(f"SELECT * FROM (({ours} EXCEPT ALL {hand}) UNION ALL ({hand} EXCEPT ALL {ours})) d "
                       "ORDER BY res_id LIMIT 4")
        found = env.cr.dictfetchall()
        if found:
            raise SystemExit(f"{code}: the flags of the engine and those by hand differ, such as {found}")
