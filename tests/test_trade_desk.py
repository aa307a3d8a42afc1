"""The web application that Chromium shows, without a browser."""

import http.client
import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from urllib.parse import quote, urlencode

import pytest

from gym_anything import content
from gym_anything.documents.trade import trade
from gym_anything.documents.writers import write

FOLDER = content.app_folder("chromium") / "files/home/.local/share/trade-desk"
COMPANY = trade(random.Random(11))
SERVE = (
    "import socket, sys; sys.path.insert(0, sys.argv[1]);"
    "from desk.server import serve;"
    "listener = socket.create_server(('127.0.0.1', 0));"
    "print(listener.getsockname()[1], flush=True);"
    "serve(listener, None)"
)


class Desk:
    def __init__(self, port, path):
        self.port, self.path = port, path

    def ask(self, verb, address, /, **form):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        with closing(connection):
            connection.request(verb, address, urlencode(form, doseq=True))
            answer = connection.getresponse()
            return answer.status, answer.read().decode(), dict(answer.getheaders())

    def rows(self, sql):
        with closing(sqlite3.connect(self.path)) as connection:
            return connection.execute(sql).fetchall()


@pytest.fixture(scope="module")
def server():
    command = [sys.executable, "-B", "-c", SERVE, str(FOLDER)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        yield int(process.stdout.readline())
        process.terminate()


@pytest.fixture
def desk(server, tmp_path):
    path = tmp_path / "company.desk"
    path.write_bytes(write("sqlite", COMPANY.content()))
    desk = Desk(server, path)
    assert desk.ask("POST", f"/open?file={quote(str(path))}")[0] == 204
    return desk


AREAS = (
    *("/", "/orders", "/customers", "/stock", "/plan", "/invoices", "/board", "/tickets"),
    *("/sales", "/users"),
)


@pytest.mark.parametrize("address", [*AREAS, "/orders/1", "/orders/1/edit", "/orders/new"])
def test_every_page_is_shown(desk, address):
    status, body, _ = desk.ask("GET", address)
    assert status == 200 and "· Trade Desk</title>" in body and "<nav" in body


@pytest.mark.parametrize("address", ["/nothing", "/orders/9999", "/plan?hall=Z", "/static/../a"])
def test_what_is_not_there_is_not_found(desk, address):
    assert desk.ask("GET", address)[0] == 404


def test_a_list_is_searched_filtered_sorted_and_paged(desk):
    order = COMPANY["orders"][5]
    body = desk.ask("GET", f"/orders?q={order['number']}")[1]
    assert f">{order['number']}</a>" in body and "1 records" in body
    held = sum(each["status"] == "On hold" for each in COMPANY["orders"])
    assert f"{held} records" in desk.ask("GET", "/orders?status=On+hold")[1]
    numbers = sorted(each["number"] for each in COMPANY["orders"])
    first, second = (desk.ask("GET", f"/orders?sort=number&page={at}")[1] for at in (1, 2))
    assert numbers[0] in first and numbers[0] not in second and numbers[12] in second


def test_text_is_escaped(desk):
    form = {"name": "<b>A & B</b>", "contact": "C", "email": "c@d.example"}
    status, _, headers = desk.ask("POST", "/customers/new", **form, city="E", country="F")
    assert status == 303
    body = desk.ask("GET", headers["Location"])[1]
    assert "&lt;b&gt;A &amp; B&lt;/b&gt;" in body and "<b>A" not in body


def test_a_form_says_what_is_wrong_and_saves_nothing(desk):
    form = {"delivery": "31.3.2025", "carrier": "Nobody", "status": "Open", "note": ""}
    status, body, _ = desk.ask("POST", "/orders/1/edit", **form)
    assert status == 200 and "must be a date" in body and "must be one of the list" in body
    assert desk.rows("SELECT count(*) FROM audit") == [(len(COMPANY["audit"]),)]


def test_a_change_is_noted_and_what_stays_is_not(desk):
    order = COMPANY["orders"][0]
    form = {key: order[key] for key in ("delivery", "status")}
    desk.ask("POST", "/orders/1/edit", **form, carrier=order["carrier"], note="By phone")
    assert desk.rows("SELECT note FROM orders WHERE id = 1") == [("By phone",)]
    trail = desk.rows("SELECT action, entity, entity_id, detail FROM audit ORDER BY id DESC")
    assert trail[0][:3] == ("changed", "orders", 1)
    assert trail[0][3].startswith("note:") and "carrier" not in trail[0][3]


def test_a_payment_settles_an_invoice_or_a_part_of_it(desk):
    invoice = next(each for each in COMPANY["invoices"] if each["status"] == "Unpaid")
    address, total = f"/invoices/{invoice['id']}/payment", invoice["total_cents"]
    form = {"paid": COMPANY["settings"][1]["value"], "method": "Card", "reference": ""}
    assert "at most" in desk.ask("POST", address, **form, amount=f"{(total + 1) / 100:.2f}")[1]
    desk.ask("POST", address, **form, amount="0.01")
    status = f"SELECT status FROM invoices WHERE id = {invoice['id']}"
    assert desk.rows(status) == [("Partly paid",)]
    desk.ask("POST", address, **form, amount=f"{(total - 1) / 100:.2f}")
    assert desk.rows(status) == [("Paid",)]


def test_an_order_gets_its_lines_at_the_present_price(desk):
    day = COMPANY["settings"][1]["value"]
    head = {"customer_id": "1", "delivery": day, "carrier": "Own van", "note": ""}
    assert "at least one line" in desk.ask("POST", "/orders/new", **head)[1]
    doubled = {"product1": "3", "pieces1": "2", "product2": "3", "pieces2": "1"}
    assert "two lines" in desk.ask("POST", "/orders/new", **head, **doubled)[1]
    status, _, headers = desk.ask("POST", "/orders/new", **head, product4="3", pieces4="2")
    assert status == 303 and headers["Location"].startswith("/orders/")
    price = COMPANY.by_id("products", 3)["price_cents"]
    lines = desk.rows("SELECT product_id, quantity, price_cents FROM order_lines ORDER BY id")
    assert lines[-1] == (3, 2, price)


def test_selected_orders_are_changed_together(desk):
    wanted = [each["id"] for each in COMPANY["orders"] if each["status"] == "Open"][:3]
    desk.ask("POST", "/orders", action="On hold", id=wanted)
    ids = ", ".join(map(str, wanted))
    assert desk.rows(f"SELECT DISTINCT status FROM orders WHERE id IN ({ids})") == [("On hold",)]
    desk.ask("POST", "/orders", action="Shredded", id=wanted)
    assert desk.rows("SELECT count(*) FROM orders WHERE status = 'Shredded'") == [(0,)]


def test_the_whole_list_is_exported(desk):
    status, body, headers = desk.ask("GET", "/invoices.csv?status=Unpaid&sort=total_cents")
    unpaid = [each for each in COMPANY["invoices"] if each["status"] == "Unpaid"]
    assert status == 200 and len(body.splitlines()) == len(unpaid) + 1
    assert 'filename="invoices-' in headers["Content-Disposition"]


def test_what_is_painted_stands_in_no_page(desk):
    figure = COMPANY["figures"][0]
    body = desk.ask("GET", f"/sales?region={figure['region']}")[1]
    assert str(figure["sales_cents"]) not in body
    assert (
        str(figure["sales_cents"]) in desk.ask("POST", "/sales/figures", region=figure["region"])[1]
    )
    assert desk.ask("GET", "/sales/figures")[0] == 404


def test_a_browser_that_waits_is_told_when_a_company_is_opened(desk):
    connection = http.client.HTTPConnection("127.0.0.1", desk.port, timeout=10)
    with closing(connection):
        connection.request("GET", "/opened")
        answer = connection.getresponse()
        deadline, line = time.monotonic() + 10, b""
        while not line and time.monotonic() < deadline:
            desk.ask("POST", f"/open?file={quote(str(desk.path))}")
            line = answer.readline()
        assert line == b"data: opened\n"


def test_what_is_no_company_is_not_opened(desk, tmp_path):
    other = tmp_path / "other.desk"
    other.write_bytes(b"no database")
    for path in (other, tmp_path / "missing.desk"):
        assert desk.ask("POST", f"/open?file={quote(str(path))}")[0] == 400
    assert not (tmp_path / "missing.desk").exists()
    assert desk.ask("GET", "/orders")[0] == 200
