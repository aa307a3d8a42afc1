"""A small trading company as a database: customers, products, orders and their lines.

Every reference points to a row that exists. Same generator, same database. Also scans of receipts,
of which the amounts stand only in the picture.
"""

from __future__ import annotations

import base64
import datetime as dt
import io
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from PIL import Image, ImageDraw, ImageFont
from pydantic import JsonValue

from gym_anything.documents import business

Row: TypeAlias = tuple[str | int | float | None, ...]

FIRST_DAY, LAST_DAY = dt.date(2025, 1, 2), dt.date(2026, 6, 30)
STATES = ("open", "paid", "shipped", "cancelled")
_SHOPS = ("shop", "orders", "sales", "trade", "office")


@dataclass(frozen=True, slots=True)
class Shop:
    """The database of a small trading company.

    Attributes:
        path: relative to home.
        customers: id, name, contact, city, email, phone.
        products: id, sku, name, category, price, stock.
        orders: id, customer_id, ordered, status, note.
        lines: id, order_id, product_id, quantity, price.
    """

    path: str
    customers: tuple[Row, ...]
    products: tuple[Row, ...]
    orders: tuple[Row, ...]
    lines: tuple[Row, ...]

    @property
    def folder(self) -> str:
        """Folder that it lies in."""
        return self.path.rpartition("/")[0]

    @property
    def name(self) -> str:
        """Name of the file."""
        return self.path.rpartition("/")[2]

    def listed(self, table: str) -> list[JsonValue]:
        """Names of the columns of a table and then its rows."""
        parts = (self.customers, self.products, self.orders, self.lines)
        rows = dict(zip(TABLES, parts, strict=True))[table]
        header = [column["name"] for column in TABLES[table] if isinstance(column, dict)]
        return [header, *(list[JsonValue](row) for row in rows)]

    def amounts(self) -> dict[tuple[int, str], int]:
        """Cents that were ordered and not cancelled, by customer and year ("2026")."""
        found: dict[tuple[int, str], int] = {}
        orders = {each[0]: each for each in self.orders}
        for _, order, _, quantity, price in self.lines:
            _, customer, day, state, _ = orders[order]
            cents = round(float(str(price)) * 100) * int(str(quantity))
            key = (int(str(customer)), str(day)[:4])
            found[key] = found.get(key, 0) + cents * (state != "cancelled")
        return found

    def content(self) -> JsonValue:
        """What the writer of databases takes."""
        tables = zip(
            TABLES.items(), (self.customers, self.products, self.orders, self.lines), strict=True
        )
        made: list[JsonValue] = [
            {"name": name, "columns": list(columns), "rows": [list(row) for row in rows]}
            for (name, columns), rows in tables
        ]
        indexes: list[JsonValue] = [
            {"name": "lines_by_order", "table": "order_lines", "columns": ["order_id"]}
        ]
        sql = "SELECT id, customer_id, ordered FROM orders WHERE status = 'open'"
        views: list[JsonValue] = [{"name": "open_orders", "sql": sql}]
        return {"tables": made, "indexes": indexes, "views": views}


ID_COLUMN: JsonValue = {"name": "id", "type": "INTEGER", "key": True}
TABLES: dict[str, tuple[JsonValue, ...]] = {
    "customers": (
        ID_COLUMN,
        {"name": "name", "type": "TEXT", "not_null": True},
        {"name": "contact", "type": "TEXT"},
        {"name": "city", "type": "TEXT"},
        {"name": "email", "type": "TEXT"},
        {"name": "phone", "type": "TEXT"},
    ),
    "products": (
        ID_COLUMN,
        {"name": "sku", "type": "TEXT", "not_null": True, "unique": True},
        {"name": "name", "type": "TEXT", "not_null": True},
        {"name": "category", "type": "TEXT"},
        {"name": "price", "type": "NUMERIC", "check": "price >= 0"},
        {"name": "stock", "type": "INTEGER", "not_null": True, "default": 0},
    ),
    "orders": (
        ID_COLUMN,
        {
            "name": "customer_id",
            "type": "INTEGER",
            "not_null": True,
            "references": ["customers", "id"],
        },
        {"name": "ordered", "type": "TEXT", "not_null": True},
        {"name": "status", "type": "TEXT", "not_null": True, "default": "open"},
        {"name": "note", "type": "TEXT"},
    ),
    "order_lines": (
        ID_COLUMN,
        {"name": "order_id", "type": "INTEGER", "not_null": True, "references": ["orders", "id"]},
        {
            "name": "product_id",
            "type": "INTEGER",
            "not_null": True,
            "references": ["products", "id"],
        },
        {"name": "quantity", "type": "INTEGER", "not_null": True, "check": "quantity > 0"},
        {"name": "price", "type": "NUMERIC"},
    ),
}


