from odoo import api, models
from odoo.tools import SQL


class SboContractObligations(models.AbstractModel):
    """How far obligations of contracts are met (履约节点), as one query.

    Payments are met one after the other by the money received, deliveries by the value delivered, or by the quantity
    of their product; an obligation without amount and quantity, and any other one, by whoever notes it done. One that
    somebody stands for uses up nothing that came: it was met in another way.
    """

    _name = "sbo.contract.obligations"
    _description = "Progress of Contract Obligations"
    _inherit = ["sbo.contract.scope"]

    @api.model
    def _sql_progress(self, received, delivered, condition) -> SQL:
        """One row for each obligation: id, contract_id, kind, due_on, wanted, reached, done.

        :param received: SQL of the money received under the contract of the obligation
        :param delivered: SQL of the value delivered
        :param condition: SQL on n (sbo_contract_milestone)
        """
        return SQL(
            """SELECT p.id, p.contract_id, p.kind, p.due_on, p.wanted, GREATEST(0, p.reached) AS reached,
                      p.noted OR p.wanted > 0 AND p.reached >= p.wanted AS done
                 FROM (SELECT u.*, CASE WHEN u.noted THEN 0 ELSE LEAST(u.wanted, u.present - u.upto + u.wanted) END
                              AS reached
                         FROM (SELECT n.id, n.contract_id, n.kind, n.due_on, w.amount AS wanted, w.noted,
                                      %(present)s AS present,
                                      SUM(CASE WHEN w.noted THEN 0 ELSE w.amount END) OVER (
                                          PARTITION BY n.contract_id, n.kind, w.product_id
                                          ORDER BY n.due_on, n.id) AS upto
                                 FROM sbo_contract_milestone n
                                 JOIN LATERAL (SELECT w.*, %(noted)s AS noted FROM (%(measure)s) w) w ON TRUE
                                WHERE %(condition)s) u) p""",
            noted=self._sql_noted(), measure=self._sql_measure(), condition=condition,
            present=self._sql_present(received, delivered))

    @api.model
    def _sql_noted(self) -> SQL:
        """Somebody has noted that obligation n is done; what the night has noted from documents may end again."""
        return SQL("n.done_on IS NOT NULL AND (n.done_by_id IS NOT NULL OR w.amount = 0) %s",
                   self._sql_until(SQL("n.done_on")))

    @api.model
    def _sql_came_due(self, contract, due_on) -> SQL:
        """An obligation fell due before its contract, when that was terminated, had ended."""
        return SQL("(%(contract)s.state NOT IN ('terminated', 'filed') OR %(due)s <= COALESCE(%(contract)s.ended_on, "
                   "%(due)s))", contract=contract, due=due_on)

    @api.model
    def _sql_measure(self) -> SQL:
        """What obligation n asks for: money, the value of goods, or a quantity of a product."""
        by_quantity = SQL("n.kind = 'delivery' AND n.product_id IS NOT NULL AND n.quantity > 0")
        return SQL(
            """SELECT CASE WHEN %(quantity)s THEN n.product_id END AS product_id,
                      CASE WHEN n.kind = 'other' THEN 0 WHEN %(quantity)s THEN n.quantity
                           ELSE COALESCE(n.amount, 0) END AS amount""", quantity=by_quantity)

    @api.model
    def _sql_present(self, received, delivered) -> SQL:
        """What there is of what obligation n asks for."""
        return SQL(
            """CASE WHEN n.kind = 'payment' THEN COALESCE(%(received)s, 0) WHEN n.kind <> 'delivery' THEN 0
                    WHEN w.product_id IS NULL THEN COALESCE(%(delivered)s, 0)
                    ELSE COALESCE((%(quantity)s), 0) END""",
            received=received, delivered=delivered, quantity=self._sql_quantity())

    @api.model
    def _sql_quantity(self) -> SQL:
        """How much of product w.product_id has been delivered under contract n.contract_id, in the product's unit."""
        goods = self.env["sbo.contract.goods"]
        if goods._is_past():
            return SQL(
                """SELECT SUM(CASE WHEN k.outgoing THEN k.qty ELSE -k.qty END) FROM (%s) k""",
                goods._sql_moves(SQL(
                    """m.product_id = w.product_id AND m.sale_line_id IN (
                       SELECT s.id FROM sale_order_line s WHERE s.sbo_contract_id = n.contract_id)"""),
                    goods._moment()))
        return SQL(
            """SELECT SUM(s.qty_delivered * su.factor::numeric / pu.factor::numeric)
                 FROM sale_order_line s
                 JOIN uom_uom su ON su.id = s.product_uom_id
                 JOIN product_product v ON v.id = s.product_id
                 JOIN product_template t ON t.id = v.product_tmpl_id
                 JOIN uom_uom pu ON pu.id = t.uom_id
                WHERE s.sbo_contract_id = n.contract_id AND s.product_id = w.product_id""")
