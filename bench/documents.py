"""A million filed documents: finding one, the nightly checks of the area, the loan desk, what an audit holds."""
from pathlib import Path

from harness import environment, in_turn, row, sections, user_id

HERE = Path(__file__).resolve().parent
COUNT, FEW, MANY = 1_000_000, 80, 50
SEARCH_TARGET, HOLD_TARGET = 3.0, 2.0
AREA = "documents"


def fill(odoo, database, count=COUNT, clerk="clerk1"):
    """Fill the archive by SQL; the files have no bytes."""
    uid = user_id(database, clerk)
    with environment(database) as env:
        values = {"count": count, "clerk": uid, "company": env.company.id}
        env["sbo.audit.request"].create({
            "asked_by": "Tax office", "due_on": "2030-01-01", "description": "2015", "date_from": "2015-01-01",
            "date_to": "2015-12-31"})
        env.cr.commit()
    for statement in sections(HERE / "documents.sql")["fill"]:
        odoo.sql(database, statement, values)
    odoo.sql(database, "VACUUM (ANALYZE)")


def filled(odoo, database, count, rounds):
    """Fill it first, when its turn comes."""
    fill(odoo, database, count)
    yield from measure(database, rounds)


def measure(database, rounds, clerk="clerk1"):
    """Rows of the table: ours beside SQL by hand, and how many statements ours takes."""
    uid = user_id(database, clerk)
    with environment(database) as env:
        env.cr.execute("SELECT COUNT(*) FROM sbo_document")
        [documents] = env.cr.fetchone()
    note = f"{documents:,} documents"
    for what, section, field, value in (("find documents by title", "found by title", "title", "contract 4242"),
                                        ("find a document by its code", "found by code", "file_code", "BN-00000424")):
        yield _search(database, uid, rounds, what, section, field, value, note)
    yield _holds(database, rounds, note)
    yield from _night(database, rounds, note)
    yield _desk(database, uid, rounds, note)
    yield _scan(database, uid, rounds, note)
    yield _hand_out(database, uid, rounds, note)


def _search(database, uid, rounds, what, section, field, value, note):
    [statement] = sections(HERE / "documents.sql")[section]
    key = "title" if field == "title" else "code"

    def ours(side):
        with environment(database, uid) as env, side.watch(env.cr):
            found = env["sbo.document"].web_search_read(
                [(field, "ilike", value)], {"file_code": {}, "title": {}, "date": {}, "state": {}}, limit=FEW)
            return [record["id"] for record in found["records"]]

    def hand(side):
        with environment(database) as env, side.watch(env.cr):
            env.cr.execute(statement, {key: f"%{value}%", "company": env.company.id})
            return [found for found, in env.cr.fetchall()]

    ours_side, hand_side = in_turn(rounds, ours=ours, hand=hand)
    if ours_side.result != hand_side.result:
        raise SystemExit(f"{what}: {ours_side.result[:5]} is not {hand_side.result[:5]}")
    return row(what, ours_side, hand_side, SEARCH_TARGET, note=note)


def _holds(database, rounds, note):
    """Whether an audit still needs them, for a page of documents to be destroyed."""
    [statement] = sections(HERE / "documents.sql")["held by an audit"]
    with environment(database) as env:
        ids = env["sbo.document"].search([("state", "=", "appraisal")], limit=FEW).ids

    def ours(side):
        with environment(database) as env, side.watch(env.cr):
            return sorted(env["sbo.document"].browse(ids)._sbo_holds())

    def hand(side):
        with environment(database) as env, side.watch(env.cr):
            env.cr.execute(statement, {"ids": ids})
            return [found for found, in env.cr.fetchall()]

    ours_side, hand_side = in_turn(rounds, ours=ours, hand=hand)
    if ours_side.result != hand_side.result:
        raise SystemExit("holds: both ways differ")
    return row("what an audit holds, a page", ours_side, hand_side, HOLD_TARGET, note=note)


