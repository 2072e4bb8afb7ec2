"""Reads the Northwind CSV files into plain rows; whatever is wrong with them is said in one sentence."""

import csv
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, DecimalException
from pathlib import Path

COLUMNS = {
    "categories": ("CategoryID", "CategoryName"),
    "customers": (
        "CustomerID",
        "CompanyName",
        "ContactName",
        "ContactTitle",
        "Address",
        "City",
        "Region",
        "PostalCode",
        "Country",
        "Phone",
    ),
    "employees": ("EmployeeID", "LastName", "FirstName", "Title"),
    "products": ("ProductID", "ProductName", "CategoryID", "UnitPrice", "UnitsInStock", "Discontinued"),
    "orders": ("OrderID", "CustomerID", "EmployeeID", "OrderDate", "RequiredDate", "ShippedDate"),
    "order_lines": ("OrderID", "ProductID", "UnitPrice", "Quantity", "Discount"),
}
DATES = {"OrderDate", "RequiredDate", "ShippedDate"}
NUMBERS = {"UnitPrice", "UnitsInStock", "Quantity", "Discount"}
MAY_BE_EMPTY = {"ShippedDate"}


class LoadError(SystemExit):
    """Nothing was loaded, and why; ends a program that does not handle it with this sentence."""


@dataclass
class Order:
    """An order as it was taken, promised and shipped, with its lines as rows."""

    number: str
    customer: str
    employee: str
    ordered: date
    promised: date
    shipped: date | None
    lines: list = field(default_factory=list)


@dataclass
class Data:
    """Everything the folder holds; rows are dictionaries with the names of the columns."""

    categories: list
    customers: list
    employees: list
    products: list
    orders: list

    def shipped_quantities(self):
        """How much of each product has left the house, by ProductID."""
        total = dict.fromkeys((row["ProductID"] for row in self.products), Decimal())
        for order in self.orders:
            for line in order.lines if order.shipped else ():
                total[line["ProductID"]] += line["Quantity"]
        return total

    def last_employees(self):
        """Who took each customer's latest order, by CustomerID: the salesperson the customer has."""
        latest = sorted(self.orders, key=lambda order: (order.ordered, int(order.number)))
        return {order.customer: order.employee for order in latest}

    def first_orders(self):
        """Each customer's first order, by CustomerID: who brought the customer in, and when it was filed."""
        latest_first = sorted(self.orders, key=lambda order: (order.ordered, int(order.number)), reverse=True)
        return {order.customer: order for order in latest_first}

    def last_day(self):
        """The day of the last order: the files tell nothing after it."""
        return max(order.ordered for order in self.orders)


def read(folder):
    """All files of a folder.

    :raise LoadError: a folder, file, column or value is missing or wrong
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise LoadError(f"There is no folder {folder}.")
    tables = {name: _table(folder / f"{name}.csv", columns) for name, columns in COLUMNS.items()}
    for table, column, other in (
        ("products", "CategoryID", "categories"),
        ("orders", "CustomerID", "customers"),
        ("orders", "EmployeeID", "employees"),
        ("order_lines", "OrderID", "orders"),
        ("order_lines", "ProductID", "products"),
    ):
        _check_reference(tables, table, column, other)
    orders = {
        row["OrderID"]: Order(
            row["OrderID"],
            row["CustomerID"],
            row["EmployeeID"],
            row["OrderDate"],
            row["RequiredDate"],
            row["ShippedDate"],
        )
        for row in tables.pop("orders")
    }
    for line in tables.pop("order_lines"):
        orders[line["OrderID"]].lines.append(line)
    return Data(orders=list(orders.values()), **tables)


def _table(path, columns):
    if not path.is_file():
        raise LoadError(f"The file {path.name} is missing in {path.parent}.")
    with open(path, newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        missing = [name for name in columns if name not in (reader.fieldnames or ())]
        if missing:
            raise LoadError(f"{path.name} has no column {missing[0]}.")
        return [{name: _value(path, reader.line_num, name, row[name]) for name in columns} for row in reader]


def _value(path, line, name, text):
    text = (text or "").strip()
    try:
        if name in DATES:
            return None if not text and name in MAY_BE_EMPTY else date.fromisoformat(text[:10])
        if name in NUMBERS:
            return Decimal(text)
    except (ValueError, DecimalException):
        kind = "date" if name in DATES else "number"
        raise LoadError(f"{path.name}, line {line}: {name} is not a {kind}: “{text}”.") from None
    return text


def _check_reference(tables, table, column, other):
    known = {row[column] for row in tables[other]}
    unknown = next((row[column] for row in tables[table] if row[column] not in known), None)
    if unknown is not None:
        raise LoadError(f"{table}.csv names the {column} {unknown}, which is not in {other}.csv.")
