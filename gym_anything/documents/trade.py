"""A small trading company as tables: what a business application keeps in its database.

`trade(rng)` gives rows that refer to each other and agree: lines belong to orders, an invoice is
the total of its order, payments are at most the invoice, bays hold products. Templates change rows
before they make a document of them. Money is in whole cents, days are ISO dates.
"""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass
from typing import TypeAlias

from pydantic import JsonValue

from gym_anything.documents import names
from gym_anything.documents.business import Company, companies, people, products, working_days

Row: TypeAlias = dict[str, JsonValue]

ORDER_STATUSES = ("Open", "On hold", "Shipped", "Cancelled")
CARRIERS = ("Parcel Blue", "Nordfracht", "City Courier", "Own van", "Collection")
METHODS = ("Bank transfer", "Card", "Cheque", "Cash")
TICKET_STATUSES = ("New", "In progress", "Waiting", "Done")
HALLS = ("A", "B", "C")
BAYS_A_HALL = 24
_SCHEMA = {
    "settings": "key TEXT PRIMARY KEY, value TEXT NOT NULL",
    "users": "id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL UNIQUE,"
    " role TEXT NOT NULL, active INTEGER NOT NULL",
    "customers": "id INTEGER PRIMARY KEY, number TEXT NOT NULL UNIQUE, name TEXT NOT NULL,"
    " contact TEXT NOT NULL, email TEXT NOT NULL, street TEXT NOT NULL, postcode TEXT NOT NULL,"
    " city TEXT NOT NULL, country TEXT NOT NULL, credit_cents INTEGER, note TEXT NOT NULL",
    "bays": "id INTEGER PRIMARY KEY, hall TEXT NOT NULL, code TEXT NOT NULL UNIQUE,"
    " state TEXT NOT NULL, sensor TEXT NOT NULL, note TEXT NOT NULL",
    "products": "id INTEGER PRIMARY KEY, sku TEXT NOT NULL UNIQUE, name TEXT NOT NULL,"
    " category TEXT NOT NULL, price_cents INTEGER NOT NULL, on_hand INTEGER NOT NULL,"
    " reorder_at INTEGER NOT NULL, bay_id INTEGER NOT NULL REFERENCES bays",
    "orders": "id INTEGER PRIMARY KEY, number TEXT NOT NULL UNIQUE,"
    " customer_id INTEGER NOT NULL REFERENCES customers, ordered TEXT NOT NULL,"
    " delivery TEXT NOT NULL, status TEXT NOT NULL, carrier TEXT NOT NULL,"
    " user_id INTEGER NOT NULL REFERENCES users, note TEXT NOT NULL",
    "order_lines": "id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL REFERENCES orders,"
    " product_id INTEGER NOT NULL REFERENCES products, quantity INTEGER NOT NULL,"
    " price_cents INTEGER NOT NULL",
    "invoices": "id INTEGER PRIMARY KEY, number TEXT NOT NULL UNIQUE,"
    " order_id INTEGER NOT NULL REFERENCES orders, issued TEXT NOT NULL, due TEXT NOT NULL,"
    " total_cents INTEGER NOT NULL, status TEXT NOT NULL",
    "payments": "id INTEGER PRIMARY KEY, invoice_id INTEGER NOT NULL REFERENCES invoices,"
    " paid TEXT NOT NULL, amount_cents INTEGER NOT NULL, method TEXT NOT NULL,"
    " reference TEXT NOT NULL",
    "tickets": "id INTEGER PRIMARY KEY, number TEXT NOT NULL UNIQUE,"
    " customer_id INTEGER NOT NULL REFERENCES customers, subject TEXT NOT NULL,"
    " body TEXT NOT NULL, opened TEXT NOT NULL, status TEXT NOT NULL, priority TEXT NOT NULL,"
    " user_id INTEGER REFERENCES users, position INTEGER NOT NULL, reply TEXT NOT NULL",
    "figures": "id INTEGER PRIMARY KEY, region TEXT NOT NULL, month TEXT NOT NULL,"
    " sales_cents INTEGER NOT NULL, target_cents INTEGER NOT NULL, remark TEXT NOT NULL,"
    " UNIQUE (region, month)",
    "audit": "id INTEGER PRIMARY KEY, at TEXT NOT NULL, user_id INTEGER NOT NULL REFERENCES users,"
    " action TEXT NOT NULL, entity TEXT NOT NULL, entity_id INTEGER NOT NULL,"
    " detail TEXT NOT NULL",
}
_SUBJECTS = (
    *("Delivery came without the packing slip", "Invoice shows the old address"),
    *("Two pieces arrived broken", "Login to the portal fails", "Wrong colour delivered"),
    *("Please change the contact", "Price differs from the offer", "Parcel tracking stands still"),
    *("Return label is missing", "Delivery note twice", "Cable does not fit", "Scanner is silent"),
    *("Order confirmation not received", "Statement of account wanted", "Warranty of a lamp"),
    *("Driver came too early", "Credit note still missing", "Carton was open"),
    *("Manual in another language", "Quantity on the pallet too low", "Label cannot be read"),
    *("Standing order to be changed", "Spare part needed", "Test certificate wanted"),
    *("Pallet stands at the neighbour", "Discount was not applied", "Customs papers missing"),
    *("Display stays dark", "Tax number on the invoice", "Second delivery attempt"),
)
_ROLES = ("Order desk", "Accounts", "Warehouse", "Support", "Sales", "Management")


