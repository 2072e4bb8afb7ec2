from odoo import api, models
from odoo.tools import SQL


class SboContractSlices(models.AbstractModel):
    """What of a document that several contracts share is whose, to the cent: all slices together are the document.

    The contracts of a document lie side by side, by their ids. Each one's slice ends where the next one's begins, both
    ends rounded: no cent is lost or found, and a document that is settled is settled under each of them. A down payment
    is cut line by line, so that the last invoice takes off what the first one has put on.
    """

    _name = "sbo.contract.slices"
    _description = "Slices of Shared Documents"

    @api.model
    def _sql_cents(self, amount, cent) -> SQL:
        """An amount rounded; what divisions leave behind the sixth place of a cent is no half of one."""
        return SQL("ROUND(ROUND((%(amount)s)::numeric / %(cent)s::numeric, 6)) * %(cent)s::numeric",
                   amount=amount, cent=cent)

    @api.model
    def _sql_shared(self) -> SQL:
        """Which share of which order is under which contract, what lies below it, and what of it is without taxes."""
        return SQL(
            """SELECT y.order_id, y.key, y.untaxed, y.total,
                      CASE WHEN y.whole <> 0 THEN y.total / y.whole ELSE 1.0 / y.keys END AS share,
                      CASE WHEN y.whole <> 0 THEN (y.upto - y.total) / y.whole ELSE (y.place - 1.0) / y.keys END
                      AS below
                 FROM (SELECT s.order_id, s.key, SUM(s.price_total) AS total, SUM(s.price_subtotal) AS untaxed,
                              SUM(SUM(s.price_total)) OVER one AS whole, COUNT(*) OVER one AS keys,
                              SUM(SUM(s.price_total)) OVER up AS upto, ROW_NUMBER() OVER up AS place
                         FROM line s WHERE s.goods AND NOT s.down GROUP BY s.order_id, s.key
                       WINDOW one AS (PARTITION BY s.order_id),
                              up AS (PARTITION BY s.order_id ORDER BY s.key)) y""")

    @api.model
    def _sql_part(self) -> SQL:
        """Which part of which posted invoice is a contract's: by the lines; a down payment by its order's shares.

        ``below`` is where its slice of an invoice begins that it shares, nothing of one that is its own. An invoice of
        nothing in all (a last one, paid in advance) has no total to take shares of.
        """
        cent = SQL("cur.rounding")
        part, untaxed = (SQL(
            "SUM(CASE WHEN h.below IS NULL THEN %(whole)s ELSE %(end)s - %(start)s END / n.lines)", whole=whole,
            start=self._sql_cents(SQL("%s * h.below", whole), cent),
            end=self._sql_cents(SQL("%s * (h.below + h.share)", whole), cent))
            for whole in (SQL("l.price_total"), SQL("l.price_subtotal")))
        return SQL(
            """SELECT i.move_id, i.order_id, i.part, i.untaxed, NULLIF(t.total, 0) AS total, b.below,
                      CASE WHEN w.tax_included OR i.part = 0 THEN 1 ELSE i.untaxed / i.part END AS basis
                 FROM (SELECT l.move_id, h.key AS order_id, %(part)s AS part, %(untaxed)s AS untaxed
                         FROM (SELECT s.id, s.key, NULL::numeric AS share, NULL::numeric AS below
                                 FROM line s WHERE NOT s.down
                               UNION ALL
                               SELECT s.id, d.key, d.share, d.below
                                 FROM shared d JOIN line s ON s.order_id = d.order_id AND s.down
                              ) h
                         JOIN sale_order_line_invoice_rel r ON r.order_line_id = h.id
                         JOIN account_move_line l ON l.id = r.invoice_line_id
                         JOIN res_currency cur ON cur.id = l.currency_id
                         JOIN LATERAL (SELECT COUNT(*) AS lines FROM sale_order_line_invoice_rel x
                                        WHERE x.invoice_line_id = l.id) n ON TRUE
                        WHERE l.parent_state = 'posted' AND l.display_type = 'product' %(until)s
                        GROUP BY l.move_id, h.key) i
                 JOIN LATERAL (SELECT SUM(x.price_total) AS total FROM account_move_line x
                                WHERE x.move_id = i.move_id AND x.display_type = 'product') t ON TRUE
                 JOIN LATERAL (%(below)s) b ON TRUE
                 LEFT JOIN wanted w ON w.id = i.order_id""",
            part=part, untaxed=untaxed, below=self._sql_below(),
            until=self._sql_until(SQL("COALESCE(l.invoice_date, l.date)")))

    @api.model
    def _sql_below(self) -> SQL:
        """What of invoice i lies below the part of contract i.order_id, where others share it: all of its lines are
        asked, whichever contracts one looks at."""
        key = SQL("COALESCE(g.sbo_contract_id, -g.order_id)")
        return SQL(
            """SELECT SUM(CASE WHEN s.id IS NULL THEN 0 WHEN s.is_downpayment THEN %(down)s
                               WHEN COALESCE(s.sbo_contract_id, -s.order_id) < i.order_id THEN x.price_total
                               ELSE 0 END / n.lines) AS below
                 FROM account_move_line x JOIN res_currency cur ON cur.id = x.currency_id
                 LEFT JOIN sale_order_line_invoice_rel r ON r.invoice_line_id = x.id
                 LEFT JOIN sale_order_line s ON s.id = r.order_line_id
                 JOIN LATERAL (SELECT GREATEST(1, COUNT(*)) AS lines FROM sale_order_line_invoice_rel y
                                WHERE y.invoice_line_id = x.id) n ON TRUE
                 LEFT JOIN LATERAL (
                      SELECT CASE WHEN SUM(g.price_total) <> 0
                                  THEN COALESCE(SUM(g.price_total) FILTER (WHERE %(lower)s), 0) / SUM(g.price_total)
                                  ELSE COUNT(DISTINCT %(key)s) FILTER (WHERE %(lower)s) * 1.0
                                       / NULLIF(COUNT(DISTINCT %(key)s), 0) END AS share
                        FROM sale_order_line g
                       WHERE s.is_downpayment AND g.order_id = s.order_id AND g.display_type IS NULL
                         AND g.is_downpayment IS NOT TRUE) d ON TRUE
                WHERE x.move_id = i.move_id AND x.display_type = 'product' AND t.total <> 0
                  AND i.part <> t.total""",
            down=self._sql_cents(SQL("x.price_total * COALESCE(d.share, 0)"), SQL("cur.rounding")), key=key,
            lower=SQL("%s < i.order_id", key))

    @api.model
    def _sql_slice(self, amount) -> SQL:
        """What of an amount of invoice v, as it was posted, is part's; without taxes where its contract is."""
        end, start = (self._sql_cents(SQL("%s * v.whole * (%s) / part.total", amount, edge), SQL("v.cent"))
                      for edge in (SQL("part.below + part.part"), SQL("part.below")))
        return SQL(
            "(CASE WHEN part.below IS NULL THEN %(amount)s * v.whole ELSE %(end)s - %(start)s END * part.basis)",
            amount=amount, end=end, start=start)
