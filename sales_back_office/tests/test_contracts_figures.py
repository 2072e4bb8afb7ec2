from odoo.tests import tagged

from .common_contracts_schedule import SboScheduleCommon


@tagged("post_install", "-at_install")
class TestContractFigures(SboScheduleCommon):
    """How far a contract is carried out, added up from the documents."""

    def test_nothing_yet(self):
        contract = self._contract()
        self.assertEqual(
            self._figures(contract, "contracted", "ordered", "delivered", "invoiced", "received", "rest"),
            [10000, 0, 0, 0, 0, 10000])

    def test_from_order_to_money(self):
        contract = self._contract()
        order = self._under(contract)
        self.assertEqual(self._figures(contract, "ordered", "delivered", "rest"), [10000, 0, 10000])
        self._ship(order, 4)
        self.assertEqual(self._figures(contract, "delivered", "not_invoiced", "rest"), [4000, 4000, 6000])
        invoice = self._invoice(order)
        self.assertEqual(self._figures(contract, "invoiced", "not_invoiced", "receivable"), [10000, 0, 10000])
        self._pay(invoice, 2500)
        self.assertEqual(self._figures(contract, "received", "receivable"), [2500, 7500])
