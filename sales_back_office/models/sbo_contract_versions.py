from markupsafe import Markup
from odoo import api, fields, models
from odoo.tools import format_date

from .sbo_contract_flow import BINDING


class SboContractVersions(models.AbstractModel):
    """The versions of a contract: as it was first signed, and as each signed supplement made it."""

    _name = "sbo.contract.versions"
    _description = "Contract: Versions"
    _inherit = ["sbo.contract.flow", "sbo.contract.wording"]

    version = fields.Integer(default=1, readonly=True, copy=False, help="Counts the signed supplements.")
    supplement_ids = fields.One2many("sbo.contract.supplement", "contract_id", "Supplements")
    supplement_count = fields.Integer(compute="_compute_supplement_count")
    versions_html = fields.Html("Versions", compute="_compute_versions_html", sanitize=False)

    @api.depends("supplement_ids")
    def _compute_supplement_count(self):
        for contract in self:
            contract.supplement_count = len(contract.supplement_ids)

    @api.depends("supplement_ids.state", "signed_content", "state")
    @api.depends_context("lang")
    def _compute_versions_html(self):
        """Each version with what it changed, the newest first; the first one whole."""
        for contract in self:
            if contract.state not in BINDING:
                contract.versions_html = False
                continue
            parts = [
                contract._version_html(supplement.version, supplement.signed_on, supplement.subject,
                                       self._diff_html(supplement.before, supplement.after))
                for supplement in contract.supplement_ids.filtered("version").sorted("version", reverse=True)]
            parts.append(contract._version_html(
                1, contract.signed_on, contract.subject, self._content_html(contract.signed_content)))
            contract.versions_html = Markup("").join(parts)

    def action_supplement(self):
        """Write a supplement: what the contract says now stands in it, to be changed."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window", "name": self.env._("New Supplement"),
            "res_model": "sbo.contract.supplement", "views": [[False, "form"]],
            "context": {"default_contract_id": self.id},
        }

    def action_supplements(self):
        """The supplements of this contract."""
        return {
            "type": "ir.actions.act_window", "name": self.env._("Supplements"),
            "res_model": "sbo.contract.supplement", "views": [[False, "list"], [False, "form"]],
            "domain": [("contract_id", "in", self.ids)], "context": {"default_contract_id": self[:1].id},
        }

    def _version_html(self, number, day, title, html):
        return Markup("<h4>%s</h4>%s") % (self.env._(
            "Version %(number)s, signed on %(day)s: %(title)s", number=number,
            day=format_date(self.env, day) if day else "–", title=title), html or Markup("<p>–</p>"))
