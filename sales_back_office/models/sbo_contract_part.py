from odoo import api, models
from odoo.exceptions import UserError


class SboContractPart(models.AbstractModel):
    """A line of a contract that belongs to what is reviewed and signed: it changes while the contract may change."""

    _name = "sbo.contract.part"
    _description = "Part of a Contract"
    # Fields that the contract's content names.
    _content_fields = ()

    @api.model_create_multi
    def create(self, vals_list):
        # Looked at afterwards: the contract may also come as a default.
        parts = super().create(vals_list)
        if not self._in_step():
            for part in parts:
                if not part._may_be_added():
                    part.contract_id._refuse_unless_draft(self._description_text())
            parts.contract_id._touch()
        return parts

    def write(self, vals):
        if not self._in_step():
            names = (set(self._content_fields) | {"contract_id"}) & vals.keys()
            for part in self if names else ():
                if any(part._differs(name, vals[name]) for name in names):
                    part._refuse_contract_change(vals)
            if names:
                self.contract_id._touch()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        if not self._in_step():
            for contract in self.contract_id:
                contract._refuse_unless_draft(self._description_text())
            self.contract_id._touch()

    def _refuse_contract_change(self, vals):
        if "contract_id" in vals and self.contract_id.id != vals["contract_id"]:
            raise UserError(self.env._("“%s” stays with its contract.", self.display_name))
        self.contract_id._refuse_unless_draft(self._description_text())

    def _differs(self, name, value):
        field = self._fields[name]
        return field.convert_to_cache(value, self) != field.convert_to_cache(self[name], self)

    def _may_be_added(self):
        return self.contract_id.state == "draft"

    @api.model
    def _description_text(self):
        return self.env["ir.model"]._get(self._name).name

    @api.model
    def _in_step(self):
        return self.env["sbo.contract"]._own_step()
