from odoo import models
from odoo.fields import Domain


class SboFiledPartner(models.AbstractModel):
    """A customer's papers: licences, certificates, and all that is on file for its orders and contracts."""

    _name = "sbo.filed.partner"
    _description = "Customer: Filed Documents"
    _inherit = ["sbo.filed.mixin"]

    def _sbo_filed_partner(self):
        return self.commercial_partner_id

    def _sbo_filed_domain(self):
        return list(Domain(super()._sbo_filed_domain()) | Domain("partner_id", "child_of", self.ids))

    def _sbo_filed_groups(self, aggregates):
        """Whatever names the customer, or one of its people."""
        rows = {}
        if not self._sbo_reads_filed():
            return rows
        for partner, *values in self.env["sbo.document"]._read_group(
                [("partner_id", "child_of", self._origin.ids)], ["partner_id"], aggregates):
            # Superuser: whose contact a person is.
            holder = partner.sudo()
            while holder:
                rows.setdefault(holder.id, []).append(values)
                holder = holder.parent_id
        return rows
