from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

SALES = "sales_team.group_sale_salesman"
CLERK = "sales_back_office.sbo_group_clerk"
LEADER = "sales_back_office.sbo_group_supervisor"
# Who: the review itself decides, by nobody's button.
REVIEW = "review"
# Marks our own steps in the context. It is this object that counts, and no RPC call can send it.
STEP = object()


class SboContractSteps(models.AbstractModel):
    """The way of a contract or supplement by the steps of one table: the buttons, the guard and its sentence.

    A model that inherits it has a ``state`` and names its table in ``_transitions``.
    """

    _name = "sbo.contract.steps"
    _description = "Steps of a Contract"
    _inherit = ["sbo.closed.mixin"]
    # Fields that come with a step only.
    _closed = frozenset({"state", "name"})

    allowed_actions = fields.Char(compute="_compute_allowed_actions")

    @api.depends_context("uid")
    @api.depends("state")
    def _compute_allowed_actions(self):
        """Names of the steps this user may take now, for the buttons."""
        writable = self._filtered_access("write")
        for record in self:
            steps = self._transitions() if record in writable else ()
            record.allowed_actions = ",".join(step for step in steps if not record._refusal(step))

    @api.model_create_multi
    def create(self, vals_list):
        """People enter a draft; only data that is loaded by the system may come as something else."""
        if not self.env.su and self.env.context.get("sbo_step") is not STEP:
            vals_list = [{name: vals[name] for name in vals if name not in self._closed} for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        if self._closed & vals.keys() and not self.env.su and self.env.context.get("sbo_step") is not STEP:
            raise UserError(self.env._("State and number come with the steps: use the buttons."))
        return super().write(vals)

    # === the table === #

    @api.model
    def _transitions(self):
        """{step: (from, to, who, whether a reason is asked for)}; ``to`` None: see ``_target``."""
        raise NotImplementedError

    @api.model
    def _step_names(self):
        """{step: what it is called in a sentence or as the title of a window}."""
        return {
            "submit": self.env._("Submit for Review"), "withdraw": self.env._("Take Back to Draft"),
            "approve": self.env._("Approve"), "send_back": self.env._("Send Back"), "sign": self.env._("Sign"),
            "execute": self.env._("Start Execution"), "fulfil": self.env._("Mark as Fulfilled"),
            "terminate": self.env._("Terminate"), "file": self.env._("Close the File"),
            "reopen": self.env._("Reopen"), "revive": self.env._("Back to Draft"), "cancel": self.env._("Cancel"),
        }

    def _refusal(self, step, by_review=False):
        """Why this user, or the review, may not take this step, in words; empty when allowed."""
        self.ensure_one()
        sources, _target, who, _asked = self._transitions()[step]
        if self.state not in sources:
            return self.env._("it is “%s”", self._state_name())
        if who == REVIEW:
            return "" if by_review else self.env._("that follows from its review")
        if not self.env.user.has_group(who):
            return {
                SALES: self.env._("it takes its salesperson or a back-office clerk"),
                CLERK: self.env._("it takes a back-office clerk"),
                LEADER: self.env._("it takes a back-office supervisor"),
            }[who]
        return ""

    def _state_name(self):
        return dict(self._fields["state"]._description_selection(self.env))[self.state]

    # === taking a step === #

    def _lock(self):
        """Two people at once: the second one waits here, and then sees what the first one has done."""
        self.env.cr.execute(SQL("SELECT id FROM %s WHERE id = ANY(%s) ORDER BY id FOR UPDATE",
                                SQL.identifier(self._table), self.ids))
        self.invalidate_recordset(["state"])

    def _take(self, step, reason=None, by_review=False, **values):
        """Take a step of the table.

        :param reason: in words, kept in the chatter; asked for by some steps
        :param by_review: the review has decided this, whoever gave the last opinion
        :raise UserError: the step is not allowed now; AccessError: not to this user
        """
        sources, target, _who, asked = self._transitions()[step]
        if not by_review:
            self.check_access("write")
        # Superuser: a department's member answers in the review without seeing contracts.
        records = self.sudo() if by_review else self
        records._lock()
        for record in records:
            refusal = record._refusal(step, by_review)
            if refusal:
                raise (UserError if record.state not in sources else AccessError)(self.env._(
                    "“%(record)s”: “%(step)s” is not possible, %(refusal)s.", record=record.display_name,
                    step=self._step_names()[step], refusal=refusal))
        if asked and not (reason or "").strip():
            raise UserError(self.env._("“%s” needs a reason.", self._step_names()[step]))
        # Superuser: the step was checked above, the state itself is closed to everybody.
        self.sudo().with_context(sbo_step=STEP).write({"state": target, **values})
        if reason:
            for record in self.sudo():
                record.message_post(body=Markup("<b>%s</b><br/>%s") % (self._step_names()[step], reason.strip()))

    def _ask_reason(self, step):
        """The window that asks for the reason of a step."""
        return {
            "type": "ir.actions.act_window", "name": self._step_names()[step], "res_model": "sbo.contract.step",
            "views": [[False, "form"]], "target": "new",
            "context": {"default_res_model": self._name, "default_res_ids": self.ids, "default_step": step},
        }

    def _refuse_for_clerks(self, names):
        """
        :raise AccessError: these fields are filled by a back-office clerk
        """
        raise AccessError(self.env._(
            "“%(record)s”: “%(step)s” is not possible, %(refusal)s.", record=self.display_name,
            step=", ".join(self._fields[name]._description_string(self.env) for name in sorted(names)),
            refusal=self.env._("it takes a back-office clerk")))

    def _own_step(self):
        """Whether this write is part of a step, so that it may do what people may not."""
        return self.env.context.get("sbo_step") is STEP

    def _touch(self):
        """Somebody changes a part of these: whoever takes a step with one of them at the same time looks again."""
        self._take_turn()

    def _take_turn(self):
        """Change the rows: whoever takes a step with one of these at the same time has to begin again, and looks."""
        if not self:
            return
        self.env.cr.execute(SQL("UPDATE %s SET write_date = now() AT TIME ZONE 'UTC' WHERE id = ANY(%s)",
                                SQL.identifier(self._table), self.ids))