def _night(database, rounds, note):
    """Each check of the area on the whole archive, beside its bare query."""
    with environment(database) as env:
        codes = env["sbo.check"].search([("area", "=", AREA), ("kind", "!=", "manual")]).mapped("code")

    def scoped(env, code):
        check = env["sbo.check"].search([("code", "=", code)])
        return check._in_company(env.company, env.cr.now().replace(microsecond=0))

    for code in codes:
        def ours(side, code=code):
            with environment(database) as env, side.watch(env.cr):
                return scoped(env, code)._write_ledger()["added"]

        def hand(side, code=code):
            with environment(database) as env:
                query = scoped(env, code)._query()
                with side.watch(env.cr):
                    env.cr.execute(query)
                return env.cr.rowcount

        ours_side, hand_side = in_turn(rounds, ours=ours, hand=hand)
        yield row(f"check {code}", ours_side, hand_side, against="its bare query", note=note)


def _desk(database, uid, rounds, note):
    """The first page of what is lent, as the loan desk shows it, beside the ids alone."""
    def ours(side):
        with environment(database, uid) as env, side.watch(env.cr):
            return len(env["sbo.loan.line"].web_search_read(
                [("state", "in", ("waiting", "out"))],
                {"item": {}, "borrower_id": {"fields": {"display_name": {}}}, "state": {}, "due_on": {}, "overdue": {}},
                limit=FEW)["records"])

    def hand(side):
        with environment(database) as env, side.watch(env.cr):
            env.cr.execute(
                "SELECT id FROM sbo_loan_line WHERE state IN ('waiting', 'out') ORDER BY loan_id, id LIMIT %s", [FEW])
            return env.cr.rowcount

    ours_side, hand_side = in_turn(rounds, ours=ours, hand=hand)
    return row("loan desk, first page", ours_side, hand_side, against="the ids alone", note=note)


def _scan(database, uid, rounds, note):
    """A label scanned at the desk: which paper it is, and the line of the loan with which it is out."""
    with environment(database) as env:
        env.cr.execute("SELECT d.file_code, l.id FROM sbo_loan_line l JOIN sbo_document d ON d.id = l.document_id "
                       "WHERE l.state = 'out' ORDER BY l.id LIMIT 1")
        code, expected = env.cr.fetchone()

    def ours(side):
        with environment(database, uid) as env:
            desk = env["sbo.loan.desk"].new({})
            with side.watch(env.cr):
                return desk._find(*env["sbo.loan.line"]._scanned(code, env.company)).id

    def hand(side):
        with environment(database) as env, side.watch(env.cr):
            env.cr.execute("SELECT l.id FROM sbo_document d JOIN sbo_loan_line l ON l.document_id = d.id "
                           "WHERE (d.file_code = %(code)s OR d.barcode = %(code)s) AND l.state = 'out'", {"code": code})
            return env.cr.fetchone()[0]

    ours_side, hand_side = in_turn(rounds, ours=ours, hand=hand)
    if {ours_side.result, hand_side.result} != {expected}:
        raise SystemExit(f"scan of {code}: {ours_side.result}, {hand_side.result}, not {expected}")
    return row("loan desk, a label scanned", ours_side, hand_side, note=note)


def _hand_out(database, uid, rounds, note):
    """A loan of so many items entered and handed out in one go, beside one of a single item."""
    with environment(database) as env:
        env["res.company"].search([]).sbo_loan_items = MANY
        borrower = env["res.users"].search([("login", "=", "clerk2")]).partner_id.id
        ids = env["sbo.document"].with_user(uid).search(
            [("state", "=", "filed"), ("medium", "!=", "electronic"), ("on_loan", "=", False),
             ("secrecy_id.approver", "=", "clerk"), ("secrecy_id.on_site_only", "=", False)], limit=MANY).ids
        env.cr.commit()

    def lent(count):
        def work(side):
            with environment(database, uid) as env, side.watch(env.cr):
                loan = env["sbo.loan"].create({
                    "borrower_id": borrower, "purpose": "Bench",
                    "line_ids": [(0, 0, {"document_id": res_id}) for res_id in ids[:count]]})
                loan.action_lend()
                return loan.line_ids.mapped("state")

        return work

    many, one = in_turn(rounds, many=lent(MANY), one=lent(1))
    if many.result != ["out"] * MANY:
        raise SystemExit(f"{len(ids)} items to hand out: {many.result}")
    return row(f"loan desk, {MANY} items handed out", many, one, against="handing out one", note=note)