@dataclass(frozen=True, slots=True)
class Trade:
    """A company's tables.

    Attributes:
        tables: rows by table, in the order in which they can be written.
    """

    tables: dict[str, list[Row]]

    def __getitem__(self, table: str) -> list[Row]:
        """Rows of a table; they may be changed until a document is made."""
        return self.tables[table]

    def by_id(self, table: str, number: JsonValue) -> Row:
        """The row with an id. Raises LookupError if there is none."""
        for row in self.tables[table]:
            if row["id"] == number:
                return row
        raise LookupError(f"{table} has no row {number}")

    def customer_of(self, order: Row) -> Row:
        """The customer of an order."""
        return self.by_id("customers", order["customer_id"])

    def content(self) -> JsonValue:
        """What the writer of the kind "sqlite" takes."""
        return {
            "tables": [
                {
                    "name": name,
                    "columns": columns,
                    "rows": [list(row.values()) for row in self.tables[name]],
                }
                for name, columns in _SCHEMA.items()
            ]
        }


def trade(rng: random.Random) -> Trade:
    """A company: 36 customers, 40 products, 120 orders, and what belongs to them.

    Args:
        rng: source of chance.
    """
    today = working_days(rng, 1, dt.date(2025, 3, 3), dt.date(2025, 11, 21))[0]
    own, *clients = companies(rng, 37)
    tables: dict[str, list[Row]] = {name: [] for name in _SCHEMA}
    tables["settings"] = [
        {"key": "company", "value": own.name},
        {"key": "today", "value": today.isoformat()},
        {"key": "user_id", "value": "1"},
    ]
    _add_users(rng, tables)
    tables["customers"] = [_customer(rng, at, each) for at, each in enumerate(clients, start=1)]
    _add_warehouse(rng, tables)
    _add_orders(rng, tables, today)
    _add_invoices(rng, tables, today)
    _add_tickets(rng, tables, today)
    _add_figures(rng, tables, today)
    for at, order in enumerate(rng.sample(tables["orders"], 5), start=1):
        note = {"action": "changed", "entity": "orders", "entity_id": order["id"]}
        detail = f"carrier: {rng.choice(CARRIERS)} -> {order['carrier']}"
        who: Row = {"id": at, "at": order["ordered"], "user_id": rng.randint(1, 8)}
        tables["audit"].append({**who, **note, "detail": detail})
    return Trade(tables)


def _add_users(rng: random.Random, tables: dict[str, list[Row]]) -> None:
    for at, person in enumerate(people(rng, 8), start=1):
        role = _ROLES[(at - 1) % len(_ROLES)]
        active = int(at < 7 or rng.random() < 0.5)
        tables["users"].append(
            {"id": at, "name": person.name, "email": person.email, "role": role, "active": active}
        )


def _customer(rng: random.Random, number: int, company: Company) -> Row:
    place, contact = company.address, company.contact
    return {
        "id": number,
        "number": f"C-{1000 + number}",
        "name": company.name,
        "contact": contact.name,
        "email": contact.email,
        "street": place.street,
        "postcode": place.postcode,
        "city": place.city,
        "country": place.country,
        "credit_cents": rng.choice((None, 500_000, 1_000_000, 2_500_000)),
        "note": rng.choice(names.NOTES) if rng.random() < 0.25 else "",
    }


def _add_warehouse(rng: random.Random, tables: dict[str, list[Row]]) -> None:
    for hall in HALLS:
        for place in range(1, BAYS_A_HALL + 1):
            state = "Blocked" if rng.random() < 0.12 else "In use"
            row: Row = {"id": len(tables["bays"]) + 1, "hall": hall, "code": f"{hall}-{place:02d}"}
            note = "Shelf under repair" if state == "Blocked" else ""
            tables["bays"].append({**row, "state": state, "sensor": "ok", "note": note})
    for at, product in enumerate(sorted(products(rng, 40), key=lambda each: each.sku), start=1):
        reorder = rng.randrange(10, 80, 5)
        low = rng.random() < 0.2
        tables["products"].append(
            {
                "id": at,
                "sku": product.sku,
                "name": product.name,
                "category": product.category,
                "price_cents": product.price_cents,
                "on_hand": rng.randrange(0, reorder) if low else rng.randrange(reorder, 400),
                "reorder_at": reorder,
                "bay_id": rng.randint(1, len(tables["bays"])),
            }
        )


