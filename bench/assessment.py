"""A month's assessment of everybody beside hand-written SQL that writes the same sheets into equal tables."""
from datetime import date, datetime, timedelta
from pathlib import Path

import pytz
from dateutil.relativedelta import relativedelta
from harness import environment, in_turn, row, same_shape, sections

TARGET = 2.0
TABLES = ("sbo_assessment", "sbo_assessment_line", "sbo_assessment_deduction")
HERE = Path(__file__).resolve().parent
# What the two ways must agree in, table by table.
COMPARED = {
    "sbo_assessment": "user_id, state, working_days, points_lost, points_pending, score, total, grade_id, coefficient",
    "sbo_assessment_line": "user_id, criterion_id, sequence, points, examined, lost, pending, score, final",
    "sbo_assessment_deduction": "user_id, sequence, rule_id, finding_id, due_at, closed_at, units_total, units_before, "
                                "units, points_before, points, state, res_name",
}


def measure(database, today, rounds, people):
    """The sheets of last month, made and counted from nothing, the month before it being there already."""
    first = date.fromisoformat(today).replace(day=1) - relativedelta(months=1)
    as_of = datetime.fromisoformat(today)
    _keep_month_before(database, first - relativedelta(months=1), as_of)
    statements = sections(HERE / "assessment.sql")["month"]

    def ours(side):
        with environment(database) as env:
            with side.watch(env.cr):
                sheets = _assess(env, first, as_of)
            env.cr.execute("SELECT COUNT(*) FROM sbo_assessment_deduction WHERE assessment_id = ANY(%s)", [sheets.ids])
            return len(sheets), env.cr.fetchone()[0]

    def hand(side):
        with environment(database) as env:
            values = _constants(env, first, as_of)
            with side.watch(env.cr):
                for statement in statements:
                    env.cr.execute(statement, values, log_exceptions=False)
            if len(side.seconds) == 1:
                _assess(env, first, as_of)
                _prove_equal(env.cr)

    ours_side, hand_side = in_turn(rounds, ours=ours, hand=hand)
    sheets, deductions = ours_side.result
    return row(f"assessment of a month, {people} people", ours_side, hand_side, TARGET,
               note=f"{sheets} sheets, {deductions:,} deductions")


def _assess(env, first, as_of):
    return env["sbo.assessment"]._run(_standard(env), first, as_of=as_of)


def _standard(env):
    return env["sbo.standard"]._get_current(env.company)


def _keep_month_before(database, first, as_of):
    """Commit the sheets of the month before: delays that run on are charged for the rest only."""
    with environment(database) as env:
        env.cr.execute(f"TRUNCATE {', '.join(TABLES)} CASCADE")
        same_shape(env.cr, TABLES)
        _assess(env, first, as_of)
        for table in TABLES:
            env.cr.execute(f"INSERT INTO {table.replace('sbo_', 'bench_')} SELECT * FROM {table}")
        env.cr.commit()


def _constants(env, first, as_of):
    company = env.company
    last = first + relativedelta(months=1, days=-1)
    zone = pytz.timezone(company._sbo_tz())
    start, end = (zone.localize(datetime.combine(day, datetime.min.time())).astimezone(pytz.utc).replace(tzinfo=None)
                  for day in (first, last + timedelta(days=1)))
    return {
        "people": env["sbo.assessment"]._get_people(company).ids, "company": company.id,
        "standard": _standard(env).id, "calendar": company._sbo_calendar().id, "first": first, "last": last,
        "start": start, "end": end, "until": min(end, as_of), "as_of": as_of,
    }


def _prove_equal(cr):
    """Both ways write the same sheets, or the measurement means nothing."""
    for table, columns in COMPARED.items():
        ours, hand = f"SELECT {columns} FROM {table}", f"SELECT {columns} FROM {table.replace('sbo_', 'bench_')}"
        cr.execute(f"SELECT COUNT(*) FROM (({ours} EXCEPT ALL {hand}) UNION ALL ({hand} EXCEPT ALL {ours})) d")
        [differences] = cr.fetchone()
        if differences:
            raise SystemExit(f"{table}: {differences} rows differ between the addon's sheets and the hand-written ones")
