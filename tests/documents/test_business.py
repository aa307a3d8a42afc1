import datetime as dt
import json
import random
import subprocess
import sys

import pytest

from gym_anything.documents import business, names
from gym_anything.documents.business import (
    companies,
    employees,
    euros,
    expenses,
    inventory,
    invoice_lines,
    invoices,
    long_note,
    people,
    products,
    sales_by_region,
    with_blank_rows,
    working_days,
)

JANUARY, JUNE = dt.date(2026, 1, 1), dt.date(2026, 6, 30)


def everything(seed):
    rng = random.Random(seed)
    catalogue, customers = products(rng, 30), companies(rng, 8)
    staff = employees(rng, 20, JUNE)
    return (
        people(rng, 100),
        catalogue,
        customers,
        staff,
        invoices(rng, 25, customers, catalogue, JANUARY, JUNE),
        inventory(rng, catalogue),
        sales_by_region(rng),
        expenses(rng, 15, staff, JANUARY, JUNE),
        long_note(rng),
    )


def test_the_same_seed_gives_the_same_content():
    assert everything(3) == everything(3)
    assert everything(3) != everything(4)


def test_the_same_seed_gives_the_same_content_in_another_process():
    program = (
        "import random; from gym_anything.documents.business import people;"
        "import json; print(json.dumps([p.name for p in people(random.Random(7), 30)]))"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert json.loads(result.stdout) == [person.name for person in people(random.Random(7), 30)]


@pytest.mark.parametrize("seed", range(20))
def test_content_is_consistent(seed):
    folk, catalogue, customers, staff, bills, stock, sales, costs, note = everything(seed)
    assert len({person.name for person in folk}) == len(folk)
    assert all(person.email.isascii() and person.email.count("@") == 1 for person in folk)
    assert len({each.sku for each in catalogue}) == len({each.name for each in catalogue}) == 30
    assert len({each.name for each in customers}) == 8
    assert [each.number for each in staff] == sorted({each.number for each in staff})
    assert [each.hired for each in staff] == sorted(each.hired for each in staff)
    assert all(each.hired <= JUNE for each in staff)
    assert [bill.number for bill in bills] == sorted({bill.number for bill in bills})
    for bill in bills:
        assert bill.customer in customers and JANUARY <= bill.issued <= JUNE
        assert bill.issued.weekday() < 5 and (bill.paid is None or bill.paid > bill.issued)
        assert {line.product for line in bill.lines} <= set(catalogue)
        assert bill.total_cents == sum(x.quantity * x.product.price_cents for x in bill.lines) > 0
    assert [item.product for item in stock] == sorted(catalogue, key=lambda each: each.sku)
    assert all(len(row.cents) == 12 and row.total_cents == sum(row.cents) for row in sales)
    assert all(cost.employee in staff and cost.amount_cents > 0 for cost in costs)
    assert len(note) > 100


def test_money_is_whole_cents():
    _, catalogue, _, staff, bills, stock, sales, costs, _ = everything(0)
    amounts = [each.price_cents for each in catalogue] + [each.salary_cents for each in staff]
    amounts += [each.total_cents for each in bills] + [each.value_cents for each in stock]
    amounts += [each.total_cents for each in sales] + [each.amount_cents for each in costs]
    assert all(type(amount) is int and amount >= 0 for amount in amounts)
    assert [euros(1250), euros(1200), euros(1999)] == [12.5, 12, 19.99]


def test_names_come_from_many_languages():
    assert len(names.GIVEN_NAMES) == len(set(names.GIVEN_NAMES)) >= 60
    assert len(names.FAMILY_NAMES) == len(set(names.FAMILY_NAMES)) >= 80
    assert sum(not name.isascii() for name in names.GIVEN_NAMES + names.FAMILY_NAMES) > 50
    assert names.GIVEN_NAMES.count("İsmail") == 1


def test_days_are_working_days_in_order():
    days = working_days(random.Random(0), 300, dt.date(2026, 3, 2), dt.date(2026, 3, 8))
    assert set(days) == {dt.date(2026, 3, day) for day in range(2, 7)}
    assert list(days) == sorted(days) and len(days) == 300
    with pytest.raises(ValueError, match="no working day"):
        working_days(random.Random(0), 1, dt.date(2026, 3, 7), dt.date(2026, 3, 8))


def test_more_than_there_is_is_refused():
    rng = random.Random(0)
    for call in (
        lambda: people(rng, 1001),
        lambda: products(rng, 1000),
        lambda: companies(rng, 1000),
        lambda: sales_by_region(rng, regions=7),
        lambda: invoice_lines(rng, products(rng, 2), 3),
    ):
        with pytest.raises(ValueError, match="count must be"):
            call()


def test_blank_rows_stand_between_others():
    rows = [[number] for number in range(6)]
    for seed in range(20):
        noisy = with_blank_rows(random.Random(seed), rows, 3)
        assert [row for row in noisy if row] == rows
        assert len(noisy) == 9 and noisy[0] and noisy[-1]
        assert all(a or b for a, b in zip(noisy, noisy[1:], strict=False))


def test_months_are_english():
    assert len(business.MONTHS) == 12 and business.MONTHS[2] == "Mar"
