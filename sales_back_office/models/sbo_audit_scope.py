from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

CLERK = "sales_back_office.sbo_group_clerk"
SUPERVISOR = "sales_back_office.sbo_group_supervisor"
# Marks our own steps in the context. It is this object that counts, and no RPC call can send it.
STEP = object()


class SboAuditScope(models.AbstractModel):
    """Which documents an audit is about: of a period, of customers, under contracts, of classes; all that is named
    must hold.
    """

    _name = "sbo.audit.scope"
    _description = "Scope of an Audit"

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company)
    date_from = fields.Date("Documents from", tracking=True)
    date_to = fields.Date("Documents until", tracking=True)
    partner_ids = fields.Many2many("res.partner", string="Customers", check_company=True)
    contract_ids = fields.Many2many("sbo.contract", string="Contracts", check_company=True)
    class_ids = fields.Many2many("sbo.document.class", string="Document Classes", check_company=True)

    @api.constrains("date_from", "date_to")
    def _check_period(self):
        for scope in self:
            if scope.date_from and scope.date_to and scope.date_from > scope.date_to:
                raise ValidationError(self.env._("“%s”: the period ends before it begins.", scope.display_name))

    @api.model
    def _sql_in_scope(self) -> SQL:
        """Condition that document ``d`` is in the scope of row ``r`` of this model's table."""
        return SQL(
            """d.company_id = r.company_id AND (r.date_from IS NULL OR d.date >= r.date_from)
               AND (r.date_to IS NULL OR d.date <= r.date_to)
               AND (%(no_customer)s OR EXISTS (
                    SELECT FROM %(customers)s x JOIN res_partner named ON named.id = x.%(customer)s
                      JOIN res_partner own ON own.id = d.partner_id
                     WHERE x.%(scope)s = r.id AND own.commercial_partner_id = named.commercial_partner_id))
               AND (%(no_class)s OR d.class_id IN (
                    SELECT x.%(class)s FROM %(classes)s x WHERE x.%(scope)s = r.id))
               AND (%(no_contract)s OR EXISTS (
                    SELECT FROM %(contracts)s x WHERE x.%(scope)s = r.id AND %(of)s))""",
            no_customer=self._sql_none("partner_ids"), no_class=self._sql_none("class_ids"),
            no_contract=self._sql_none("contract_ids"), of=self._sql_under_contract(
                SQL("x.%s", self._sql_column("contract_ids", "column2"))),
            scope=self._sql_column("partner_ids", "column1"),
            customers=self._sql_column("partner_ids", "relation"),
            customer=self._sql_column("partner_ids", "column2"),
            classes=self._sql_column("class_ids", "relation"), **{"class": self._sql_column("class_ids", "column2")},
            contracts=self._sql_column("contract_ids", "relation"))

    @api.model
    def _sql_under_contract(self, contract) -> SQL:
        """Hook: condition that document ``d`` is about a contract: its own record, or one that its order or
        delivery, or a line of it, stands under.

        :param contract: SQL, the contract's id
        """
        return SQL(
            """(CASE d.res_model WHEN 'sbo.contract' THEN d.res_id = %(contract)s
                     WHEN 'sale.order' THEN %(contract)s IN (%(order)s)
                     WHEN 'stock.picking' THEN %(contract)s IN (%(delivery)s) ELSE FALSE END)""",
            contract=contract, order=self._sql_contracts_of_order(SQL("d.res_id")),
            delivery=self._sql_contracts_of_order(SQL("(SELECT s.sale_id FROM stock_picking s WHERE s.id = d.res_id)")))

    @api.model
    def _sql_contracts_of_order(self, order) -> SQL:
        return SQL(
            """SELECT o.sbo_contract_id FROM sale_order o WHERE o.id = %(order)s
                UNION SELECT l.sbo_contract_id FROM sale_order_line l WHERE l.order_id = %(order)s""", order=order)

    @api.model
    def _sql_none(self, name) -> SQL:
        return SQL("NOT EXISTS (SELECT FROM %s x WHERE x.%s = r.id)",
                   self._sql_column(name, "relation"), self._sql_column(name, "column1"))

    @api.model
    def _sql_column(self, name, part) -> SQL:
        return SQL.identifier(getattr(self._fields[name], part))

    # === steps === #

    def _steps_only(self, vals, closed):
        """Whether a plain write tries what only a step may do."""
        return self.env.context.get("sbo_step") is not STEP and bool(closed & set(vals))

    def _step_write(self, vals):
        # Superuser: the step was checked before, the fields themselves are closed to everybody.
        self.sudo().with_context(sbo_step=STEP).write(vals)

    def _lock(self):
        """Two people at once: the second one waits here, and then sees what the first one has done."""
        self.env.cr.execute(SQL(
            "SELECT id FROM %s WHERE id = ANY(%s) ORDER BY id FOR UPDATE", SQL.identifier(self._table), self.ids))
        self.invalidate_recordset(["state"])

    def _refusal(self, step):
        """Why this user may not take this step, in words; empty when allowed."""
        sources, _target, group = self._transitions()[step]
        if not self.env.user.has_group(group):
            return self.env._("it takes a back-office supervisor") if group == SUPERVISOR else self.env._(
                "only the back office does that")
        if self.state not in sources:
            return self.env._("it is “%s”", dict(self._fields["state"]._description_selection(self.env))[self.state])
        return ""

    @api.model
    def _transitions(self):
        """{step: (from, to, group)}."""
        raise NotImplementedError
