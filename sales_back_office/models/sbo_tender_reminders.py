from odoo import api, models


class SboTenderReminders(models.AbstractModel):
    """To-dos that follow dates by themselves: made, moved and taken away as the record changes."""

    _name = "sbo.tender.reminders"
    _description = "To-Dos of Tenders"

    # Fields after whose change the to-dos are looked at again.
    _sbo_reminder_triggers = frozenset()

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._plan_reminders()
        return records

    def write(self, vals):
        result = super().write(vals)
        if not self._sbo_reminder_triggers.isdisjoint(vals):
            self._plan_reminders()
        return result

    def _plan_reminders(self):
        """Bring the to-dos of these records in line with :meth:`_reminders`: one search for any number.

        What somebody has ticked off stays ticked off, until its day moves.
        """
        if not self:
            return
        kinds = {self._reminder_type(kind): kind for kind in self._reminder_kinds() if self._reminder_type(kind)}
        # Superuser: the to-do is for whoever answers, who need not be the one who has entered the date.
        activities = self.env["mail.activity"].sudo().with_context(active_test=False, mail_activity_quick_update=True)
        present = activities.search([
            ("res_model", "=", self._name), ("res_id", "in", self.ids), ("automated", "=", True),
            ("activity_type_id", "in", [activity_type.id for activity_type in kinds])])
        present = present.grouped(lambda activity: (activity.res_id, activity.activity_type_id))
        gone, new = activities, []
        for record in self:
            wanted = record._reminders()
            for activity_type, kind in kinds.items():
                mine = present.get((record.id, activity_type), activities)
                todo = mine.filtered("active")
                day, user = wanted.get(kind, (False, False))
                if not day or not user:
                    gone |= todo
                elif todo.filtered(lambda item, d=day, u=user: item.date_deadline != d or item.user_id != u):
                    todo.write({"date_deadline": day, "user_id": user.id})
                elif not todo and day not in mine.mapped("date_deadline"):
                    new.append(record._prepare_reminder(activity_type, day, user))
        gone.unlink()
        activities.create(new)

    def _prepare_reminder(self, activity_type, day, user):
        return {
            "activity_type_id": activity_type.id, "res_model_id": self.env["ir.model"]._get_id(self._name),
            "res_id": self.id, "user_id": user.id, "date_deadline": day, "automated": True}

    @api.model
    def _reminder_kinds(self):
        """Hook: the kinds of to-dos this model makes; each names an activity type ``sbo_activity_tender_<kind>``."""
        return ()

    def _reminders(self):
        """Hook: {kind: (day, user)} of the to-dos that stand for this record now."""
        return {}

    @api.model
    def _reminder_type(self, kind):
        return self.env.ref(f"sales_back_office.sbo_activity_tender_{kind}", raise_if_not_found=False)
