from odoo import api, fields, models
from odoo.exceptions import UserError

STATES = [("used", "Used"), ("void", "Void"), ("skipped", "Skipped")]


class SboContractNumber(models.Model):
    """One number of the contract register (合同编号), given or passed over: none is missing without an explanation."""

    _name = "sbo.contract.number"
    _description = "Contract Number"
    _order = "year desc, class_id, number desc"

    name = fields.Char("Contract No.", required=True, readonly=True, index=True)
    class_id = fields.Many2one("sbo.contract.class", required=True, readonly=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    year = fields.Integer(required=True, readonly=True, aggregator=None)
    number = fields.Integer(required=True, readonly=True, aggregator=None)
    contract_id = fields.Many2one("sbo.contract", readonly=True, index="btree_not_null", ondelete="set null")
    state = fields.Selection(STATES, required=True, readonly=True, default="used", index=True)
    reason = fields.Text("Explanation", help="Why no contract in force has this number.")
    given_by_id = fields.Many2one("res.users", readonly=True, default=lambda self: self.env.user)

    _number_uniq = models.UniqueIndex("(class_id, year, number)", "This number has been given already.")

    def write(self, vals):
        """People explain; what was given to whom is not theirs to change."""
        if not self.env.su:
            if vals.keys() - {"reason"}:
                raise UserError(self.env._("Only the explanation of a number can be written."))
            if self.filtered(lambda item: item.state == "used" and item.contract_id):
                raise UserError(self.env._("A number in use needs no explanation."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Numbers stay in the register: explain the one that is not used."))

    @api.model
    def _give(self, contract, day=None):
        """The next number of the contract's class and year, without a gap; what was passed over is listed.

        :return: the number as it stands on the contract
        """
        year = (day or contract.company_id._sbo_today()).year
        # Superuser: numbers are given by the system, whoever submits.
        numbers, last = self.sudo(), self.sudo().search(
            [("class_id", "=", contract.class_id.id), ("year", "=", year)], order="number desc", limit=1).number
        number, name, title = contract.class_id.sudo()._next_number(year)
        while number <= last and numbers.search_count(
                [("class_id", "=", contract.class_id.id), ("year", "=", year), ("number", "=", number)]):
            # Somebody has set the sequence back.
            number, name, title = contract.class_id.sudo()._next_number(year)
        shared = {"class_id": contract.class_id.id, "company_id": contract.company_id.id, "year": year}
        numbers.create([
            {**shared, "number": skipped, "name": title(skipped), "state": "skipped"}
            for skipped in range(last + 1, number)])
        return numbers.create({**shared, "number": number, "name": name, "contract_id": contract.id})
