from odoo import api, fields, models
from odoo.tools import format_datetime


class SboCustomerPaper(models.AbstractModel):
    """The customer file on paper (客户档案表, F01), for one customer or many in one document."""

    _name = "report.sales_back_office.sbo_customer_paper"
    _description = "Customer File on Paper"

    @api.model
    def _get_report_values(self, docids, data=None):
        partners = self.env["res.partner"].browse(docids).commercial_partner_id
        return {
            "doc_ids": docids, "doc_model": partners._name, "docs": partners,
            "files": self._get_files(partners), "company": self.env.company,
        }

    @api.model
    def _get_files(self, partners):
        """One file per customer; the number of queries does not grow with the customers. Override to add to it.

        Called by the report: each file is a dict that the template reads.
        """
        partners.check_access("read")
        figures, products = partners._sbo_figures_now()
        contacts = self.env["res.partner"].search(
            [("parent_id", "in", partners.ids), ("is_company", "=", False)], order="type, id").grouped("parent_id")
        nobody = self.env["res.partner"]
        return [
            dict(self._get_file(partner, contacts.get(partner, nobody), figures.get(partner.id, {}),
                                products.get(partner.id, [])),
                 footer=self._get_footer(partner, number, len(partners)))
            for number, partner in enumerate(partners, 1)
        ]

    @api.model
    def _get_file(self, partner, children, figures, products):
        return {
            "partner": partner,
            "address": self._get_address(partner),
            # Superuser: the limit is on the form, whoever may print it; the accounts behind it are not.
            "limit": partner.sudo().credit_limit,
            "contacts": children.filtered(lambda child: child.type == "contact"),
            "deliveries": [(child, self._get_address(child)) for child in children if child.type == "delivery"],
            "figures": figures,
            "products": [name for name, _amount in products],
            "signers": self._get_signers(partner),
        }

    @api.model
    def _get_address(self, partner):
        """The address in one line, in the order of its country."""
        lines = partner._display_address(without_company=True).replace("\n", ",").split(",")
        return ", ".join(" ".join(line.split()) for line in lines if line.strip())

    @api.model
    def _get_footer(self, partner, number, count):
        """Which file of how many, who printed it and when, what it lacks: one sentence each."""
        lines = [
            self.env._("File %(number)s of %(count)s", number=number, count=count),
            self.env._("Printed by %(user)s, %(moment)s", user=self.env.user.name,
                       moment=format_datetime(self.env, fields.Datetime.now())),
            self.env._("Complete: %s %%", partner.sbo_completeness),
        ]
        if partner.sbo_missing:
            lines.append(self.env._("Missing: %s", partner.sbo_missing))
        return " · ".join(lines)

    @api.model
    def _get_signers(self, partner):
        return [
            {"label": self.env._("Filed by"), "user": partner.sbo_collector_id, "at": False},
            {"label": self.env._("Salesperson"), "user": partner.user_id, "at": False},
            {"label": self.env._("Supervisor"), "user": False, "at": False},
        ]
