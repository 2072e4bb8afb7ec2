from odoo import api, fields, models
from odoo.tools import SQL

from .sbo_contract_flow import LIVE

PROGRESS = [("open", "Not Done"), ("part", "Partly"), ("late", "Overdue"), ("done", "Done")]


class SboContractMilestoneProgress(models.AbstractModel):
    """How far an obligation is met, by the money received and the goods delivered, in one query for all.

    Money and goods fill the obligations of a contract one after the other, by their due days.
    """

    _name = "sbo.contract.milestone.progress"
    _description = "Progress of an Obligation"

    reached = fields.Float(compute="_compute_progress", digits=(16, 2), help="Received or delivered of it.")
    progress = fields.Selection(PROGRESS, compute="_compute_progress", search="_search_progress")

    @api.depends_context("sbo_as_of", "company")
    @api.depends("amount", "quantity", "kind", "due_on", "done_on")
    def _compute_progress(self):
        found = {row["id"]: row for row in self._progress_rows(self._origin)} if self._origin else {}
        today = self.env["sbo.contract.scope"]._day()
        for item in self:
            row = found.get(item._origin.id)
            item.reached = row["reached"] if row else 0
            if not row:
                item.progress = "open"
            elif row["done"]:
                item.progress = "done"
            elif item.due_on and item.due_on < today:
                item.progress = "late"
            else:
                item.progress = "part" if row["reached"] else "open"

    def _search_progress(self, operator, value):
        if operator != "in":
            return NotImplemented
        figures, obligations = self.env["sbo.contract.figures"], self.env["sbo.contract.obligations"]
        self.env.flush_all()
        found = SQL(
            """(SELECT p.id FROM (%(figures)s) f JOIN LATERAL (%(progress)s) p ON TRUE
                 WHERE CASE WHEN p.done THEN 'done' WHEN p.due_on < %(today)s THEN 'late'
                            WHEN p.reached > 0 THEN 'part' ELSE 'open' END = ANY(%(wanted)s))""",
            figures=figures._sql_figures(), today=figures._day(), wanted=[state for state in value if state],
            progress=obligations._sql_progress(
                SQL("f.received"), SQL("f.delivered"), SQL("n.contract_id = f.id")))
        return [("id", "in", found)]

    @api.model
    def _cron_daily(self):
        """What the documents have met closes its to-do, before anybody is reminded of it."""
        self._meet()
        return super()._cron_daily()

    @api.model
    def _meet(self):
        """Note the obligations as done that money or goods have met, and take the note back where they no longer do."""
        self.env.flush_all()
        figures, obligations = self.env["sbo.contract.figures"], self.env["sbo.contract.obligations"]
        rows = self.env.execute_query(SQL(
            """SELECT p.id, p.done
                 FROM (%(figures)s) f
                 JOIN LATERAL (%(progress)s) p ON p.wanted > 0
                 JOIN sbo_contract_milestone k ON k.id = p.id AND k.done_by_id IS NULL
                  AND p.done IS DISTINCT FROM (k.done_on IS NOT NULL)""",
            figures=figures._sql_figures(SQL("SELECT id FROM sbo_contract WHERE state = ANY(%s)", list(LIVE))),
            progress=obligations._sql_progress(
                SQL("f.received"), SQL("f.delivered"), SQL("n.contract_id = f.id"))))
        met, open_again = (self.browse(row[0] for row in rows if row[1] is done) for done in (True, False))
        for company, items in met.grouped("company_id").items():
            items._mark_done(company._sbo_today())
        open_again._stepping().write({"done_on": False, "done_by_id": False})

    def _met(self):
        """Those of these that the documents of this moment show as met."""
        # Superuser: documents that this user does not see count as well; a past day of the context does not.
        items = self.sudo().with_context(sbo_as_of=False)
        self.env.flush_all()
        self.env["sbo.contract.figure"].invalidate_model()
        met = {row["id"] for row in items._progress_rows(items) if row["done"]}
        return self.filtered(lambda item: item.id in met)

    @api.model
    def _progress_rows(self, items):
        """[{id, wanted, reached, done}] of the obligations of the contracts of these."""
        # Superuser: whoever may read the obligation, such as those who review its contract, reads how far it is.
        rows = self.env["sbo.contract.figure"].sudo().browse(items.contract_id.ids)
        rows.fetch(["received", "delivered"])
        self.flush_model()
        values = [(row.id, row.received, row.delivered) for row in rows]
        if not values:
            return []
        ids, received, delivered = zip(*values, strict=True)
        return self.env.execute_query_dict(SQL(
            """SELECT p.id, p.wanted, p.reached, p.done
                 FROM unnest(%(ids)s::integer[], %(received)s::numeric[], %(delivered)s::numeric[])
                      AS r(id, received, delivered)
                 JOIN LATERAL (%(progress)s) p ON TRUE""",
            ids=list(ids), received=list(received), delivered=list(delivered),
            progress=self.env["sbo.contract.obligations"]._sql_progress(
                SQL("r.received"), SQL("r.delivered"), SQL("n.contract_id = r.id"))))
