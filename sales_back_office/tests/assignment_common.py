from odoo.fields import Command

from .common import SboCommon, at


class AssignmentCommon(SboCommon):
    """New customers on their way to a salesperson: Monday 2026-03-02, four hours to assign, eight to acknowledge."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"sbo_intake_clerk_id": cls.clerk.id, "sbo_assign_hours": 4, "sbo_acknowledge_hours": 8})
        cls.salesperson2 = cls._user("sbo_salesperson2", "sales_team.group_sale_salesman,base.group_partner_manager")
        cls.salesperson3 = cls._user("sbo_salesperson3", "sales_team.group_sale_salesman,base.group_partner_manager")

    @classmethod
    def _at(cls, text, user=None):
        """The environment of a person at a moment."""
        env = cls.env(user=user or cls.env.user)
        return env(context=dict(env.context, sbo_as_of=at(text)))

    @classmethod
    def _newcomer(cls, name="Newcomer", moment="2026-03-02 09:00", **vals):
        """A customer that comes in without a salesperson; returns its assignment."""
        vals = {"name": name, "is_company": True, "sbo_is_customer": True, **vals}
        partner = cls._at(moment)["res.partner"].create(vals)
        return cls._of(partner)

    @classmethod
    def _of(cls, partner):
        """The assignments of a customer, the first one first."""
        return cls.env["sbo.assignment"].search([("partner_id", "in", partner.ids)], order="id")

    @classmethod
    def _as(cls, records, user, moment=None):
        context = dict(cls.env.context, **({"sbo_as_of": at(moment)} if moment else {}))
        return records.with_env(cls.env(user=user, context=context))

    @classmethod
    def _assigned(cls, user=None, name="Newcomer", moment="2026-03-02 10:00", background=False, **vals):
        """A newcomer that the clerk has given to a salesperson."""
        assignment = cls._newcomer(name, **vals)
        assignment.background = background
        cls._as(assignment, cls.clerk, moment).action_assign((user or cls.salesperson).id)
        return assignment

    @classmethod
    def _tick(cls, assignment, user):
        assignment = assignment.with_user(user)
        assignment.write({"background_ok": True, "contact_ok": True, "preferences_ok": True})
        assignment.item_ids.write({"ticked": True})

    @classmethod
    def _acknowledged(cls, user=None, name="Newcomer", moment="2026-03-02 14:00", **vals):
        user = user or cls.salesperson
        assignment = cls._assigned(user, name, **vals)
        cls._tick(assignment, user)
        cls._as(assignment, user, moment).action_acknowledge()
        return assignment

    @classmethod
    def _rule(cls, weights=(5, 3, 2), **vals):
        people = [cls.salesperson, cls.salesperson2, cls.salesperson3]
        shares = [Command.create({"user_id": user.id, "weight": weight})
                  for user, weight in zip(people, weights, strict=False)]
        return cls.env["sbo.assignment.rule"].create(
            {"name": "Region East", "share_ids": shares, "sequence": 1, **vals})