def _phone(rng: random.Random) -> str:
    country = rng.choice((31, 33, 34, 39, 43, 46, 48, 49))
    return f"+{country} {rng.randint(10, 989)} {rng.randint(100_000, 9_999_999)}"


def make_shop(rng: random.Random, folder: str) -> Shop:
    """A shop in a folder of Documents; some contacts and notes are missing, some notes long."""
    firms = business.companies(rng, rng.randint(34, 60))
    customers = tuple(
        (
            number,
            firm.name,
            firm.contact.name if rng.random() < 0.9 else None,
            firm.address.city,
            firm.contact.email,
            _phone(rng) if rng.random() < 0.85 else None,
        )
        for number, firm in enumerate(firms, start=1)
    )
    items = business.products(rng, rng.randint(30, 60))
    products = tuple(
        (
            at,
            item.sku,
            item.name,
            item.category,
            business.euros(item.price_cents),
            rng.randint(0, 240),
        )
        for at, item in enumerate(items, start=1)
    )
    days = business.working_days(rng, rng.randint(90, 160), FIRST_DAY, LAST_DAY)
    orders = tuple(
        (
            1000 + at,
            rng.choice(customers)[0],
            day.isoformat(),
            rng.choices(STATES, (3, 3, 3, 1))[0],
            business.long_note(rng, 2) if rng.random() < 0.15 else None,
        )
        for at, day in enumerate(days)
    )
    lines: list[Row] = []
    for order in orders:
        for item in rng.sample(products, rng.randint(1, 4)):
            lines.append((len(lines) + 1, order[0], item[0], rng.randint(1, 12), item[4]))
    stem = f"{rng.choice(_SHOPS)}-{rng.randint(2019, 2026)}"
    path = f"Documents/{folder}/{stem}.{rng.choice(('db', 'sqlite', 'db3'))}"
    return Shop(path, customers, products, orders, tuple(lines))


_GOODS = (
    *("Bread", "Milk 1 l", "Butter", "Coffee", "Apples", "Oranges", "Cheese", "Rice", "Pasta"),
    *("Tea", "Honey", "Paper A4", "Pens", "Envelopes", "Stamps", "Batteries", "Soap", "Towels"),
)


def _scan(lines: Sequence[tuple[str, str]]) -> JsonValue:
    """A picture of a receipt as bytes of a database: words at the left, amounts at the right."""
    font = ImageFont.load_default(size=15)
    picture = Image.new("L", (250, 24 * len(lines) + 16), 247)
    draw = ImageDraw.Draw(picture)
    for at, (words, amount) in enumerate(lines):
        draw.text((12, 8 + 24 * at), words, fill=35, font=font)
        width = draw.textlength(amount, font=font)
        draw.text((238 - width, 8 + 24 * at), amount, fill=35, font=font)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return {"base64": base64.b64encode(buffer.getvalue()).decode()}


