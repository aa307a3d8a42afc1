"""Plausible business content for tasks: people, products, invoices, payrolls, sales.

Every function takes a `random.Random` and gives frozen records: same seed, same records. Money is
in whole cents. Names and codes are unique within what one call returns, dates are in order, and
records that refer to others refer to ones that exist.
"""

from __future__ import annotations

import datetime as dt
import random
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from gym_anything.documents import names

Item = TypeVar("Item")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""Short English names of the months."""

_QUANTITIES = (1, 2, 3, 4, 5, 6, 10, 12, 20)
_PLAIN = str.maketrans({"ł": "l", "đ": "d", "ø": "o", "ß": "ss", "ı": "i", "æ": "ae", "'": ""})


@dataclass(frozen=True, slots=True)
class Address:
    """Where someone is."""

    street: str
    postcode: str
    city: str
    country: str


@dataclass(frozen=True, slots=True)
class Person:
    """A person; the address of the mail is plain ASCII."""

    given: str
    family: str
    email: str

    @property
    def name(self) -> str:
        """Given and family name."""
        return f"{self.given} {self.family}"


@dataclass(frozen=True, slots=True)
class Employee:
    """Someone on the payroll; the salary is per month."""

    number: int
    person: Person
    department: str
    job: str
    hired: dt.date
    salary_cents: int


@dataclass(frozen=True, slots=True)
class Company:
    """A customer or supplier."""

    name: str
    address: Address
    contact: Person


@dataclass(frozen=True, slots=True)
class Product:
    """Something sold; a SKU is like "LIG-0427"."""

    sku: str
    name: str
    category: str
    price_cents: int


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """A position of an invoice."""

    product: Product
    quantity: int

    @property
    def amount_cents(self) -> int:
        """Quantity times price."""
        return self.quantity * self.product.price_cents


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice; `paid` is None while it is open."""

    number: str
    customer: Company
    issued: dt.date
    due: dt.date
    lines: tuple[InvoiceLine, ...]
    paid: dt.date | None

    @property
    def total_cents(self) -> int:
        """Sum of its lines."""
        return sum(line.amount_cents for line in self.lines)


@dataclass(frozen=True, slots=True)
class StockItem:
    """A product in the warehouse; it is to be ordered anew below `reorder_at` pieces."""

    product: Product
    on_hand: int
    reorder_at: int

    @property
    def value_cents(self) -> int:
        """Pieces times price."""
        return self.on_hand * self.product.price_cents


@dataclass(frozen=True, slots=True)
class RegionSales:
    """Sales of a region, one amount per month."""

    region: str
    cents: tuple[int, ...]

    @property
    def total_cents(self) -> int:
        """Sum over the months."""
        return sum(self.cents)


@dataclass(frozen=True, slots=True)
class Expense:
    """A line of an expense report."""

    day: dt.date
    employee: Employee
    category: str
    description: str
    amount_cents: int


def people(rng: random.Random, count: int) -> tuple[Person, ...]:
    """People of different full names, and of different given names as long as there are enough.

    Args:
        rng: source of chance.
        count: how many, at most 1,000.

    Raises:
        ValueError: `count` is out of range.
    """
    if not 0 <= count <= 1_000:
        raise ValueError(f"count must be 0 to 1000, got {count}")
    givens = _shuffled_repeats(rng, names.GIVEN_NAMES, count)
    taken: set[tuple[str, str]] = set()
    found = []
    for given in givens:
        family = rng.choice(names.FAMILY_NAMES)
        while (given, family) in taken:
            family = rng.choice(names.FAMILY_NAMES)
        taken.add((given, family))
        found.append(Person(given, family, f"{_ascii(given)}.{_ascii(family)}@example.com"))
    return tuple(found)


def address(rng: random.Random) -> Address:
    """An address whose city, country and postcode belong together."""
    city, country, postcode = rng.choice(names.CITIES)
    return Address(f"{rng.choice(names.STREETS)} {rng.randint(1, 180)}", postcode, city, country)


def companies(rng: random.Random, count: int) -> tuple[Company, ...]:
    """Companies of different names, at most 300. Raises ValueError beyond."""
    pairs = [(word, trade) for word in names.COMPANY_WORDS for trade in names.COMPANY_TRADES]
    chosen = _sample(rng, pairs, count)
    return tuple(
        Company(f"{word} {trade} {rng.choice(names.COMPANY_FORMS)}", address(rng), contact)
        for (word, trade), contact in zip(chosen, people(rng, count), strict=True)
    )


def products(rng: random.Random, count: int) -> tuple[Product, ...]:
    """Products of different names and SKUs, at most 170; prices end in 0, 5 or 9 cents.

    Raises:
        ValueError: `count` is out of range.
    """
    pairs = [(kind, variant) for kind in names.PRODUCT_KINDS for variant in names.PRODUCT_VARIANTS]
    chosen = _sample(rng, pairs, count)
    codes = rng.sample(range(100, 10_000), count)
    found = []
    for ((noun, category, low, high), variant), code in zip(chosen, codes, strict=True):
        price = rng.randrange(low, high, 10) // 10 * 10 + rng.choice((0, 5, 9))
        sku = f"{category[:3].upper()}-{code:04d}"
        found.append(Product(sku, f"{noun} {variant}", category, price))
    return tuple(found)


