from datetime import timedelta

from odoo import api, fields, models

from .sbo_contract_flow import LIVE

TODO = "mail.mail_activity_data_todo"


class SboContractReminded(models.AbstractModel):
    """An obligation that comes again, and tells whoever is in charge before it is due."""

    _name = "sbo.contract.reminded"
    _description = "Obligation: Repetition and Reminder"

    remind_on = fields.Date(
        "Remind on", compute="_compute_remind_on", store=True, index=True,
        help="When the to-do is made: the contract's class says how many days before.")
    reminded = fields.Boolean(readonly=True, copy=False)

    @api.depends("due_on", "contract_id.class_id.remind_days")
    def _compute_remind_on(self):
        for item in self:
            item.remind_on = item.due_on and item.due_on - timedelta(days=item.contract_id.class_id.remind_days)

    @api.model
    def _cron_daily(self):
        """Once a day: contracts begin, obligations come again, people are told; company by company, in its day."""
        self.env["sbo.contract"]._cron_execute()
        # Superuser: contracts of all companies.
        for company in self.env["res.company"].sudo().search([("active", "=", True)]):
            today, live = company._sbo_today(), [("contract_id.state", "in", LIVE), ("company_id", "=", company.id)]
            items = self.sudo().with_company(company)
            items.search([*live, ("repeat_every", ">", 0), ("repeated", "=", False),
                          "|", ("due_on", "<=", today), ("done_on", "!=", False)])._repeat()
            # Nobody is told of what was long past when it was entered.
            items.search([*live, ("reminded", "=", False), ("done_on", "=", False), ("remind_on", "<=", today),
                          ("due_on", ">", today - timedelta(days=31))])._remind()

    # === repetition === #

    def _repeat(self):
        """Make the next ones of those that are done or due: as many as are past, and one ahead; one insert for all."""
        vals_list, repeated = [], self.browse()
        for item in self.sudo():
            today = item.company_id._sbo_today()
            if item.repeated or not item.repeat_every or item.contract_id.state not in LIVE \
                    or not item.done_on and item.due_on > today:
                continue
            days = item._coming_days()
            ahead = next((day for day in days if day > max(today, item.due_on)), None)
            days = [day for day in days if day <= today] + ([ahead] if ahead else [])
            for day in days:
                vals_list.append({**item._prepare_next(day), "repeated": day != days[-1]})
            repeated |= item
        stepping = repeated._stepping()
        stepping.write({"repeated": True})
        return stepping.create(vals_list)

    def _prepare_next(self, day):
        """Hook: the values of the next one of a series."""
        return {
            "contract_id": self.contract_id.id, "kind": self.kind, "name": self.name, "user_id": self.user_id.id,
            "due_on": day, "percent": self.percent, "amount": self.amount, "product_id": self.product_id.id,
            "quantity": self.quantity, "repeat_every": self.repeat_every, "repeat_unit": self.repeat_unit,
            "repeat_until": self.repeat_until, "series_on": self.series_on or self.due_on,
        }

    # === reminder === #

    def _remind(self):
        """One to-do for whoever is in charge of each; all in one insert."""
        todo = self.env["ir.model.data"]._xmlid_to_res_id(TODO)
        model = self.env["ir.model"]._get_id(self._name)
        self.env["mail.activity"].create([{
            "res_model_id": model, "res_id": item.id, "activity_type_id": todo, "user_id": user.id,
            "date_deadline": item.due_on, "automated": True,
            "summary": " ".join(filter(None, (item.contract_id.name, item.name))),
        } for item, user in self._in_charge().items()])
        self._stepping().write({"reminded": True})

    def _in_charge(self):
        """{obligation: who is told}: its own person, the clerk or the salesperson, the first who may see it."""
        readable = {}
        wanted = {item: item.user_id | item.contract_id.sbo_clerk_id | item.contract_id.user_id for item in self}
        for user in self.env["res.users"].union(*wanted.values()).filtered("active"):
            mine = [item.id for item, users in wanted.items() if user in users]
            readable[user] = set(self.with_user(user).with_context(allowed_company_ids=user.company_ids.ids)
                                 ._visible(mine))
        found = {}
        for item in self:
            own = (item.user_id, item.contract_id.sbo_clerk_id, item.contract_id.user_id)
            user = next((user for user in own if item.id in readable.get(user, ())), None)
            if user:
                found[item] = user
        return found

    def _visible(self, ids):
        return self.search([("id", "in", ids)]).ids if self.has_access("read") else []

    def _remind_anew(self):
        """Another person or day: the old to-do goes, a new one comes in its time."""
        told = self.sudo().filtered(lambda item: item.reminded and not item.done_on)  # to-dos are their owners'
        told.activity_unlink([TODO])
        told._stepping().write({"reminded": False})
