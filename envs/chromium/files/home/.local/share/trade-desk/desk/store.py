"""The database: one SQLite file a company. Money is in whole cents, days are ISO dates."""

from __future__ import annotations

import datetime as dt
import sqlite3
from pathlib import Path

TABLES = frozenset({"settings", "users", "customers", "products", "orders", "invoices", "audit"})


class StoreError(Exception):
    """The file is no database of Trade Desk."""


def connect(path: str) -> sqlite3.Connection:
    """Open a database; whoever changes it commits."""
    connection = sqlite3.connect(f"{Path(path).absolute().as_uri()}?mode=rw", uri=True, timeout=5)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = OFF")
    return connection


def require_company(path: str) -> None:
    """Raise StoreError unless the file holds the tables of a company."""
    try:
        connection = connect(path)
        found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        connection.close()
    except sqlite3.Error as error:
        raise StoreError(f"{path}: {error}") from error
    if not {row["name"] for row in found} >= TABLES:
        raise StoreError(f"{path}: no company of Trade Desk")


def setting(connection: sqlite3.Connection, key: str) -> str:
    """A setting, such as "company", "today" or "user_id"."""
    row = connection.execute("SELECT value FROM settings WHERE key = ?", (key,)).fetchone()
    return "" if row is None else str(row["value"])


def today(connection: sqlite3.Connection) -> dt.date:
    """The day that the company's books are at."""
    return dt.date.fromisoformat(setting(connection, "today"))


def log(
    connection: sqlite3.Connection, action: str, entity: str, entity_id: int, detail: str = ""
) -> None:
    """Note in the audit trail who did what."""
    connection.execute(
        "INSERT INTO audit (at, user_id, action, entity, entity_id, detail)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (
            setting(connection, "today"),
            int(setting(connection, "user_id")),
            *(action, entity, entity_id, detail),
        ),
    )


def update(
    connection: sqlite3.Connection, table: str, row: sqlite3.Row, values: dict[str, object]
) -> bool:
    """Write the values that differ from a row, note them, and say whether there were any."""
    changed = {key: value for key, value in values.items() if row[key] != value}
    if not changed:
        return False
    sets = ", ".join(f"{key} = ?" for key in changed)
    connection.execute(
        f"UPDATE {table} SET {sets} WHERE id = ?",
        (*changed.values(), row["id"]),
    )
    detail = "; ".join(f"{key}: {row[key]} -> {value}" for key, value in changed.items())
    log(connection, "changed", table, row["id"], detail)
    return True


def money(cents: int | None) -> str:
    """Cents as "1,234.50"."""
    return "" if cents is None else f"{cents / 100:,.2f}"


def day(value: str | None) -> str:
    """An ISO date as "5 Mar 2025"."""
    return f"{dt.date.fromisoformat(value):%-d %b %Y}" if value else ""
