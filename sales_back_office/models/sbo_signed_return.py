from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools import clock

RESULTS = [("complete", "Complete"), ("difference", "With a Difference")]
SIGNED = [("outstanding", "Outstanding"), ("signed", "Signed"), ("difference", "Signed, with a Difference"),
          ("waived", "Not Needed")]


class SboSignedReturn(models.AbstractModel):
    """The delivery note that comes back signed (回单): when, by whom, the scan, and what is still outstanding."""

    _name = "sbo.signed.return"
    _description = "Delivery: Signed Return"

    sbo_signed_on = fields.Date(
        "Signed on", copy=False, tracking=True, help="The day written on the delivery note by the customer.")
    sbo_signed_by = fields.Char("Signed by", copy=False, tracking=True, help="Who signed for the customer.")
    sbo_signed_result = fields.Selection(RESULTS, "Goods Received", copy=False, tracking=True)
    sbo_signed_remark = fields.Char(
        "Remark on the Note", copy=False, tracking=True, help="What the customer wrote: short, damaged, wrong.")
    sbo_signed_scan = fields.Binary("Scan", copy=False, attachment=True)
    sbo_signed_scan_name = fields.Char(copy=False)
    sbo_signed_noted_at = fields.Datetime(
        "Came Back", readonly=True, copy=False, help="When the signed note was entered.")
    sbo_unsigned_reason = fields.Char(
        "No Signed Note because", copy=False, tracking=True, help="Why none is expected, such as a parcel service.")
    sbo_signed_state = fields.Selection(
        SIGNED, "Signed Note", compute="_compute_sbo_signed_state", search="_search_sbo_signed_state")

    # The lists of open orders look for these few among all that has ever left.
    _sbo_unsigned_idx = models.Index(
        "(company_id, date_done) WHERE state = 'done' AND sale_id IS NOT NULL AND sbo_signed_on IS NULL")
    _sbo_odd_idx = models.Index("(sale_id) WHERE sbo_signed_result = 'difference'")

    @api.depends("state", "picking_type_code", "sale_id", "sbo_signed_on", "sbo_signed_result", "sbo_unsigned_reason",
                 "company_id.sbo_signed_required", "company_id.sbo_signed_from")
    def _compute_sbo_signed_state(self):
        for picking in self:
            company = picking.company_id.sudo()  # settings of the company
            if picking.state != "done" or picking.picking_type_code != "outgoing" or not picking.sale_id:
                picking.sbo_signed_state = False
            elif picking.sbo_signed_on:
                picking.sbo_signed_state = "difference" if picking.sbo_signed_result == "difference" else "signed"
            elif picking.sbo_unsigned_reason:
                picking.sbo_signed_state = "waived"
            else:
                since = company.sbo_signed_from
                asked = company.sbo_signed_required and (not since or picking.date_done.date() >= since)
                picking.sbo_signed_state = "outstanding" if asked else False

    def _search_sbo_signed_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        left = Domain([("state", "=", "done"), ("picking_type_code", "=", "outgoing"), ("sale_id", "!=", False)])
        back, odd = Domain("sbo_signed_on", "!=", False), Domain("sbo_signed_result", "=", "difference")
        reason = Domain("sbo_unsigned_reason", "!=", False)
        cases = {
            "outstanding": left & ~back & ~reason & self._sbo_asked_domain(),
            "waived": left & ~back & reason,
            "signed": left & back & ~odd,
            "difference": left & back & odd,
        }
        cases[False] = ~Domain.OR(cases.values())
        return Domain.OR(cases[one] for one in value if one in cases)

    @api.constrains("sbo_signed_on", "state")
    def _check_sbo_signed_on(self):
        for picking in self.filtered("sbo_signed_on"):
            local = picking.with_context(tz=picking.company_id._sbo_tz())
            if picking.state != "done":
                raise ValidationError(self.env._(
                    "%s has not left yet: nobody can have signed for it.", picking.display_name))
            if picking.sbo_signed_on > fields.Datetime.context_timestamp(local, clock.now(self.env)).date():
                raise ValidationError(self.env._(
                    "%s cannot have been signed for in the future.", picking.display_name))
            if picking.sbo_signed_on < fields.Datetime.context_timestamp(local, picking.date_done).date():
                raise ValidationError(self.env._(
                    "%s cannot have been signed for before it left.", picking.display_name))

    def write(self, vals):
        if vals.get("sbo_signed_on"):
            now = clock.now(self.env)
            fresh = self.filtered(lambda picking: not picking.sbo_signed_on)
            super(SboSignedReturn, fresh).write({"sbo_signed_noted_at": now})
        elif "sbo_signed_on" in vals:
            vals = dict(vals, sbo_signed_noted_at=False)
        return super().write(vals)

    @api.model
    def _sbo_asked_domain(self):
        """Deliveries whose note has to come back: of companies that ask for it, since they do."""
        companies = self.env["res.company"].sudo().search([("sbo_signed_required", "=", True)])  # settings
        return Domain.OR(
            Domain("company_id", "=", company.id)
            & (Domain("date_done", ">=", company.sbo_signed_from) if company.sbo_signed_from else Domain.TRUE)
            for company in companies)

    def _sbo_query_signed_return_missing(self, check, ids=None) -> SQL:
        """Deliveries whose signed note has not come back X working days after they left, or came later."""
        as_of, since, company = check._as_of(), check._since(), check.env.company
        due = self.env["sbo.working.day"]._sql_due_days(
            SQL("%s::integer", check._calendar().id or None), SQL("sp.date_done"), SQL("%s", int(check.parameter)))
        return SQL(
            """SELECT d.id AS res_id, '' AS key, NULL::integer AS user_id, d.due_at,
                      CASE WHEN d.noted_at <= %(as_of)s THEN d.noted_at END AS done_at, 1.0 AS quantity,
                      jsonb_build_object('delivered', d.date_done, 'sbo_signed_on', d.signed_on) AS evidence
                 FROM (SELECT sp.id, sp.date_done, sp.sbo_signed_noted_at AS noted_at, sp.sbo_signed_on AS signed_on,
                              %(due)s AS due_at
                         FROM stock_picking sp
                         JOIN stock_picking_type pt ON pt.id = sp.picking_type_id AND pt.code = 'outgoing'
                        WHERE sp.state = 'done' AND sp.sale_id IS NOT NULL AND sp.company_id = %(company)s
                          AND sp.date_done <= %(as_of)s AND %(asked)s
                          AND (sp.sbo_signed_on IS NOT NULL OR COALESCE(sp.sbo_unsigned_reason, '') = '')
                          %(since)s %(asked_from)s %(narrow)s
                       OFFSET 0) d
                WHERE d.due_at < %(as_of)s AND (d.noted_at IS NULL OR d.noted_at > d.due_at)""",
            as_of=as_of, due=due, company=company.id, asked=company.sbo_signed_required,
            asked_from=SQL("AND sp.date_done >= %s", company.sbo_signed_from) if company.sbo_signed_from else SQL(),
            # A limit of X working days cannot reach further back than so many calendar days, holidays included.
            since=SQL("AND sp.date_done >= %s - %s * interval '1 day'", since, 30 + 3 * check.parameter)
            if since else SQL(),
            narrow=self._sbo_sql_narrow(SQL("sp.id"), ids))
