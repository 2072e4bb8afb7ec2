from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import SQL

from ..models.sbo_customer_duplicates import CODE, NAME, PHONE
from ..tools import phones, sheets
from .sbo_customer_import_columns import COLUMNS, RECORDS

CONTACT = {"contact_name": "name", "contact_phone": "phone", "contact_email": "email"}


class SboCustomerImportReading(models.AbstractModel):
    """Turns rows of a ledger into customers, and says in words what cannot be right: a few queries for any number."""

    _name = "sbo.customer.import.reading"
    _description = "Customer Import: Reading"
    _inherit = ["sbo.customer.import.columns"]

    @api.model
    def _read_rows(self, columns, rows):
        """What each row would become.

        :param columns: name of the column at each place, or None
        :param rows: [(row number, cells)]
        :return: one dict per row: row, state, name, values, messages
        """
        names = self._names()
        result = []
        for number, cells in rows:
            cells = dict(zip(columns, cells, strict=False))
            cells.pop(None, None)
            result.append({"row": number, **self._read_row(cells, names)})
        self._tell_twins([row for row in result if row["state"] == "ready"])
        return result

    def _read_row(self, cells, names):
        messages, values = [], {}
        if self._plain(cells.get("ref")) in names["example"]:
            return {"state": "skipped", "name": sheets.text(cells.get("name")), "values": {},
                    "messages": [self.env._("The example of the template: left out.")]}
        for column, kind in COLUMNS.items():
            cell = cells.get(column)
            if cell is None or cell == "":
                continue
            value, error = getattr(self, f"_cell_{kind}")(column, cell, names, values)
            if error:
                messages.append(error)
            elif value:
                values[column] = value
        if not cells.get("name"):
            messages.append(self.env._("The customer's name is missing."))
        state = "error" if messages else "ready"
        messages += self._warnings(values) if not messages else []
        return {"state": state, "name": values.get("name") or "", "values": values, "messages": messages}

    # === cells: (value, error in words) === #

    def _cell_text(self, column, cell, names, values):
        if isinstance(cell, sheets.Formula):
            return None, self.env._(
                "“%(column)s” is a formula without a result: write the text itself.", column=names["label"][column])
        return sheets.text(cell), None

    def _cell_code(self, column, cell, names, values):
        if sheets.rounded(cell):
            return None, self.env._(
                "“%(column)s” was kept as a number and its last digits are lost: enter it again as text.",
                column=names["label"][column])
        return self._cell_text(column, cell, names, values)

    def _cell_date(self, column, cell, names, values):
        day = sheets.day(cell)
        if not day:
            return None, self.env._(
                "“%(value)s” in “%(column)s” is not a date: write it as 2026-03-31.",
                value=sheets.text(cell), column=names["label"][column])
        if day > names["today"]:
            return None, self.env._(
                "“%(value)s” in “%(column)s” lies in the future.", value=day.isoformat(), column=names["label"][column])
        return day.isoformat(), None

    def _cell_selection(self, column, cell, names, values):
        return self._chosen(column, cell, names["choice"][column], names)

    def _cell_record(self, column, cell, names, values):
        return self._chosen(column, cell, names["choice"][column], names)

    def _cell_state(self, column, cell, names, values):
        country = values.get("country_id") or self.env.company.country_id.id
        found = names["state"].get((country, self._plain(cell)))
        if found:
            return found, None
        return None, self.env._(
            "“%(value)s” is not a state or province of the country.", value=sheets.text(cell))

    def _cell_user(self, column, cell, names, values):
        found = names["clerk" if column == "sbo_clerk_id" else "user"].get(self._plain(cell), set())
        if len(found) == 1:
            return next(iter(found)), None
        if found:
            return None, self.env._(
                "Several users are called “%(value)s” (“%(column)s”): write the e-mail or the login.",
                value=sheets.text(cell), column=names["label"][column])
        return None, self.env._(
            "“%(value)s” in “%(column)s” is nobody who can have that part here: check the name, or leave it empty.",
            value=sheets.text(cell), column=names["label"][column])

    def _chosen(self, column, cell, known, names):
        found = known.get(self._plain(cell))
        if found:
            return found, None
        return None, self.env._(
            "“%(value)s” is not in the list of “%(column)s”.", value=sheets.text(cell), column=names["label"][column])

    def _warnings(self, values):
        """What is told and filed all the same."""
        country = self.env["res.country"].browse(values.get("country_id")) or self.env.company.country_id
        code, company = values.get("vat", ""), values.get("company_type", "company") == "company"
        warnings = []
        if company and len(code) > 1 and not self.env["res.partner"]._sbo_code_valid(code, country.code):
            warnings.append(self.env._("The code does not validate: compare it with the licence."))
        for column in ("phone", "contact_phone"):
            if not phones.phone_plausible(values.get(column), country.code):
                warnings.append(self.env._("“%s” can hardly be a telephone number.", values[column]))
        for column in ("email", "contact_email"):
            if not phones.email_plausible(values.get(column)):
                warnings.append(self.env._("“%s” can hardly be an e-mail address.", values[column]))
        return warnings

    # === what names mean === #

    def _names(self):
        """Everything that cells can name, in every language, read once."""
        languages = {code for code, _name in self.env["res.lang"].get_installed()} | {"en_US"}
        choice = defaultdict(dict)
        for code in languages:
            here = self.with_context(lang=code)
            for column, kind in COLUMNS.items():
                if kind == "selection":
                    field = here.env["res.partner"]._fields[column]
                    choice[column].update(
                        (self._plain(label), value) for value, label in field._description_selection(here.env))
            for column, model in RECORDS.items():
                for record in here.env[model].search_fetch([], ["name"]):
                    choice[column].setdefault(self._plain(record.name), record.id)
        countries = self.env["res.country"].search_fetch([], ["code"])
        choice["country_id"].update((self._plain(country.code), country.id) for country in countries)
        return {
            "label": self._labels(), "choice": choice, "today": fields.Date.context_today(self),
            "example": {self._plain(self.with_context(lang=code)._example_word()) for code in languages},
            "state": self._state_names(languages), **self._people(),
        }

    def _state_names(self, languages):
        names = {}
        for state in self.env["res.country.state"].search_fetch([], ["name", "code", "country_id"]):
            names.setdefault((state.country_id.id, self._plain(state.name)), state.id)
            names.setdefault((state.country_id.id, self._plain(state.code)), state.id)
        return names

    def _people(self):
        # Superuser: who has which role is not for clerks to read.
        users = self.env["res.users"].sudo()
        here = [("share", "=", False), ("company_ids", "in", self.env.company.id)]
        people = users.search(here)
        clerks = people & users.search([*here, *self.env["sbo.served.mixin"]._sbo_clerk_domain()])
        names = {"user": defaultdict(set), "clerk": defaultdict(set)}
        for kind, group in (("user", people), ("clerk", clerks)):
            for user in group:
                for word in (user.name, user.login, user.email):
                    if word:
                        names[kind][self._plain(word)].add(user.id)
        return names

    # === who is filed already === #

    def _tell_twins(self, rows):
        """Mark the rows whose customer is filed already, or stands in the file twice: one query."""
        if not rows:
            return
        partners = self.env["res.partner"]
        partners.flush_model(["name", "ref", "vat", "phone", "sbo_is_customer", "company_id"])
        by_row = {row["row"]: row for row in rows}
        for number, first, why_first, twin_id, twin_name, twin_ref, why_twin in self.env.execute_query(
                self._sql_twins(rows)):
            row = by_row[number]
            if twin_id:
                known = partners.browse(twin_id)
                row["twin_id"] = known.id
                same = why_twin != "ref_only"
                row["state"] = "exists" if same else "error"
                row["messages"].insert(0, self._words_for_twin(why_twin, twin_name, twin_ref))
            elif first:
                row["state"] = "error"
                row["messages"].insert(0, self._words_for_row(why_first, first))

    def _words_for_twin(self, why, name, ref):
        who = f"{name} ({ref})" if ref else name
        return {
            "ref": self.env._("Filed already under this number: %s.", who),
            "ref_only": self.env._("This file number belongs to another customer: %s.", who),
            "code": self.env._("Filed already with this code: %s.", who),
            "phone": self.env._("Filed already with this name and telephone number: %s.", who),
            "name": self.env._("Filed already under this name: %s.", who),
        }[why]

    def _words_for_row(self, why, first):
        return {
            "ref": self.env._("The same file number stands in row %s already.", first),
            "code": self.env._("The same code stands in row %s already.", first),
            "phone": self.env._("The same name and telephone number stand in row %s already.", first),
            "name": self.env._("The same name stands in row %s already.", first),
        }[why]

    def _sql_twins(self, rows) -> SQL:
        """(row, first row of the same customer and why, customer filed already and why) of rows that have either.

        Superuser's query: an archived customer, or one that the user may not open, is filed all the same.
        """
        asked = [[row["row"] for row in rows], *(
            [row["values"].get(column) or None for row in rows] for column in ("ref", "vat", "name", "phone"))]
        return SQL(
            """WITH a AS MATERIALIZED (
                 SELECT row, ref, NULLIF(%(code)s, '') AS code, NULLIF(%(name)s, '') AS name,
                        NULLIF(%(phone)s, '') AS phone
                   FROM unnest(%(rows)s::int[], %(refs)s::text[], %(vats)s::text[], %(names)s::text[],
                               %(phones)s::text[]) given(row, ref, vat, name, phone)),
               firsts AS (
                 SELECT row, MIN(row) OVER (PARTITION BY ref) AS by_ref, MIN(row) OVER (PARTITION BY code) AS by_code,
                        MIN(row) OVER (PARTITION BY name, phone) AS by_phone,
                        MIN(row) OVER (PARTITION BY name, ref, code, phone) AS by_name, ref, code, phone
                   FROM a),
               twice AS (
                 SELECT row, v.first, v.why, v.rank FROM firsts f CROSS JOIN LATERAL (VALUES
                        (f.ref IS NOT NULL, f.by_ref, 'ref', 1), (f.code IS NOT NULL, f.by_code, 'code', 2),
                        (f.phone IS NOT NULL, f.by_phone, 'phone', 3),
                        (COALESCE(f.ref, f.code, f.phone) IS NULL, f.by_name, 'name', 4)) v(known, first, why, rank)
                  WHERE v.known AND v.first <> f.row),
               filed AS (%(filed)s)
               SELECT a.row, t.first, t.why, p.id, p.name, p.ref, f.why
                 FROM a
                 LEFT JOIN (SELECT DISTINCT ON (row) * FROM twice ORDER BY row, rank) t ON t.row = a.row
                 LEFT JOIN (SELECT DISTINCT ON (row) * FROM filed ORDER BY row, rank, id) f ON f.row = a.row
                 LEFT JOIN res_partner p ON p.id = f.id
                WHERE t.row IS NOT NULL OR f.row IS NOT NULL""",
            code=SQL(CODE), name=SQL(NAME), phone=SQL(PHONE), filed=self._sql_filed(),
            rows=asked[0], refs=asked[1], vats=asked[2], names=asked[3], phones=asked[4])

    def _sql_filed(self) -> SQL:
        """Customers that are filed already, for rows ``a``: by number, code, name and telephone, or name alone."""
        return SQL(
            """SELECT a.row, p.id, CASE WHEN %(name)s = a.name THEN 'ref' ELSE 'ref_only' END AS why, 1 AS rank
                 FROM a JOIN res_partner p ON p.ref = a.ref WHERE %(filed)s
                UNION ALL
               SELECT a.row, p.id, 'code', 2 FROM a JOIN res_partner p ON %(code)s = a.code
                WHERE p.vat IS NOT NULL AND length(a.code) > 1 AND %(filed)s
                UNION ALL
               SELECT a.row, p.id, 'phone', 3 FROM a JOIN res_partner p ON %(name)s = a.name
                WHERE p.phone IS NOT NULL AND %(phone)s = a.phone AND %(filed)s
                UNION ALL
               SELECT a.row, p.id, 'name', 4 FROM a JOIN res_partner p ON %(name)s = a.name
                WHERE COALESCE(a.ref, a.code, a.phone) IS NULL AND %(filed)s""",
            code=SQL(CODE.replace("(vat", "(p.vat")), name=SQL(NAME.replace("(name", "(p.name")),
            phone=SQL(PHONE.replace("(phone", "(p.phone")),
            filed=SQL("p.sbo_is_customer AND (p.company_id IS NULL OR p.company_id = %s)", self.env.company.id))

    # === what is created === #

    @api.model
    def _prepare_customers(self, rows):
        """Values of res.partner for rows; a bridge adds its columns by override."""
        banks = self._banks({row["bank_name"] for row in rows if row.get("bank_name") and row.get("acc_number")})
        return [self._prepare_customer(values, banks) for values in rows]

    @api.model
    def _prepare_customer(self, values, banks):
        vals = {name: value for name, value in values.items() if name in self.env["res.partner"]._fields}
        vals["is_company"] = vals.pop("company_type", "company") == "company"
        vals["sbo_is_customer"] = True
        vals.setdefault("country_id", self.env.company.country_id.id)
        # Whoever types in an old ledger has not brought these customers in.
        vals.setdefault("sbo_filed_on", fields.Date.context_today(self))
        vals.setdefault("sbo_collector_id", False)
        contact = {name: values[column] for column, name in CONTACT.items() if values.get(column)}
        if contact:
            contact.setdefault("name", values["name"])
            vals["child_ids"] = [Command.create(contact)]
        if values.get("acc_number"):
            bank = banks.get(values.get("bank_name"))
            vals["bank_ids"] = [Command.create({"acc_number": values["acc_number"], "bank_id": bank})]
        return vals

    @api.model
    def _banks(self, names):
        """{name: id} of banks; those that are not known yet are entered."""
        banks = self.env["res.bank"]
        known = banks.search([("name", "in", list(names))])
        known += banks.create([{"name": name} for name in sorted(names - set(known.mapped("name")))])
        return {bank.name: bank.id for bank in reversed(known)}
