from .common import SboCommon, at


class SboCustomerCommon(SboCommon):
    """Customers who have bought: orders at Shanghai moments, purchase records as of a day's last second."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # What the demo data has sold must not share the sales of the stories.
        cls.company = cls.env["res.company"].create({
            "name": "SBO Customer Company", "currency_id": cls.env.company.currency_id.id,
            "resource_calendar_id": cls.calendar.id, "sbo_check_from": "2020-01-01"})
        cls.env.user.company_ids |= cls.company
        cls.env = cls.env(context=dict(cls.env.context, allowed_company_ids=cls.company.ids))
        roles = (cls.clerk, cls.clerk2, cls.supervisor, cls.manager, cls.auditor, cls.salesperson, cls.outsider)
        for user in roles:
            user.write({"company_ids": [(4, cls.company.id)], "company_id": cls.company.id})
        cls.product = cls._product(company_id=False)

    @classmethod
    def _sold(cls, customer, amount, moment, **vals):
        """A confirmed order of one line, without deliveries: written as the past has left it."""
        order = cls.env["sale.order"].create({
            "partner_id": customer.id, "company_id": cls.company.id, "date_order": at(moment),
            "order_line": [(0, 0, {"product_id": cls.product.id, "price_unit": amount, "tax_ids": False})], **vals})
        order.state = "sale"
        return order

    @classmethod
    def _as_of(cls, day, companies=None, **kwargs):
        """Refresh the purchase records as of the end of a Shanghai day."""
        cls.env["sbo.customer.figure"]._refresh(at(f"{day} 23:59:59"), companies or cls.company, **kwargs)

    @classmethod
    def _figure(cls, customer, company=None):
        return cls.env["sbo.customer.figure"].search(
            [("partner_id", "=", customer.id), ("company_id", "=", (company or cls.company).id)])
