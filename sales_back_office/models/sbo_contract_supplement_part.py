from odoo import api, fields, models


class SboContractSupplementPart(models.AbstractModel):
    """One line of what a supplement changes in the prices or obligations of its contract."""

    _name = "sbo.contract.supplement.part"
    _description = "Part of a Supplement"
    # The contract's field that it belongs into, and the fields that count.
    _part, _names = None, ()

    supplement_id = fields.Many2one("sbo.contract.supplement", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="supplement_id.company_id")
    currency_id = fields.Many2one(related="supplement_id.currency_id")
    dropped = fields.Boolean(help="It is not agreed any more.")

    @api.model_create_multi
    def create(self, vals_list):
        # Looked at afterwards: the supplement may also come as a default.
        items = super().create(vals_list)
        items.supplement_id._refuse_unless_draft()
        items._touch()
        return items

    def write(self, vals):
        if not self.env["sbo.contract"]._own_step() and vals:
            self.supplement_id._refuse_unless_draft()
            self._touch()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        self.supplement_id._refuse_unless_draft()
        self._touch()

    def _touch(self):
        """Whoever takes a step with the supplement now has to look again."""
        self.supplement_id._touch()

    def _overlay(self, rows):
        """The contract's rows as they will be."""
        contract = self.env["sbo.contract"]
        changes = {item.origin_id._origin.id: item for item in self if item.origin_id}
        kept = [row for row in rows if row["id"] not in changes or not changes[row["id"]].dropped]
        added = self.filtered(lambda item: not item.origin_id and not item.dropped)
        return [
            {"id": row["id"], **contract._values(changes[row["id"]], self._names)} if row["id"] in changes else row
            for row in kept
        ] + [{"id": None, **contract._values(item, self._names)} for item in added]

    def _apply(self):
        """Change the contract; called by its signed supplement, as a step."""
        for item in self.filtered("origin_id"):
            if item.dropped:
                item.origin_id.unlink()
            else:
                item.origin_id.write(item._prepare_part())
        new = self.filtered(lambda item: not item.origin_id and not item.dropped)
        contract = self.supplement_id.contract_id
        for item in new:
            contract[self._part].create({**item._prepare_part(), "contract_id": contract.id})

    def _prepare_part(self):
        """Hook: the values that a line of the contract takes from this one."""
        values = {name: item.id if self._fields[name].type == "many2one" else item
                  for name in self._names for item in [self[name]]}
        if "user_id" in self._fields and self.user_id:
            values["user_id"] = self.user_id.id
        return values
