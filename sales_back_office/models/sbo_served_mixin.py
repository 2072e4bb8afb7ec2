from odoo import api, fields, models
from odoo.tools.sql import column_exists, create_column, table_exists


class SboServedMixin(models.AbstractModel):
    """A record that a back-office clerk (内勤) answers for.

    Whoever changes the clerk, and however (form, list, import, default), the history in
    ``sbo.responsibility`` follows: set-based, two statements for any number of records.
    """

    _name = "sbo.served.mixin"
    _description = "Served by a Back-Office Clerk"

    sbo_clerk_id = fields.Many2one(
        "res.users",
        string="Back-Office Clerk",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        domain=lambda self: self._sbo_clerk_domain(),
        help="Who answers in the back office for this record.",
    )

    def _auto_init(self):
        # Nobody is anybody's clerk on the day of installation: the default need not be computed for each of
        # millions of orders to find that out.
        known = self._auto and table_exists(self.env.cr, self._table)
        if known and not column_exists(self.env.cr, self._table, "sbo_clerk_id"):
            create_column(self.env.cr, self._table, "sbo_clerk_id", "int4")
        return super()._auto_init()

    def _compute_field_value(self, field):
        # A default that moves a stored clerk bypasses write(): the history must not miss it.
        if field.name != "sbo_clerk_id":
            return super()._compute_field_value(field)
        stored = self.filtered("id")
        former = {record.id: record.sbo_clerk_id.id for record in stored}
        result = super()._compute_field_value(field)
        stored._sbo_record_clerk_change(former)
        return result

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self.env["sbo.responsibility"]._record_change(records.filtered("sbo_clerk_id"))
        return records

    def write(self, vals):
        if "sbo_clerk_id" not in vals:
            return super().write(vals)
        former = {record.id: record.sbo_clerk_id.id for record in self}
        changed = self.filtered(lambda record: former[record.id] != (vals["sbo_clerk_id"] or False))
        if changed and not self.env.su:
            changed._sbo_check_clerk_change()
        result = super().write(vals)
        self._sbo_record_clerk_change(former)
        return result

    def unlink(self):
        ids = self.ids
        result = super().unlink()
        self.env["sbo.responsibility"]._close(self._name, ids)
        return result

    def action_sbo_responsibility(self):
        """Open the clerk history of these records."""
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_back_office.sbo_responsibility_action")
        action["domain"] = [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        action["context"] = {}
        return action

    @api.model
    def _sbo_clerk_domain(self):
        """Who can be chosen as clerk: called by every clerk field, returns a domain on res.users."""
        return [("all_group_ids", "in", self.env.ref("sales_back_office.sbo_group_clerk").ids)]

    def _sbo_record_clerk_change(self, former):
        changed = self.filtered(lambda record: record.sbo_clerk_id.id != former[record.id])
        self.env["sbo.responsibility"]._record_change(changed, former)

    def _sbo_check_clerk_change(self):
        """Hook of write(): raise an AccessError when the user may not give these records to another clerk."""

    @api.model
    def _sbo_may_dispatch(self):
        """Whether the user hands out work: a back-office supervisor or manager, or a sales manager."""
        user = self.env.user
        return user.has_group("sales_back_office.sbo_group_supervisor") or user.has_group(
            "sales_team.group_sale_manager"
        )
