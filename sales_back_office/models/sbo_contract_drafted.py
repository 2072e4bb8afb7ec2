from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Command


class SboContractDrafted(models.AbstractModel):
    """What people draft and others review (起草人): whoever has made or changed its content is remembered.

    A model that inherits it names the fields that make up what it says, and calls ``_touch`` when a part changes.
    """

    _name = "sbo.contract.drafted"
    _description = "Drafted Contract"
    _drafted_names = frozenset()

    drafter_ids = fields.Many2many(
        "res.users", string="Drafted by", readonly=True, copy=False,
        help="Who has entered or changed what it says, and so does not judge it.")

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [{name: vals[name] for name in vals if name != "drafter_ids"} for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        if "drafter_ids" in vals and not self.env.su:
            raise AccessError(self.env._("Who has drafted a contract follows from who has changed it."))
        former = self._leaving(vals)
        result = super().write(vals)
        for user, drafts in former.items():
            # Superuser: the note is closed to everybody.
            drafts.sudo().write({"drafter_ids": [Command.link(user.id)]})
        if not self._drafted_names.isdisjoint(vals) and not self._own_step():
            self._note_drafter()
        return result

    def _leaving(self, vals):
        """{salesperson: what stops being theirs by these values}: handed over, they still have drafted it."""
        if "user_id" not in vals:
            return {}
        left = self.filtered(lambda record: record.user_id and record.user_id.id != vals["user_id"])
        return left.grouped("user_id")

    def _touch(self):
        result = super()._touch()
        self._note_drafter()
        return result

    def _note_drafter(self):
        """The user has changed what these say."""
        # Superuser: the note is closed to everybody.
        new = self.sudo().filtered(lambda record: self.env.user not in record._drafters())
        if new:
            new.write({"drafter_ids": [Command.link(self.env.uid)]})

    def _drafters(self):
        """Who has drafted it, and whose contract it is: they neither speak for a department nor approve."""
        return self.drafter_ids | self.create_uid | (self if "user_id" in self._fields else self.contract_id).user_id

    def _review_amount(self):
        """What it amounts to, in the contract's currency: decides whether further approvers are asked.

        At least what its lines come to: a contract about prices may say no amount, or a smaller one.
        """
        rows = self._content()["lines"]
        return max(self.amount, self.currency_id.round(sum(row["quantity"] * row["price"] for row in rows)))
