from odoo import api, fields, models

# Nothing is left to put right.
OVER = ("solved", "cancelled")


class SboOrderIssueCharge(models.AbstractModel):
    """Who puts an issue right in the house: both the department and the person in charge are told and follow it, and
    the person has it on the list of things to do until it is over.
    """

    _name = "sbo.order.issue.charge"
    _description = "Order Issue: Who Puts It Right"
    # People in charge see the issue without being of sales, and say in its thread what they know.
    _mail_post_access = "read"

    @api.model_create_multi
    def create(self, vals_list):
        issues = super().create(vals_list)
        issues._ask_in_charge()
        return issues

    def write(self, vals):
        if not {"user_id", "state"} & set(vals):
            return super().write(vals)
        before = {issue: (issue.user_id, issue.state in OVER) for issue in self}
        result = super().write(vals)
        changed = self.filtered(lambda issue: before[issue] != (issue.user_id, issue.state in OVER))
        if changed:
            changed._asked().unlink()
            changed._ask_in_charge()
        return result

    def _message_auto_subscribe_followers(self, updated_values, default_subtype_ids):
        """The department is told like the person in charge, as long as nobody of it is named."""
        followers = super()._message_auto_subscribe_followers(updated_values, default_subtype_ids)
        # Superuser: whoever opens an issue need not see who belongs to the department.
        department = self.env["sbo.department"].sudo().browse(updated_values.get("department_id") or [])
        if updated_values.get("user_id"):
            return followers
        return followers + [
            (user.partner_id.id, default_subtype_ids, "mail.message_user_assigned" if user != self.env.user else False)
            for user in department.member_ids.filtered("active")]

    def _ask_in_charge(self):
        """A to-do for each person in charge, until the result is due."""
        asked = self.filtered(lambda issue: issue.user_id and issue.state not in OVER)
        if not asked:
            return
        todo = self.env.ref("mail.mail_activity_data_todo")
        # Superuser: the list of another person. Odoo has sent a mail about the assignment already.
        self.env["mail.activity"].sudo().with_context(mail_activity_quick_update=True).create([{
            "res_model_id": self.env["ir.model"]._get_id(self._name), "res_id": issue.id,
            "activity_type_id": todo.id, "user_id": issue.user_id.id, "automated": True,
            "summary": self.env._("Put right: %s", issue.display_name),
            "date_deadline": fields.Datetime.context_timestamp(
                issue.with_context(tz=issue.company_id._sbo_tz()), issue.result_due_at).date(),
        } for issue in asked])

    def _asked(self):
        """What these issues have put on lists of things to do."""
        return self.sudo().activity_ids.filtered("automated")  # of other people
