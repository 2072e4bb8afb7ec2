"""The app's home: cards with counts per check, as a clerk and as a manager, beside SQL that counts the same."""
from datetime import date

from harness import environment, in_turn, row, user_id

TARGET = 2.0
FIELDS = ("name", "severity", "broken", "open_count", "mine_count", "overdue_count", "to_judge_count", "next_due")
COUNTED = """
SELECT c.id, f.open_count, f.mine_count, f.overdue_count, f.to_judge_count, f.next_due, c.area, c.name->>'en_US',
       c.severity, c.broken
  FROM sbo_check c
  JOIN (SELECT check_id, COUNT(*) FILTER (WHERE is_open) AS open_count,
               COUNT(*) FILTER (WHERE is_open AND user_id = %(user)s) AS mine_count,
               COUNT(*) FILTER (WHERE is_open AND due_at < %(today)s) AS overdue_count,
               COUNT(*) FILTER (WHERE state IN ('candidate', 'disputed')) AS to_judge_count,
               MIN(due_at) FILTER (WHERE is_open) AS next_due
          FROM (SELECT check_id, user_id, due_at, state, closed_at IS NULL AND state <> 'waived' AS is_open
                  FROM sbo_finding WHERE company_id = 1 {visible}) x
         GROUP BY check_id) f ON f.check_id = c.id
 WHERE f.open_count > 0 AND c.active ORDER BY c.area, c.sequence, c.id"""
OWN = """AND (user_id = %(user)s OR user_id IS NULL
              OR team_id IN (SELECT id FROM crm_team WHERE sbo_clerk_id = %(user)s))"""


def measure(database, rounds, people):
    """The one call that the client makes to show the desk."""
    for login, who, visible in (("clerk1", "a clerk", OWN), ("admin", "a manager", "")):
        yield _desk(database, user_id(database, login), f"desk of {who}, {people} people", visible, rounds)


def _desk(database, uid, what, visible, rounds):
    def ours(side):
        with environment(database, uid, {"lang": "en_US", "tz": "UTC"}) as env:
            with side.watch(env.cr):
                answer = env["sbo.check"].web_read_group(
                    [("open_count", ">", 0)], ["area"], ["__count"], auto_unfold=True,
                    unfold_read_specification={name: {} for name in FIELDS})
            records = [record for group in answer["groups"] for record in group["__records"]]
            return {r["id"]: tuple(r[name] for name in FIELDS[3:7]) for r in records}

    def hand(side):
        with environment(database, uid) as env:
            with side.watch(env.cr):
                env.cr.execute(COUNTED.format(visible=visible), {"user": uid, "today": date.today()})
                rows = env.cr.fetchall()
            return {r[0]: r[1:5] for r in rows}

    ours_side, hand_side = in_turn(rounds, ours=ours, hand=hand)
    if ours_side.result != hand_side.result:
        raise SystemExit(f"{what}: the desk shows {ours_side.result}, SQL counts {hand_side.result}")
    shown = sum(counts[0] for counts in ours_side.result.values())
    return row(what, ours_side, hand_side, TARGET, note=f"{shown:,} open findings on {len(ours_side.result)} cards")
