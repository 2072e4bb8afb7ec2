from odoo import api, fields, models
from odoo.exceptions import UserError


class SboContractTemplate(models.Model):
    """A standard contract as a file, in one version (标准合同文本): a newer one makes it out of date."""

    _name = "sbo.contract.template"
    _description = "Standard Contract"
    _inherit = ["mail.thread"]
    _order = "name, version desc"
    _check_company_auto = True

    name = fields.Char(required=True)
    version = fields.Integer(required=True, default=1)
    class_id = fields.Many2one("sbo.contract.class", "Contract Class", check_company=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    active = fields.Boolean(default=True)
    valid_from = fields.Date("Valid from", required=True, default=fields.Date.context_today)
    file = fields.Binary(attachment=True, required=True)
    file_name = fields.Char()
    note = fields.Text("What Changed")
    contract_count = fields.Integer(compute="_compute_contract_count")
    newest = fields.Boolean("Valid Version", compute="_compute_newest", search="_search_newest")

    _version_uniq = models.UniqueIndex("(company_id, name, version)", "There is this version already.")

    @api.depends("name", "version")
    def _compute_display_name(self):
        for template in self:
            template.display_name = f"{template.name} v{template.version}"

    def _compute_contract_count(self):
        # Superuser: how often a text was used is no secret, the contracts are.
        counted = dict(self.env["sbo.contract"].sudo()._read_group(
            [("template_id", "in", self.ids)], ["template_id"], ["__count"]))
        for template in self:
            template.contract_count = counted.get(template, 0)

    @api.depends("name", "version", "valid_from", "active", "company_id")
    def _compute_newest(self):
        newest = self._newest()
        for template in self:
            template.newest = template.valid_from and not newest.get(template._origin) \
                and template.valid_from <= template.company_id._sbo_today()

    def _search_newest(self, operator, value):
        if operator != "in":
            return NotImplemented
        templates = self.with_context(active_test=False).search([("company_id", "in", self.env.companies.ids)])
        return [("id", "in", templates.filtered("newest").ids if True in value else
                 (templates - templates.filtered("newest")).ids)]

    def write(self, vals):
        """A text that contracts were made from is kept as it was."""
        fixed = {"name", "version", "file", "company_id"} & vals.keys()
        used = self._used() if fixed else self.browse()
        if used:
            raise UserError(self.env._(
                "Contracts were made from “%s”: make a new version of it instead.", used[0].display_name))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_unused(self):
        used = self._used()
        if used:
            raise UserError(self.env._("Contracts were made from “%s”: archive it instead.", used[0].display_name))

    def action_new_version(self):
        """The next version of this text, to put its new file in; this one is kept and readable."""
        self.ensure_one()
        last = self.with_context(active_test=False).search(
            [("name", "=", self.name), ("company_id", "=", self.company_id.id)], order="version desc", limit=1)
        return {
            "type": "ir.actions.act_window", "res_model": self._name, "views": [[False, "form"]],
            "name": self.env._("New Version"), "context": {
                "default_name": self.name, "default_version": last.version + 1, "default_class_id": self.class_id.id,
                "default_company_id": self.company_id.id},
        }

    def _used(self):
        """Those that contracts were made from."""
        # Superuser: contracts that this user does not see count as well.
        return self.env["sbo.contract"].sudo().with_context(active_test=False).search(
            [("template_id", "in", self.ids)], limit=1).template_id.with_env(self.env)

    def _newest(self):
        """{template: the newer version that is valid today, if any}, in one query."""
        if not self:
            return {}
        # Superuser: whether a text is out of date is seen by whoever sees the contract.
        valid = self.sudo().search([("name", "in", self.mapped("name")), ("company_id", "in", self.company_id.ids)])
        found = {}
        for template in self:
            today = template.company_id._sbo_today()
            newer = valid.filtered(
                lambda other, t=template, today=today: other.name == t.name and other.company_id == t.company_id
                and other.version > t.version and other.valid_from <= today)
            found[template._origin] = newer[:1]
        return found