def working_days(
    rng: random.Random, count: int, start: dt.date, end: dt.date
) -> tuple[dt.date, ...]:
    """Days from Monday to Friday in order, from `start` to `end`; repeated only if too few.

    Raises:
        ValueError: no working day lies between them.
    """
    span = (start + dt.timedelta(days=offset) for offset in range((end - start).days + 1))
    days = [day for day in span if day.weekday() < 5]
    if not days:
        raise ValueError(f"no working day from {start} to {end}")
    return tuple(sorted(_shuffled_repeats(rng, days, count)))


def employees(rng: random.Random, count: int, today: dt.date) -> tuple[Employee, ...]:
    """Employees with rising numbers and dates of hiring up to ten years back.

    Args:
        rng: source of chance.
        count: how many, at most 1,000.
        today: none is hired later.
    """
    hired = working_days(rng, count, today - dt.timedelta(days=3_650), today)
    number = rng.randint(1_001, 1_400)
    found = []
    for person, day in zip(people(rng, count), hired, strict=True):
        salary = rng.randrange(220_000, 780_000, 5_000)
        department, job = rng.choice(names.DEPARTMENTS), rng.choice(names.JOBS)
        found.append(Employee(number, person, department, job, day, salary))
        number += rng.randint(1, 7)
    return tuple(found)


def invoice_lines(
    rng: random.Random, catalogue: Sequence[Product], count: int
) -> tuple[InvoiceLine, ...]:
    """Lines of different products. Raises ValueError if the catalogue has fewer."""
    chosen = _sample(rng, catalogue, count)
    return tuple(InvoiceLine(product, rng.choice(_QUANTITIES)) for product in chosen)


def invoices(
    rng: random.Random,
    count: int,
    customers: Sequence[Company],
    catalogue: Sequence[Product],
    start: dt.date,
    end: dt.date,
) -> tuple[Invoice, ...]:
    """Invoices in order of date and number; about a third are open.

    Args:
        rng: source of chance.
        count: how many.
        customers: who buys.
        catalogue: what is bought, one to five products each.
        start: first day of issue.
        end: last day of issue; payments come up to 30 days later.
    """
    found = []
    first = rng.randint(1, 400)
    for index, day in enumerate(working_days(rng, count, start, end)):
        lines = invoice_lines(rng, catalogue, rng.randint(1, min(5, len(catalogue))))
        paid = day + dt.timedelta(days=rng.randint(2, 30)) if rng.random() < 0.67 else None
        number = f"INV-{day.year}-{first + index:04d}"
        due = day + dt.timedelta(days=30)
        found.append(Invoice(number, rng.choice(customers), day, due, lines, paid))
    return tuple(found)


def inventory(rng: random.Random, catalogue: Sequence[Product]) -> tuple[StockItem, ...]:
    """Stock of every product in order of its SKU; about a quarter are below their level."""
    found = []
    for product in sorted(catalogue, key=lambda each: each.sku):
        level = rng.randrange(10, 80, 5)
        low = rng.random() < 0.25
        on_hand = rng.randrange(0, level) if low else rng.randrange(level, level * 6)
        found.append(StockItem(product, on_hand, level))
    return tuple(found)


def sales_by_region(
    rng: random.Random, regions: int = 4, months: int = 12
) -> tuple[RegionSales, ...]:
    """Sales of regions over the first months of a year, with a level of its own for each.

    Args:
        rng: source of chance.
        regions: how many, 1 to 6.
        months: how many, 1 to 12.
    """
    found = []
    for region in _sample(rng, names.REGIONS, regions):
        level = rng.randrange(800_000, 4_000_000, 1_000)
        cents = tuple(round(level * rng.uniform(0.7, 1.35)) // 100 * 100 for _ in range(months))
        found.append(RegionSales(region, cents))
    return tuple(found)


def expenses(
    rng: random.Random, count: int, staff: Sequence[Employee], start: dt.date, end: dt.date
) -> tuple[Expense, ...]:
    """Lines of an expense report in order of day."""
    found = []
    for day in working_days(rng, count, start, end):
        category, low, high = rng.choice(names.EXPENSE_KINDS)
        place = rng.choice(names.CITIES)[0]
        amount = rng.randrange(low, high, 5)
        found.append(Expense(day, rng.choice(staff), category, f"{category}, {place}", amount))
    return tuple(found)


def euros(cents: int) -> int | float:
    """Cents as a JSON number of whole units, such as 12.5 for 1250."""
    return cents // 100 if cents % 100 == 0 else cents / 100


def with_blank_rows(
    rng: random.Random, rows: Sequence[Sequence[Item]], count: int
) -> list[list[Item]]:
    """Rows with `count` empty ones put between them, never first or last, never two together."""
    places = set(_sample(rng, range(1, len(rows)), count))
    noisy: list[list[Item]] = []
    for index, row in enumerate(rows):
        if index in places:
            noisy.append([])
        noisy.append(list(row))
    return noisy


def long_note(rng: random.Random, sentences: int = 2) -> str:
    """A text too long for its cell."""
    return " ".join(_shuffled_repeats(rng, names.NOTES, sentences))


def _sample(rng: random.Random, items: Sequence[Item], count: int) -> list[Item]:
    if not 0 <= count <= len(items):
        raise ValueError(f"count must be 0 to {len(items)}, got {count}")
    return rng.sample(items, count)


def _shuffled_repeats(rng: random.Random, items: Sequence[Item], count: int) -> list[Item]:
    """Items in random order; one comes again only when all have been used."""
    found: list[Item] = []
    while len(found) < count:
        found += rng.sample(items, min(len(items), count - len(found)))
    return found


def _ascii(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.lower()).translate(_PLAIN)
    return "".join(each for each in folded if each.isascii() and each.isalnum())
