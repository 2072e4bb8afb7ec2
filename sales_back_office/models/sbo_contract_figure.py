from odoo import api, fields, models
from odoo.tools import SQL, OrderedSet

from ..tools.choices import SEVERITIES
from .sbo_contract_figure_head import COLUMNS
from .sbo_contract_figures import DEPENDS


class SboContractFigure(models.Model):
    """One line of the contract performance schedule (合同履行一览表, form F05): how far one contract is carried out.

    The row is the contract itself, nothing is kept here: ordered, delivered, invoiced, received are added up from
    Odoo's documents whenever somebody looks, in the currency of the contract, with taxes where its amount is.
    """

    _name = "sbo.contract.figure"
    _description = "Contract Performance Schedule"
    _inherit = ["sbo.contract.figure.head", "sbo.contract.figure.sums", "sbo.contract.figures",
                "sbo.contract.documents"]
    _auto = False
    _order = "signed_on desc, id desc"
    _rec_name = "contract_id"
    _depends = DEPENDS

    contracted = fields.Monetary(readonly=True, help="The amount of the contract, with its signed supplements.")
    ordered = fields.Monetary("Ordered Amount", readonly=True, help="Lines of confirmed orders under the contract.")
    delivered = fields.Monetary(
        "Delivered Amount", readonly=True,
        help="What has left less what came back, at the net prices of the order lines.")
    not_invoiced = fields.Monetary(
        "Delivered, Not Invoiced", readonly=True, help="What is delivered and on no posted invoice, by quantity.")
    invoiced = fields.Monetary(
        readonly=True, help="Lines of posted invoices less credit notes; a down payment counts until the final invoice "
        "takes it off.")
    invoiced_on = fields.Date("Last Invoice", readonly=True)
    received = fields.Monetary(
        "Received Amount", readonly=True,
        help="Reconciled with the invoices, and payments meant for the orders; less what was paid back. "
        "What was settled with a discount or written off counts as settled.")
    received_on = fields.Date("Last Receipt", readonly=True)
    receivable = fields.Monetary(readonly=True, help="Invoiced less received; negative: paid in advance.")
    due = fields.Monetary(
        "Due by Today", readonly=True, help="What of the invoices should have come until today and has not.")
    overdue = fields.Monetary(readonly=True, help="What of the invoices should have come until yesterday and has not.")
    overdue_since = fields.Date(readonly=True, help="Due date of the oldest open amount.")
    rest = fields.Monetary(
        "Still to Deliver", readonly=True,
        help="Contracted (ordered, where the contract has no amount) less delivered.")
    collection_rate = fields.Float(
        readonly=True, aggregator=None, digits=(16, 4), help="Received ÷ (received + overdue).")
    performance = fields.Float(
        readonly=True, aggregator=None, digits=(16, 4),
        help="Delivered ÷ contracted (ordered, where the contract has no amount).")
    next_milestone_id = fields.Many2one("sbo.contract.milestone", "Next Obligation", readonly=True)
    next_due_on = fields.Date("Next Due", readonly=True)
    delivery_due_on = fields.Date("Delivery Due", readonly=True, help="The next delivery that is not complete.")
    plan_due = fields.Monetary("Planned until Today", readonly=True, help="Payments of the contract's plan due by now.")
    plan_short = fields.Monetary(
        "Behind the Plan", readonly=True, help="Payments of the contract's plan that should have come and have not.")
    plan_short_since = fields.Date("Behind since", readonly=True)
    updated_at = fields.Datetime("Schedule Updated", readonly=True, help="When a clerk last looked it through.")
    risk_level = fields.Selection(SEVERITIES, "Risk", readonly=True, help="The highest level of the open risk flags.")
    risk_count = fields.Integer("Open Risk Flags", readonly=True)

    @api.model
    @api.readonly
    def search_fetch(self, domain, field_names=None, offset=0, limit=None, order=None):
        """First which contracts, then their figures: what a figure costs is paid for the rows of the page only."""
        found = super().search_fetch(domain, [], offset, limit, order)
        if field_names != []:
            found.fetch(field_names)
        return found

    @api.model
    def _search(self, domain, *args, **kwargs):
        # The documents of the contracts that can be meant are added up, not those of all.
        return super(SboContractFigure, self.with_context(sbo_only_contracts=self._scope_of(domain)))._search(
            domain, *args, **kwargs)

    @property
    def _table_query(self) -> SQL:
        only = self.env.context.get("sbo_only_contracts")
        return self._sql_figures(only, self._sql_head())

    # === documents === #

    def action_open_contract(self):
        """Open the contract of this row."""
        self.ensure_one()
        return {"type": "ir.actions.act_window", "res_model": "sbo.contract", "res_id": self.contract_id.id,
                "views": [[False, "form"]]}

    def action_schedule_flags(self):
        """The risk flags of this contract."""
        return self.contract_id.action_sbo_flags()

    def action_export(self):
        """The schedule of these contracts as a workbook."""
        return self.env["sbo.contract.export"]._download(self)

    def _sbo_contracts(self):
        return self.env["sbo.contract"].browse(self.ids)

    @api.model
    def _scope_of(self, domain):
        """The contracts that a domain on figures can mean: by their ids, or by what it says of the contract itself.

        :return: ids, SQL of a query of ids, or None for all
        """
        domain = fields.Domain(domain)
        parts = getattr(domain, "children", (domain,)) if getattr(domain, "OPERATOR", "&") == "&" else ()
        known = [part for part in parts if getattr(part, "field_expr", None) in {"id", *COLUMNS}]
        for part in known:
            if part.field_expr == "id" and part.operator == "in" and isinstance(part.value, list | tuple | OrderedSet):
                return tuple(part.value)
        if self.env.su and not known:
            return None
        of_contract = fields.Domain.AND(
            fields.Domain(COLUMNS.get(part.field_expr, "id"), part.operator, part.value) for part in known)
        return self.env["sbo.contract"].with_context(active_test=False)._search(of_contract).subselect()
