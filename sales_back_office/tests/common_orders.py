from odoo.exceptions import UserError
from odoo.fields import Command

from .common_checks import SboCheckCommon


class SboOrdersCommon(SboCheckCommon):
    """Orders that one clerk enters and another one verifies, departments that hear of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # What the demo has set up stands in nobody's way here.
        cls.env["sbo.order.class"].search([]).active = False
        cls.env["sbo.department"].search([]).active = False
        cls.customer = cls._customer(clerk=cls.clerk, salesperson=cls.salesperson)
        cls.product = cls._product("Lamp", 100)
        cls.other = cls._product("Shade", 40)

    @classmethod
    def _class(cls, **vals):
        return cls.env["sbo.order.class"].create({"name": "Verified orders", **vals})

    @classmethod
    def _department(cls, name="Warehouse", members=None, **vals):
        return cls.env["sbo.department"].create({
            "name": name, "member_ids": [Command.set((members or cls.outsider).ids)],
            "manager_id": cls.manager.id, **vals})

    @classmethod
    def _entered(cls, user=None, lines=((10, 100),), **vals):
        """A quotation as a user (the clerk) enters it: lines of (quantity, price) of the product, or with a product."""
        commands = []
        for line in lines:
            product, quantity, price = line if len(line) == 3 else (cls.product, *line)
            commands.append(Command.create(
                {"product_id": product.id, "product_uom_qty": quantity, "price_unit": price}))
        vals = {"partner_id": cls.customer.id, "user_id": cls.salesperson.id, "order_line": commands, **vals}
        return cls.env["sale.order"].with_user(user or cls.clerk).create(vals).sudo(False).with_env(cls.env)

    def _sheet(self, order, checker=None):
        action = order.with_user(checker or self.clerk2).action_sbo_verify()
        return self.env["sbo.order.verification"].with_user(checker or self.clerk2).browse(action["res_id"])

    def _verify(self, order, checker=None, **paper):
        """Verify: the paper says the same, except for what is given for the first line."""
        sheet = self._sheet(order, checker)
        sheet.action_all_same()
        if paper:
            sheet.line_ids[0].write({f"paper_{name}": value for name, value in paper.items()})
        sheet.action_compare()
        return sheet

    def _refused(self, words, action, *args, error=UserError, **kwargs):
        """The action is refused in these words, and leaves nothing behind."""
        with self.assertRaises(error) as caught:
            action(*args, **kwargs)
        self.assertRegex(str(caught.exception), words)
        return str(caught.exception)
