"""Products with their categories, and the stock there was before the first order."""

from odoo.fields import Command


def make_products(env, categories, products):
    """Stored products at their list price, without tax, by ProductID."""
    made = env["product.category"].create([{"name": row["CategoryName"]} for row in categories])
    category = dict(zip((row["CategoryID"] for row in categories), made, strict=True))
    templates = env["product.product"].create(
        [
            {
                "name": row["ProductName"],
                "default_code": f"NW{int(row['ProductID']):02}",
                "is_storable": True,
                "list_price": float(row["UnitPrice"]),
                "categ_id": category[row["CategoryID"]].id,
                "taxes_id": [Command.clear()],
                "supplier_taxes_id": [Command.clear()],
            }
            for row in products
        ]
    )
    return dict(zip((row["ProductID"] for row in products), templates, strict=True))


def stock_up(env, products, quantities):
    """Count the opening stock in.

    :param quantities: what must be there so after all deliveries the file's stock is left; by ProductID
    """
    location = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1).lot_stock_id
    quants = (
        env["stock.quant"]
        .with_context(inventory_mode=True)
        .create(
            [
                {
                    "product_id": products[number].id,
                    "location_id": location.id,
                    "inventory_quantity": float(quantity),
                }
                for number, quantity in quantities.items()
                if quantity
            ]
        )
    )
    quants.action_apply_inventory()


def retire(products, rows):
    """What Northwind has stopped selling cannot be sold any more."""
    gone = [products[row["ProductID"]].id for row in rows if row["Discontinued"] == "1"]
    next(iter(products.values())).browse(gone).sale_ok = False