def _receipt(rng: random.Random) -> tuple[JsonValue, int, int]:
    """A scan with its total and the cash that was given, in cents."""
    goods = [(name, rng.randrange(79, 1_999, 5)) for name in rng.sample(_GOODS, rng.randint(2, 4))]
    total = sum(cents for _, cents in goods)
    given = (total // 500 + rng.randint(1, 3)) * 500
    lines = [*goods, ("TOTAL", total), ("Cash", given), ("Change", given - total)]
    return _scan([(words, f"{cents / 100:.2f}") for words, cents in lines]), total, given


@dataclass(frozen=True, slots=True)
class Receipts:
    """A database of receipts with their scans, one without its amount.

    Attributes:
        path: relative to home.
        content: what the writer of databases takes.
        row: place of the receipt without amount, from 0.
        key: its id.
        total: cents that its scan shows as the total.
        given: cents of cash on its scan.
    """

    path: str
    content: JsonValue
    row: int
    key: int
    total: int
    given: int


def make_receipts(rng: random.Random) -> Receipts:
    """Receipts of some months; the one without amount is neither the first nor the last."""
    count = rng.randint(7, 12)
    made = [_receipt(rng) for _ in range(count)]
    firms, at = business.companies(rng, count), rng.randrange(1, count - 1)
    days = business.working_days(rng, count, FIRST_DAY, LAST_DAY)
    first = rng.randint(101, 899)
    rows: list[JsonValue] = [
        [first + n, day.isoformat(), firm.name, None if n == at else total / 100, scan]
        for n, ((scan, total, _), firm, day) in enumerate(zip(made, firms, days, strict=True))
    ]
    columns: list[JsonValue] = [
        ID_COLUMN,
        {"name": "day", "type": "TEXT", "not_null": True},
        {"name": "shop", "type": "TEXT"},
        {"name": "amount", "type": "NUMERIC"},
        {"name": "scan", "type": "BLOB"},
    ]
    content: JsonValue = {"tables": [{"name": "receipts", "columns": columns, "rows": rows}]}
    path = f"Documents/receipts/expenses-{days[0]:%Y-%m}-{rng.randint(1, 9)}.db"
    _, total, given = made[at]
    return Receipts(path, content, at, first + at, total, given)


PLATE_HOLES = 4
_PARTS = ("Bracket", "Cover", "Flange", "Base plate", "Adapter", "Hinge plate", "Front panel")


def _photo(rng: random.Random, missing: int | None) -> JsonValue:
    """A grey picture of a plate with a hole in each corner but one, if any is missing."""
    width, height = rng.randrange(150, 211), rng.randrange(90, 131)
    picture = Image.new("L", (width + 40, height + 40), rng.randrange(225, 250))
    draw = ImageDraw.Draw(picture)
    metal, radius, inset = rng.randrange(120, 170), rng.randrange(7, 11), rng.randrange(18, 28)
    draw.rectangle((20, 20, 20 + width, 20 + height), fill=metal, outline=60)
    across, down = (20 + inset, 20 + width - inset), (20 + inset, 20 + height - inset)
    for at, (x, y) in enumerate((x, y) for y in down for x in across):
        if at != missing:
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=20)
    middle = 20 + height // 2
    for _ in range(rng.randrange(3)):  # scratches between the holes, which are no fault
        x, y = rng.randrange(62, width - 62), middle + rng.randrange(-12, 13)
        draw.line((x, y, x + rng.randrange(15, 40), y + rng.randrange(-6, 7)), fill=metal + 45)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return {"base64": base64.b64encode(buffer.getvalue()).decode()}


@dataclass(frozen=True, slots=True)
class Inspections:
    """A database of inspected parts with their photos; what the photos show stands nowhere else.

    Attributes:
        path: relative to home.
        content: what the writer of databases takes.
        keys: ids of all parts, in order.
        faulty: places of the parts that lack a hole, from 0, two or three.
    """

    path: str
    content: JsonValue
    keys: tuple[int, ...]
    faulty: tuple[int, ...]


def make_inspections(rng: random.Random) -> Inspections:
    """The inspection of one lot; a good part has a hole in each of its four corners."""
    count = rng.randint(6, 9)
    faulty = tuple(sorted(rng.sample(range(count), rng.randint(2, 3))))
    first, lot = rng.randint(2_001, 8_900), rng.randint(100, 999)
    part, firm = rng.choice(_PARTS), business.companies(rng, 1)[0].name
    rows: list[JsonValue] = [
        [
            first + at,
            _photo(rng, rng.randrange(PLATE_HOLES) if at in faulty else None),
            f"{part} {lot}-{at + 1:02d}",
            firm,
            None,
        ]
        for at in range(count)
    ]
    columns: list[JsonValue] = [
        ID_COLUMN,
        {"name": "photo", "type": "BLOB"},
        {"name": "part", "type": "TEXT", "not_null": True},
        {"name": "maker", "type": "TEXT"},
        {"name": "result", "type": "TEXT"},
    ]
    content: JsonValue = {"tables": [{"name": "inspections", "columns": columns, "rows": rows}]}
    path = f"Documents/inspections/lot-{lot}-{rng.randint(1, 99):02d}.db"
    return Inspections(path, content, tuple(range(first, first + count)), faulty)
