from odoo import fields, models
from odoo.tools import SQL


class SboOrderAccuracy(models.Model):
    """One verified order and one person who entered a part of it (录入准确性): how many errors were found."""

    _name = "sbo.order.accuracy"
    _description = "Accuracy of Order Entry"
    _auto = False
    _order = "date DESC, id DESC"
    _rec_name = "order_id"
    _depends = {
        "sbo.order.verification": ["order_id", "compared_at"],
        "sbo.order.difference": ["order_id", "user_id", "state"],
        "sale.order": ["company_id", "team_id"],
    }

    order_id = fields.Many2one("sale.order", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    user_id = fields.Many2one("res.users", "Entered by", readonly=True)
    date = fields.Datetime("Verified at", readonly=True)
    orders = fields.Integer("Verified Orders", readonly=True, aggregator="sum")
    differences = fields.Integer(readonly=True, aggregator="sum")
    rate = fields.Float("Errors per Order", readonly=True, aggregator="avg", digits=(16, 2))
    faultless = fields.Float("Without Error (%)", readonly=True, aggregator="avg", digits=(16, 1))

    @property
    def _table_query(self):
        """Orders verified at least once; errors that turned out to be the paper's do not count."""
        return SQL(
            """SELECT ROW_NUMBER() OVER (ORDER BY v.order_id, w.user_id) AS id, v.order_id, o.company_id,
                      o.team_id, w.user_id, v.date, 1 AS orders, w.differences, w.differences::numeric AS rate,
                      CASE WHEN w.differences = 0 THEN 100.0 ELSE 0.0 END AS faultless
                 FROM (SELECT order_id, MIN(compared_at) AS date FROM sbo_order_verification
                        WHERE compared_at IS NOT NULL GROUP BY order_id) v
                 JOIN sale_order o ON o.id = v.order_id
                 JOIN LATERAL (
                      SELECT e.user_id, SUM(e.error)::integer AS differences
                        FROM (SELECT o.create_uid AS user_id, 0 AS error
                              UNION ALL SELECT d.user_id, 1 FROM sbo_order_difference d
                               WHERE d.order_id = v.order_id AND d.state <> 'paper_wrong') e
                       WHERE e.user_id IS NOT NULL GROUP BY e.user_id) w ON TRUE""")
