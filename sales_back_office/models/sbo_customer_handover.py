from odoo import api, models
from odoo.tools import SQL

NAMES = 3


class SboCustomerHandover(models.AbstractModel):
    """What goes with a customer when it changes hands: figures for the packet, the papers and the leaver wizard."""

    _name = "sbo.customer.handover"
    _description = "Handover Figures of a Customer"

    @api.model
    def _sbo_open_orders(self):
        """Orders that somebody has to go on with: quotations, and what is not wholly delivered and invoiced."""
        return [
            "|", ("state", "in", ("draft", "sent")), "&", ("state", "=", "sale"),
            "|", ("delivery_status", "in", ("pending", "started", "partial")),
            ("invoice_status", "in", ("no", "to invoice")),
        ]

    def _sbo_handover_items(self, kind):
        """Lines of the handover packet of these customers, for ``env.company``.

        Called as superuser when an assignment is given; override to add lines, with a constant number of queries.

        :param kind: of the assignment: a new customer has no past to hand over
        :return: {customer id: [values of sbo.assignment.item]}
        """
        figures = self._sbo_handover_figures()
        return {partner.id: partner._sbo_packet_lines(kind, figures[partner.id]) for partner in self}

    def _sbo_packet_lines(self, kind, figures):
        currency = self.env.company.currency_id.id
        lines = [
            {"kind": "contacts", "quantity": figures["contacts"], "detail": figures["contact_names"]},
            {"kind": "preferences", "detail": self._sbo_preferences_text()},
        ]
        if kind == "new":
            return lines
        return lines + [
            {"kind": "orders", "quantity": figures["orders"], "amount": figures["order_amount"],
             "detail": figures["order_names"], "currency_id": currency},
            {"kind": "receivable", "amount": figures["receivable"], "currency_id": currency},
            {"kind": "findings", "quantity": figures["findings"], "detail": figures["finding_names"]},
        ]

    def _sbo_preferences_text(self):
        text = self.sbo_preferences if "sbo_preferences" in self._fields else ""
        return (text or "").split("\n")[0][:100]

    def _sbo_handover_figures(self):
        """Contacts, open orders, what is receivable and open findings: {customer id: {name: figure}}.

        Four queries for any number of customers. They pass the access rules on purpose: a salesperson sees the
        invoices and orders of his own, but must be told what the customer owes when he takes it over from another.
        """
        for model in ("res.partner", "sale.order", "account.move.line", "sbo.finding"):
            self.env[model].flush_model()
        empty = {"contacts": 0, "contact_names": "", "orders": 0, "order_amount": 0.0, "order_names": "",
                 "receivable": 0.0, "findings": 0, "finding_names": ""}
        figures = {partner_id: dict(empty) for partner_id in self.ids}
        for query in (self._sbo_sql_contacts(), self._sbo_sql_orders(), self._sbo_sql_receivable(),
                      self._sbo_sql_findings()):
            for row in self.env.execute_query_dict(query):
                figures[row.pop("id")].update(row)
        return figures

    def _sbo_sql_contacts(self):
        return SQL(
            """SELECT parent_id AS id, COUNT(*) AS contacts,
                      array_to_string((array_agg(name ORDER BY id))[1:%s], ', ') AS contact_names
                 FROM res_partner
                WHERE parent_id = ANY(%s) AND active AND NOT COALESCE(is_company, FALSE) AND type = 'contact'
                GROUP BY parent_id""", NAMES, self.ids)

    def _sbo_sql_orders(self):
        orders = self.env["sale.order"].sudo()
        query = orders._search([*self._sbo_open_orders(), ("company_id", "=", self.env.company.id)])
        customer = query.join("sale_order", "partner_id", "res_partner", "id", "customer")
        query.add_where(SQL("%s = ANY(%s)", SQL.identifier(customer, "commercial_partner_id"), self.ids))
        owner = SQL.identifier(customer, "commercial_partner_id")
        query.groupby = owner
        query.order = None
        return query.select(
            SQL("%s AS id", owner), SQL("COUNT(*) AS orders"),
            SQL("ROUND(SUM(sale_order.amount_total / COALESCE(NULLIF(sale_order.currency_rate, 0), 1))::numeric, 2) "
                "AS order_amount"),
            SQL("array_to_string((array_agg(sale_order.name ORDER BY sale_order.id DESC))[1:%s], ', ') AS order_names",
                NAMES))

    def _sbo_sql_receivable(self):
        return SQL(
            """SELECT p.commercial_partner_id AS id, SUM(l.amount_residual) AS receivable
                 FROM account_move_line l
                 JOIN res_partner p ON p.id = l.partner_id
                 JOIN account_account a ON a.id = l.account_id AND a.account_type = 'asset_receivable'
                WHERE p.commercial_partner_id = ANY(%s) AND l.company_id = %s AND l.parent_state = 'posted'
                  AND NOT COALESCE(l.reconciled, FALSE)
                GROUP BY p.commercial_partner_id""", self.ids, self.env.company.id)

    def _sbo_sql_findings(self):
        return SQL(
            """SELECT f.customer_id AS id, COUNT(*) AS findings,
                      array_to_string((array_agg(f.res_name ORDER BY f.due_at, f.id))[1:%s], ', ') AS finding_names
                 FROM (SELECT res_id AS customer_id, res_name, due_at, id FROM sbo_finding
                        WHERE res_model = 'res.partner' AND res_id = ANY(%s) AND company_id = %s
                          AND closed_at IS NULL AND state <> 'waived'
                        UNION ALL
                       SELECT p.commercial_partner_id, f.res_name, f.due_at, f.id FROM sbo_finding f
                         JOIN sale_order o ON f.res_model = 'sale.order' AND o.id = f.res_id
                         JOIN res_partner p ON p.id = o.partner_id
                        WHERE p.commercial_partner_id = ANY(%s) AND f.company_id = %s
                          AND f.closed_at IS NULL AND f.state <> 'waived') f
                GROUP BY f.customer_id""",
            NAMES, self.ids, self.env.company.id, self.ids, self.env.company.id)

    def _sbo_top_products(self, limit=5):
        """Names of the products ordered most by amount: {customer id: "A, B"}, one query; for the paper."""
        self.env["sale.order.line"].flush_model()
        lang = self.env.lang or "en_US"
        rows = self.env.execute_query(SQL(
            """SELECT customer_id, string_agg(name, ', ' ORDER BY place)
                 FROM (SELECT p.commercial_partner_id AS customer_id,
                              COALESCE(t.name->>%(lang)s, t.name->>'en_US') AS name,
                              ROW_NUMBER() OVER (PARTITION BY p.commercial_partner_id
                                                 ORDER BY SUM(l.price_subtotal) DESC, t.id) AS place
                         FROM sale_order_line l
                         JOIN sale_order o ON o.id = l.order_id AND o.state = 'sale'
                         JOIN res_partner p ON p.id = o.partner_id
                         JOIN product_product v ON v.id = l.product_id
                         JOIN product_template t ON t.id = v.product_tmpl_id
                        WHERE p.commercial_partner_id = ANY(%(ids)s) AND o.company_id = %(company)s
                        GROUP BY p.commercial_partner_id, t.id) ranked
                WHERE place <= %(limit)s GROUP BY customer_id""",
            lang=lang, ids=self.ids, company=self.env.company.id, limit=limit))
        return dict(rows)
