from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.sql import column_exists, create_column

SEQUENCE = "sbo.customer.file"


class SboCustomerFiling(models.AbstractModel):
    """What happens when somebody becomes a customer: the file gets its number, its day and who brought it in."""

    _name = "sbo.customer.filing"
    _description = "Filing of a Customer"

    # Odoo's own field: given once by the sequence, kept whatever it is. Editable and without precomputing, so that
    # a form that is only being filled in takes no number.
    ref = fields.Char("Reference", compute="_compute_ref", store=True, readonly=False, tracking=True)
    sbo_filed_on = fields.Date("Filed", compute="_compute_sbo_filing", store=True, readonly=False, copy=False)
    sbo_collector_id = fields.Many2one(
        "res.users", "Collected by", compute="_compute_sbo_filing", store=True, readonly=False,
        index="btree_not_null", copy=False, help="Who brought the customer in: counts for the weekly new customers.")

    @api.depends("sbo_is_customer")
    def _compute_ref(self):
        """The file number: customers that have none get the next ones, a number that is there is never changed."""
        waiting = self.filtered(lambda p: p.id and p.sbo_is_customer and not p.ref)
        for partner in self - waiting:
            partner.ref = partner.ref
        for company, partners in waiting.grouped("company_id").items():
            numbers = self._sbo_file_numbers(company or self.env.company, len(partners))
            for partner, number in zip(partners, numbers, strict=True):
                partner.ref = number

    @api.depends("sbo_is_customer")
    def _compute_sbo_filing(self):
        """Filed on the day it becomes a customer; brought in by whoever entered it, if that is a person of sales."""
        fresh = self.filtered(lambda p: p.id and p.sbo_is_customer and not p.sbo_filed_on)
        collectors = self._sbo_collectors(fresh.create_uid)
        today = fields.Date.context_today(self)
        for partner in self:
            if partner not in fresh:
                partner.sbo_filed_on, partner.sbo_collector_id = partner.sbo_filed_on, partner.sbo_collector_id
                continue
            partner.sbo_filed_on = today
            partner.sbo_collector_id = partner.sbo_collector_id or partner.create_uid & collectors

    def _auto_init(self):
        # The columns of old partners are filled by one statement (see sbo.customer.file), not computed.
        for name, kind in (("sbo_filed_on", "date"), ("sbo_collector_id", "int4")):
            if self._auto and not column_exists(self.env.cr, self._table, name):
                create_column(self.env.cr, self._table, name, kind)
        return super()._auto_init()

    def copy_data(self, default=None):
        """A copy is another customer: it gets a number of its own."""
        vals_list = super().copy_data(default)
        for partner, vals in zip(self, vals_list, strict=True):
            if partner.sbo_is_customer and "ref" not in (default or {}):
                vals.pop("ref", None)
        return vals_list

    def action_sbo_number(self):
        """Give file numbers to the chosen customers that have none (those from before the installation)."""
        self.check_access("write")
        waiting = self.filtered(lambda p: p.sbo_is_customer and not p.ref)
        self.env.add_to_compute(self._fields["ref"], waiting)
        waiting.mapped("ref")
        return {
            "type": "ir.actions.client", "tag": "display_notification",
            "params": {"type": "success", "message": self.env._("%s file numbers given.", len(waiting)),
                       "next": {"type": "ir.actions.client", "tag": "soft_reload"}},
        }

    @api.model
    def _sbo_collectors(self, users):
        """Those of the users who count as having brought a customer in: clerks and salespeople."""
        return users.filtered(lambda user: user.id != self.env.ref("base.user_root").id and (
            user.has_group("sales_back_office.sbo_group_clerk") or user.has_group("sales_team.group_sale_salesman")))

    @api.model
    def _sbo_file_numbers(self, company, count):
        """The next free numbers of the company's sequence: a constant number of queries however many are wanted.

        Numbers that somebody has given by hand, or brought along from an old ledger, are passed over.
        """
        # Superuser: nobody of sales reads sequences, and a number must be free for those one may not see, too.
        sequence = self.env["ir.sequence"].sudo().search(
            [("code", "=", SEQUENCE), ("company_id", "in", [company.id, False])], order="company_id", limit=1)
        if not sequence:
            return [False] * count
        self.env["res.partner"].flush_model(["ref"])
        numbers = []
        while len(numbers) < count:
            batch = self._sbo_next_numbers(sequence, count - len(numbers))
            taken = {ref for (ref,) in self.env.execute_query(SQL(
                "SELECT ref FROM res_partner WHERE ref = ANY(%s)", batch))}
            numbers += [number for number in batch if number not in taken]
        return numbers

    @api.model
    def _sbo_next_numbers(self, sequence, count):
        if sequence.implementation != "standard" or sequence.use_date_range:
            return [sequence.next_by_id() for _n in range(count)]
        # What ir.sequence does for each number, for all of them at once.
        drawn = self.env.execute_query(SQL(
            "SELECT nextval(%s) FROM generate_series(1, %s)", f"ir_sequence_{sequence.id:03d}", count))
        return [sequence.get_next_char(number) for (number,) in drawn]
