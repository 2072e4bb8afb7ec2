"""What the papers and lists of a database say, counted by the addon itself: code for the shell of any release."""

FIGURES = """
import json, re
sheets = env["sbo.assessment"].search([], order="id")
report = env["ir.actions.report"]
orders = env["sale.order"].search([], order="id")
paper = report._render_qweb_html("sales_back_office.sbo_scorecard", sheets.ids)[0].decode()
print(json.dumps({
    "sheets": [[s.display_name, s.state, s.score, s.total, s.points_pending, s.rank, s.grade_id.name, s.pay,
                s.self_score, s.coefficient] for s in sheets],
    "lines": [[line.criterion_id.code, line.examined, line.lost, line.pending, line.final]
              for line in sheets.line_ids.sorted("id")],
    "arithmetic": sheets.deduction_ids.sorted("id").mapped("arithmetic"),
    "findings": sorted([check.code, state, count, quantity] for check, state, count, quantity in
                       env["sbo.finding"]._read_group([], ["check_id", "state"], ["__count", "quantity:sum"])),
    # what it says, not by which words: those may become better
    "evidence": [re.sub(r'<td class="text-muted pe-3">[^<]*</td>', "", text or "")
                 for text in env["sbo.finding"].search([], order="id").mapped("evidence_text")],
    "standards": [[s.display_name, s.state, s.points_total, s.warning] for s in
                  env["sbo.standard"].search([], order="id")],
    "money": [[o.name, o.sbo_received, o.sbo_shipped, o.sbo_needed, o.sbo_missing, o.sbo_gate_state] for o in orders],
    "promises": [[o.name, o.sbo_promise_untold, str(o.sbo_known_date), o.sbo_promise_count] for o in orders],
    "sheets of orders": [[s.display_name, s.state, s.open_count, s.comparisons] for s in
                         env["sbo.order.verification"].search([], order="id")],
    "accuracy": [[a.order_id.name, a.user_id.login, a.differences] for a in
                 env["sbo.order.accuracy"].search([], order="id")],
    "changes": env["sbo.order.change"].search([], order="id").mapped("summary"),
    "contracts": [[c.display_name, c.state, c.expiry, c.risk_level, c.version, c.template_outdated, c._content(),
                   len(c.flag_ids.filtered(lambda flag: not flag.closed_at and flag.state != "waived"))]
                  for c in env["sbo.contract"].search([], order="id")],
    "schedule": [[row[name] for name in (
        "contracted", "ordered", "delivered", "invoiced", "received", "receivable", "due", "overdue", "rest")]
        for row in env["sbo.contract.figure"].search([], order="id")],
    "obligations": [[m.name, m.reached, m.progress, m.planned_amount] for m in
                    env["sbo.contract.milestone"].search([], order="id")],
    "reviews": [[line.topic, line.progress, line.settlement] for line in
                env["sbo.contract.review.line"].search([], order="id")],
    "supplements": env["sbo.contract.supplement"].search([], order="id").mapped("diff_html"),
    "risks": [[flag.display_name, flag.unreported, flag.measure_summary, flag.report_ids.mapped("user_id.login")]
              for flag in env["sbo.finding"].search([("contract_id", "!=", False)], order="id")],
    "summaries": [[s.name, s.figures, s.superseded] for s in env["sbo.contract.summary"].search([], order="id")],
    "tenders": [[t.display_name, t.state, t.completion, t.bond_state, t.bond_outstanding, str(t.bond_due_back_on)]
                for t in env["sbo.tender"].search([], order="id")],
    "scorecards": re.findall(r"[-\\d.,:]*\\d", re.sub(r"(?s)<style.*?</style>|<[^>]*>", " ", paper)),
}))
"""
