from odoo import models
from odoo.exceptions import AccessError
from odoo.tools import SQL, format_date

from ..models.res_partner_bank import MERGE
from ..tools import clock

# What a purchase record keeps of two, until the night counts anew.
FIGURES = SQL(
    """amount_12m = k.amount_12m + g.amount_12m, order_count_12m = k.order_count_12m + g.order_count_12m,
       first_order_on = LEAST(k.first_order_on, g.first_order_on),
       last_order_on = GREATEST(k.last_order_on, g.last_order_on)""")
BY_HAND = ("grade_manual", "grade_manual_on", "grade_manual_until", "grade_manual_reason", "grade_manual_by_id")


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Odoo's merge of customers: what the back office knows of the one that goes stays with the one that is kept."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        partners = self.env["res.partner"].browse(partner_ids).exists()
        if partners.filtered("sbo_is_customer"):
            self._sbo_refuse(partners)
            # Different e-mails are usual in a customer that was filed twice. Odoo's rule guards logins: without one
            # a supervisor need not keep it. Superuser: who has a login is not for everybody to read.
            logins = partners.sudo().with_context(active_test=False).user_ids
            extra_checks = extra_checks and not (partners._sbo_may_dispatch() and not logins)
        # Merged is not new: the assignments there are go along, and at most one of them still waits.
        context = {"sbo_merge": MERGE, "sbo_no_assignment": True}
        result = super(BasePartnerMergeAutomaticWizard, self.with_context(**context))._merge(
            partner_ids, dst_partner and dst_partner.with_context(**context), extra_checks)
        self.env["sbo.assignment"]._after_merge(partners.exists())
        return result

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Before Odoo moves what points to the customer: make room where only one may point to it."""
        if self.env.context.get("sbo_merge") is MERGE and (src_partners | dst_partner).filtered("sbo_is_customer"):
            self.env.flush_all()
            self._sbo_merge_figures(src_partners, dst_partner)
            self._sbo_merge_findings(src_partners, dst_partner)
            self._sbo_merge_responsibility(src_partners, dst_partner)
            self.env.invalidate_all()
        self._sbo_merge_documents(src_partners, dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)

    def _sbo_merge_documents(self, src_partners, dst_partner):
        """Papers on file for the one that goes are on file for the one that is kept."""
        self.env["sbo.document"].flush_model(["res_model", "res_id"])
        self.env.cr.execute(SQL(
            "UPDATE sbo_document SET res_id = %s WHERE res_model = 'res.partner' AND res_id = ANY(%s)",
            dst_partner.id, src_partners.ids))
        self.env["sbo.document"].invalidate_model(["res_id"])

    def _update_values(self, src_partners, dst_partner):
        """Odoo fills what is empty, except in fields that have a default of their own: these are ours to fill."""
        result = super()._update_values(src_partners, dst_partner)
        if any(src_partners.mapped("sbo_is_customer")):
            dst_partner.sbo_is_customer = True
        if not dst_partner.sbo_clerk_id and src_partners.sbo_clerk_id:
            dst_partner.sbo_clerk_id = src_partners.sbo_clerk_id[0]
        if not dst_partner.user_id and src_partners.user_id:
            dst_partner.user_id = src_partners.user_id[0]
        return result

    def _log_merge_operation(self, src_partners, dst_partner):
        """The history of who served the other file is told in the chatter: two people cannot have answered for one
        customer at a time, so it cannot become the history of this one."""
        result = super()._log_merge_operation(src_partners, dst_partner)
        rows = self.env["sbo.responsibility"].sudo().search(
            [("res_model", "=", "res.partner"), ("res_id", "in", src_partners.ids)], order="date_from, id")
        if rows:
            lines = [self.env._(
                "%(customer)s: served by %(clerk)s from %(start)s until %(end)s",
                customer=self.env["res.partner"].browse(row.res_id).name, clerk=row.user_id.name,
                start=format_date(self.env, row.date_from),
                end=format_date(self.env, row.date_to) if row.date_to else self.env._("today")) for row in rows]
            dst_partner.message_post(body="\n".join(lines))
        return result

    # === rights === #

    def _sbo_refuse(self, partners):
        """Merging hands a customer over, and cannot be undone: the rule is that of handing over.

        :raise AccessError: who may do it
        """
        if self.env.su or partners._sbo_may_dispatch():
            return
        for partner in partners:
            if partner.sbo_clerk_id and self.env.user not in partner.sbo_clerk_id | partner.user_id:
                raise AccessError(self.env._(
                    "%(customer)s is served by %(clerk)s: merging it cannot be undone, so only that clerk, the "
                    "customer's salesperson, a back-office supervisor or a sales manager does it.",
                    customer=partner.display_name, clerk=partner.sbo_clerk_id.name))

    # === what is ours === #

    def _sbo_merge_figures(self, src_partners, dst_partner):
        """One purchase record per company: the kept one takes over the grade by hand, the night counts the rest."""
        both = (src_partners | dst_partner).ids
        kept = SQL(
            """SELECT id, FIRST_VALUE(id) OVER (PARTITION BY company_id ORDER BY (partner_id = %s) DESC, id) AS kept_id
                 FROM sbo_customer_figure WHERE partner_id = ANY(%s)""", dst_partner.id, both)
        hand = SQL(", ").join(
            SQL("%(name)s = CASE WHEN k.grade_manual IS NULL THEN g.%(name)s ELSE k.%(name)s END",
                name=SQL.identifier(name)) for name in (*BY_HAND, "grade"))
        self.env.cr.execute(SQL(
            """WITH pair AS (%(kept)s), changed AS (
                 UPDATE sbo_customer_figure k SET %(figures)s, %(hand)s FROM pair JOIN sbo_customer_figure g USING (id)
                  WHERE k.id = pair.kept_id AND pair.id <> pair.kept_id RETURNING k.id)
               DELETE FROM sbo_customer_figure f USING pair WHERE f.id = pair.id AND pair.id <> pair.kept_id""",
            kept=kept, figures=FIGURES, hand=hand))

    def _sbo_merge_findings(self, src_partners, dst_partner):
        """Findings follow the customer, settled ones too: a night must not write them again. What is open on both is
        one case; what was found between them is settled; a pair with a third one stays the same pair.
        """
        moment = clock.now(self.env)
        both = (src_partners | dst_partner).ids
        twice = SQL("check_id IN (SELECT id FROM sbo_check WHERE code = 'customer_duplicate')")
        end = SQL("closed_at = %s, write_date = now() AT TIME ZONE 'UTC'", moment)
        here = SQL("res_model = 'res.partner' AND res_id = ANY(%s)", both)
        keys = [str(res_id) for res_id in both]
        self.env.cr.execute(SQL(
            "UPDATE sbo_finding SET %s WHERE %s AND %s AND closed_at IS NULL AND key = ANY(%s)",
            end, here, twice, keys))
        self.env.cr.execute(SQL(
            "UPDATE sbo_finding SET key = %s WHERE %s AND res_model = 'res.partner' AND key = ANY(%s) "
            "AND closed_at IS NULL AND NOT (res_id = ANY(%s))", str(dst_partner.id), twice,
            [str(res_id) for res_id in src_partners.ids], both))
        self.env.cr.execute(SQL(
            """UPDATE sbo_finding f SET %(end)s FROM (
                 SELECT id, ROW_NUMBER() OVER (PARTITION BY check_id, key ORDER BY (res_id = %(dst)s) DESC, id) AS place
                   FROM sbo_finding WHERE %(here)s AND closed_at IS NULL) open
                WHERE f.id = open.id AND open.place > 1""", end=end, dst=dst_partner.id, here=here))
        self.env.cr.execute(SQL("UPDATE sbo_finding SET res_id = %s WHERE %s", dst_partner.id, here))

    def _sbo_merge_responsibility(self, src_partners, dst_partner):
        """A customer that nobody has served yet takes over the history of the one merged into it."""
        history = self.env["sbo.responsibility"].sudo()
        if history.search_count([("res_model", "=", "res.partner"), ("res_id", "=", dst_partner.id)], limit=1):
            return
        served = src_partners.filtered("sbo_clerk_id")[:1]
        self.env.cr.execute(SQL(
            "UPDATE sbo_responsibility SET res_id = %s WHERE res_model = 'res.partner' AND res_id = %s",
            dst_partner.id, served.id or 0))
