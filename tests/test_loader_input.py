"""What the loader says to files that are not complete: one clear sentence, nothing loaded."""

import pytest

from loader.reading import COLUMNS, LoadError, read

ROWS = {
    "categories": "1,Beverages",
    "customers": "ALFKI,Alfreds Futterkiste,Maria Anders,Owner,Obere Str. 57,Berlin,,12209,Germany,030-007",
    "employees": "1,Davolio,Nancy,Sales Representative",
    "products": "1,Chai,1,18,39,0",
    "orders": "10248,ALFKI,1,1996-07-04,1996-08-01,",
    "order_lines": "10248,1,14,12,0.15",
}


@pytest.fixture
def folder(tmp_path):
    """A complete folder with one row a file."""
    for name, columns in COLUMNS.items():
        (tmp_path / f"{name}.csv").write_text(",".join(columns) + "\n" + ROWS[name] + "\n", encoding="utf-8")
    return tmp_path


def change(folder, name, old, new):
    path = folder / f"{name}.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def refusal(folder):
    with pytest.raises(LoadError) as caught:
        read(folder)
    return str(caught.value)


def test_complete_files_are_read(folder):
    data = read(folder)
    [order] = data.orders
    assert (order.number, order.shipped, len(order.lines)) == ("10248", None, 1)
    assert data.last_employees() == {"ALFKI": "1"}
    assert data.shipped_quantities() == {"1": 0}, "what is still open has not left"


def test_the_later_number_decides_between_orders_of_one_day(folder):
    change(folder, "employees", "Representative", "Representative\n2,Fuller,Andrew,Vice President")
    change(folder, "orders", "10248", "9999,ALFKI,2,1996-07-04,1996-08-01,\n10248")
    assert read(folder).last_employees() == {"ALFKI": "1"}


def test_missing_folder(tmp_path):
    assert refusal(tmp_path / "nowhere") == f"There is no folder {tmp_path / 'nowhere'}."


def test_missing_file(folder):
    (folder / "orders.csv").unlink()
    assert refusal(folder) == f"The file orders.csv is missing in {folder}."


def test_missing_column(folder):
    change(folder, "orders", "RequiredDate", "Promised")
    assert refusal(folder) == "orders.csv has no column RequiredDate."


@pytest.mark.parametrize(
    ("name", "old", "new", "sentence"),
    [
        ("orders", "1996-07-04", "4 July", "orders.csv, line 2: OrderDate is not a date: “4 July”."),
        ("orders", "1996-08-01", "", "orders.csv, line 2: RequiredDate is not a date: “”."),
        ("order_lines", ",14,", ",cheap,", "order_lines.csv, line 2: UnitPrice is not a number: “cheap”."),
        (
            "orders",
            "ALFKI",
            "NOBODY",
            "orders.csv names the CustomerID NOBODY, which is not in customers.csv.",
        ),
        ("order_lines", "10248,", "1,", "order_lines.csv names the OrderID 1, which is not in orders.csv."),
    ],
)
def test_wrong_value(folder, name, old, new, sentence):
    change(folder, name, old, new)
    assert refusal(folder) == sentence
