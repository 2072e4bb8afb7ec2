from odoo import api, fields, models
from odoo.tools import SQL

# Spelling aside: full and half width, capitals, spaces and punctuation. As text, because the indexes are made of it.
CODE = r"upper(regexp_replace(normalize(vat, NFKC), '[^0-9A-Za-z]+', '', 'g'))"
NAME = r"lower(regexp_replace(normalize(name, NFKC), '[\s.,;:()''&_-]+', '', 'g'))"
# The last digits, so that country and area codes may be there or not.
PHONE = r"right(regexp_replace(normalize(phone, NFKC), '\D+', '', 'g'), 8)"
MERGED_AT_ONCE = 3  # Odoo's own limit


class SboCustomerDuplicates(models.AbstractModel):
    """Customers that may be one and the same (重复客户): the same code, or the same name and telephone number."""

    _name = "sbo.customer.duplicates"
    _description = "Duplicate Customers"

    sbo_duplicate_ids = fields.Many2many(
        "res.partner", string="Possible Duplicates", compute="_compute_sbo_duplicate_ids",
        help="Customers with the same code, or with the same name and telephone number, however they are spelled.")
    sbo_duplicate_count = fields.Integer(compute="_compute_sbo_duplicate_ids")
    sbo_duplicate_warning = fields.Boolean(compute="_compute_sbo_duplicate_warning")

    _sbo_code_idx = models.Index(f"(({CODE})) WHERE sbo_is_customer AND vat IS NOT NULL")
    _sbo_name_idx = models.Index(f"(({NAME})) WHERE sbo_is_customer AND phone IS NOT NULL")

    @api.depends("name", "phone", "vat", "company_id", "parent_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_sbo_duplicate_ids(self):
        """Two queries for any number of records, saved or being typed."""
        asked = [(number, partner._origin.id or 0, partner.vat or None, partner.name or None, partner.phone or None,
                  partner.company_id.id or None)
                 for number, partner in enumerate(self) if not partner.parent_id]
        found = {}
        for number, twin_id in self.env.execute_query(self._sbo_sql_twins(asked)) if asked else ():
            found.setdefault(number, []).append(twin_id)
        # As the user: what the rules hide is no duplicate to show.
        visible = set(self.search([("id", "in", sorted({twin for ids in found.values() for twin in ids}))]).ids)
        for number, partner in enumerate(self):
            ids = [twin for twin in found.get(number, ()) if twin in visible]
            partner.sbo_duplicate_ids = [fields.Command.set(ids)]
            partner.sbo_duplicate_count = len(ids)

    @api.depends("sbo_duplicate_ids", "same_vat_partner_id")
    def _compute_sbo_duplicate_warning(self):
        """Whether there is more to tell than Odoo's own line about the same code."""
        for partner in self:
            partner.sbo_duplicate_warning = bool(
                set(partner.sbo_duplicate_ids.ids) - set(partner.same_vat_partner_id.ids))

    def action_sbo_duplicates(self):
        """The customer and those it may be the same as."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window", "name": self.env._("Possible Duplicates"), "res_model": "res.partner",
            "view_mode": "list,form", "domain": [("id", "in", (self | self.sbo_duplicate_ids).ids)],
            "views": [[self.env.ref("sales_back_office.sbo_customer_duplicates_view_list").id, "list"],
                      [False, "form"]],
            "context": {"create": False},
        }

    def action_sbo_merge(self):
        """Odoo's own merge with these customers, or with this one and its duplicates."""
        partners = self if len(self) > 1 else self | self.sbo_duplicate_ids.sorted("id")
        return {
            "type": "ir.actions.act_window", "name": self.env._("Merge"), "target": "new", "view_mode": "form",
            "res_model": "base.partner.merge.automatic.wizard",
            "context": {"active_model": "res.partner", "active_ids": partners[:MERGED_AT_ONCE].ids},
        }

    # === the check === #

    def _sbo_query_duplicate(self, check, ids=None) -> SQL:
        """Each younger customer beside the first of its kind (DOMAIN A1.1); a customer of one company counts as
        younger than a shared one, because only its clerk sees both. The key is the first one, so that a waiver
        ("two branches, one switchboard") holds for this pair only.
        """
        return SQL(
            """SELECT DISTINCT ON (t.id, t.first_id) t.id AS res_id, t.first_id::text AS key, NULL::integer AS user_id,
                      NULL::timestamp AS due_at, NULL::timestamp AS done_at, 1.0 AS quantity,
                      jsonb_build_object('duplicate_of', first.complete_name, 'duplicate_ref', first.ref,
                                         t.same, t.value) AS evidence
                 FROM (%(code)s UNION ALL %(name)s) t
                 JOIN res_partner first ON first.id = t.first_id
                WHERE t.id <> t.first_id AND t.parent_id IS DISTINCT FROM t.first_id %(narrow)s
                ORDER BY t.id, t.first_id, t.rank""",
            code=self._sbo_sql_firsts(check, ids, 1, "vat", SQL(CODE), SQL("vat IS NOT NULL AND length(vat) > 1")),
            name=self._sbo_sql_firsts(check, ids, 2, "phone", SQL(NAME), SQL("phone IS NOT NULL"), SQL(PHONE)),
            narrow=self._sbo_sql_narrow(SQL("t.id"), ids),
        )

    @api.model
    def _sbo_sql_firsts(self, check, ids, rank, field, kind, known, also=None) -> SQL:
        """Customers with the first one of the same kind; narrowed to the kinds of some records."""
        both = SQL(", ").join(filter(None, [kind, also]))
        narrow = SQL(
            "AND %(kind)s IN (SELECT %(kind)s FROM res_partner WHERE id = ANY(%(ids)s) AND %(known)s)",
            kind=kind, ids=list(ids), known=known) if ids is not None else SQL()
        return SQL(
            """SELECT id, parent_id, %(rank)s AS rank, %(field)s AS same, %(column)s AS value,
                      FIRST_VALUE(id) OVER (PARTITION BY %(both)s ORDER BY company_id NULLS FIRST, id) AS first_id
                 FROM res_partner
                WHERE sbo_is_customer AND active AND %(known)s AND id = commercial_partner_id
                  AND (company_id IS NULL OR company_id = %(company)s) AND %(kind)s <> '' %(also)s %(narrow)s""",
            rank=rank, field=field, column=SQL.identifier(field), both=both, kind=kind, known=known,
            company=check.env.company.id, also=SQL("AND %s <> ''", also) if also else SQL(), narrow=narrow)

    # === what a form asks === #

    @api.model
    def _sbo_sql_twins(self, asked) -> SQL:
        """(number, id of a customer that may be the same) for rows (number, id, vat, name, phone, company)."""
        self.flush_model(["name", "phone", "vat", "active", "company_id", "sbo_is_customer", "parent_id"])
        twin = SQL(
            "twin.sbo_is_customer AND twin.active AND twin.id <> a.self_id AND twin.id = twin.commercial_partner_id "
            "AND twin.parent_id IS DISTINCT FROM a.self_id "
            "AND (twin.company_id IS NULL OR a.company_id IS NULL OR twin.company_id = a.company_id)")
        return SQL(
            """WITH a AS MATERIALIZED (
                 SELECT number, self_id, company_id, %(code)s AS code, %(name)s AS name, %(phone)s AS phone
                   FROM (VALUES %(asked)s) given(number, self_id, vat, name, phone, company_id))
               SELECT a.number, twin.id FROM a JOIN res_partner twin ON %(twin_code)s = a.code
                WHERE twin.vat IS NOT NULL AND length(a.code) > 1 AND %(twin)s
                UNION
               SELECT a.number, twin.id FROM a JOIN res_partner twin ON %(twin_name)s = a.name
                WHERE twin.phone IS NOT NULL AND a.name <> '' AND a.phone <> '' AND %(twin_phone)s = a.phone
                  AND %(twin)s
                ORDER BY 1, 2""",
            asked=SQL(", ").join(SQL("(%s, %s, %s::text, %s::text, %s::text, %s::integer)", *row) for row in asked),
            code=SQL(CODE), name=SQL(NAME), phone=SQL(PHONE), twin=twin,
            twin_code=SQL(CODE.replace("vat", "twin.vat")), twin_name=SQL(NAME.replace("(name", "(twin.name")),
            twin_phone=SQL(PHONE.replace("(phone", "(twin.phone")),
        )