def _add_orders(rng: random.Random, tables: dict[str, list[Row]], today: dt.date) -> None:
    days = working_days(rng, 120, today - dt.timedelta(days=150), today)
    first = rng.randint(2000, 7000)
    for at, day in enumerate(days, start=1):
        delivery = day + dt.timedelta(days=rng.randint(4, 30))
        shipped = delivery <= today and rng.random() < 0.9
        status = "Shipped" if shipped else rng.choice(("Open", "Open", "Open", "On hold"))
        tables["orders"].append(
            {
                "id": at,
                "number": f"SO-{first + at}",
                "customer_id": rng.randint(1, len(tables["customers"])),
                "ordered": day.isoformat(),
                "delivery": delivery.isoformat(),
                "status": "Cancelled" if rng.random() < 0.05 else status,
                "carrier": rng.choice(CARRIERS),
                "user_id": rng.randint(1, 6),
                "note": rng.choice(names.NOTES) if rng.random() < 0.2 else "",
            }
        )
        for product in rng.sample(tables["products"], rng.randint(1, 4)):
            tables["order_lines"].append(
                {
                    "id": len(tables["order_lines"]) + 1,
                    "order_id": at,
                    "product_id": product["id"],
                    "quantity": rng.choice((1, 2, 3, 4, 5, 6, 10, 12, 20)),
                    "price_cents": product["price_cents"],
                }
            )


def _add_invoices(rng: random.Random, tables: dict[str, list[Row]], today: dt.date) -> None:
    totals: dict[JsonValue, int] = {}
    for line in tables["order_lines"]:
        amount = int(str(line["quantity"])) * int(str(line["price_cents"]))
        totals[line["order_id"]] = totals.get(line["order_id"], 0) + amount
    shipped = [order for order in tables["orders"] if order["status"] == "Shipped"]
    shipped.sort(key=lambda order: (str(order["delivery"]), str(order["number"])))
    first = rng.randint(100, 600)
    for at, order in enumerate(shipped, start=1):
        issued = dt.date.fromisoformat(str(order["delivery"]))
        paid = min(issued + dt.timedelta(days=rng.randint(2, 40)), today)
        total, chance = totals[order["id"]], rng.random()
        status = "Paid" if chance < 0.5 else "Partly paid" if chance < 0.6 else "Unpaid"
        tables["invoices"].append(
            {
                "id": at,
                "number": f"INV-{issued.year}-{first + at:04d}",
                "order_id": order["id"],
                "issued": issued.isoformat(),
                "due": (issued + dt.timedelta(days=30)).isoformat(),
                "total_cents": total,
                "status": status,
            }
        )
        if status != "Unpaid":
            tables["payments"].append(
                {
                    "id": len(tables["payments"]) + 1,
                    "invoice_id": at,
                    "paid": paid.isoformat(),
                    "amount_cents": total if status == "Paid" else max(total // 2, 1),
                    "method": rng.choice(METHODS),
                    "reference": f"{rng.randint(10_000, 99_999)}",
                }
            )


def _add_tickets(rng: random.Random, tables: dict[str, list[Row]], today: dt.date) -> None:
    days = working_days(rng, 22, today - dt.timedelta(days=40), today)
    subjects = rng.sample(_SUBJECTS, len(days))
    first = rng.randint(200, 800)
    statuses = ["New"] * 6 + ["In progress"] * 6 + ["Waiting"] * 5 + ["Done"] * 5
    rng.shuffle(statuses)
    for at, (day, subject, status) in enumerate(zip(days, subjects, statuses, strict=True), 1):
        tables["tickets"].append(
            {
                "id": at,
                "number": f"T-{first + at}",
                "customer_id": rng.randint(1, len(tables["customers"])),
                "subject": subject,
                "body": rng.choice(names.NOTES),
                "opened": day.isoformat(),
                "status": status,
                "priority": rng.choice(("Low", "Normal", "Normal", "High")),
                "user_id": None if status == "New" else rng.randint(1, 6),
                "position": at,
                "reply": "",
            }
        )


def _add_figures(rng: random.Random, tables: dict[str, list[Row]], today: dt.date) -> None:
    for region in rng.sample(names.REGIONS, 4):
        level = rng.randrange(1_200_000, 4_000_000, 1_000)
        for month in range(1, 13):
            target = round(level * rng.uniform(0.85, 1.1) / 100_000) * 100_000
            tables["figures"].append(
                {
                    "id": len(tables["figures"]) + 1,
                    "region": region,
                    "month": f"{today.year - 1}-{month:02d}",
                    "sales_cents": round(target * rng.uniform(1.06, 1.3) / 1_000) * 1_000,
                    "target_cents": target,
                    "remark": "",
                }
            )
