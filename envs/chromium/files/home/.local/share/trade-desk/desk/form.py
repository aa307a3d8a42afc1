"""Forms: fields that say what they take, and what is wrong with what they were given."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from desk.markup import Html, join, options, tag
from desk.web import Request


@dataclass(frozen=True)
class Field:
    """A field.

    Attributes:
        name: in the form.
        label: what is read.
        kind: "text", "area", "email", "number", "money", "date" or "select".
        required: whether it may not stay empty.
        choices: (value, label) of a select.
        most: largest number, or longest text.
    """

    name: str
    label: str
    kind: str = "text"
    required: bool = False
    choices: Sequence[tuple[str, str]] = ()
    most: int = 200

    def parse(self, text: str) -> object:
        """The value of what was typed.

        Raises:
            ValueError: it is none; says what is expected.
        """
        if not text:
            if self.required:
                raise ValueError("must not be empty")
            return None if self.kind in ("number", "money", "date") else ""
        if self.kind == "number":
            if not text.isdecimal() or int(text) > self.most:
                raise ValueError(f"must be a whole number from 0 to {self.most}")
            return int(text)
        if self.kind == "money":
            return _cents(text)
        if self.kind == "date":
            return _iso_day(text)
        if self.kind == "email" and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text):
            raise ValueError("must be an address such as name@example.com")
        if self.kind == "select" and text not in {value for value, _ in self.choices}:
            raise ValueError("must be one of the list")
        if len(text) > self.most:
            raise ValueError(f"must have at most {self.most} characters")
        return text.replace("\r\n", "\n")

    def html(self, value: str, error: str) -> Html:
        """The field with its label, and what is wrong with it."""
        invalid = "true" if error else None
        known = {"name": self.name, "id": f"field-{self.name}", "aria_invalid": invalid}
        if self.kind == "area":
            field = tag("textarea", value, rows=3, **known)
        elif self.kind == "select":
            empty = () if self.required and value else (("", ""),)
            field = tag("select", options((*empty, *self.choices), value), **known)
        elif self.kind == "date":
            field = tag("input", value=value, data_date=True, placeholder="YYYY-MM-DD", **known)
        else:
            field = tag("input", value=value, autocomplete="off", **known)
        star = tag("span", " *", aria_hidden="true") if self.required else None
        fault = tag("span", f"{self.label} {error}", class_="error") if error else None
        label = tag("label", self.label, star, for_=f"field-{self.name}")
        return tag("div", label, field, fault, class_="field")


def _cents(text: str) -> int:
    match = re.fullmatch(r"(\d{1,7})(?:\.(\d{1,2}))?", text.replace(",", ""))
    if match is None:
        raise ValueError("must be an amount such as 1234.50")
    return int(match[1]) * 100 + int((match[2] or "0").ljust(2, "0"))


def _iso_day(text: str) -> str:
    try:
        return dt.datetime.strptime(text, "%Y-%m-%d").date().isoformat()
    except ValueError:
        raise ValueError("must be a date such as 2025-03-31") from None


def parse(fields: Sequence[Field], request: Request) -> tuple[dict[str, object], dict[str, str]]:
    """Values by name, and what is wrong by name."""
    values: dict[str, object] = {}
    errors: dict[str, str] = {}
    for field in fields:
        try:
            values[field.name] = field.parse(request.value(field.name))
        except ValueError as error:
            errors[field.name] = str(error)
    return values, errors


def typed(fields: Sequence[Field], request: Request) -> dict[str, str]:
    """What was typed, to show it again."""
    return {field.name: request.value(field.name) for field in fields}


def stored(fields: Sequence[Field], row: Mapping[str, object]) -> dict[str, str]:
    """What a record has, as it would be typed."""
    shown = {}
    for field in fields:
        value = row[field.name]
        if field.kind == "money" and isinstance(value, int):
            shown[field.name] = f"{value / 100:.2f}"
        else:
            shown[field.name] = "" if value is None else str(value)
    return shown


def html(
    fields: Sequence[Field],
    shown: Mapping[str, str],
    errors: Mapping[str, str],
    submit: str,
    back: str,
    extra: object = None,
) -> Html:
    """A form.

    Args:
        fields: in order.
        shown: what stands in them.
        errors: what is wrong with them.
        submit: label of the button.
        back: address that Cancel leads to.
        extra: between the fields and the button.
    """
    alert = tag("p", "Please correct the marked fields.", role="alert") if errors else None
    inputs = join(each.html(shown.get(each.name, ""), errors.get(each.name, "")) for each in fields)
    buttons = (tag("button", submit, type="submit", class_="main"), tag("a", "Cancel", href=back))
    rest = (extra, tag("div", buttons, class_="buttons"))
    return tag("form", alert, tag("div", inputs, class_="fields"), rest, method="post")


def facts(pairs: Sequence[tuple[str, object]]) -> Html:
    """A record's values, to read."""
    parts = [(tag("dt", label), tag("dd", value)) for label, value in pairs]
    return tag("dl", parts)


def table(head: Sequence[str], rows: Sequence[Sequence[object]], numbers: int = 0) -> Html:
    """A small table; the last `numbers` columns hold numbers."""
    first = len(head) - numbers

    def cells(name: str, row: Sequence[object]) -> list[Html]:
        kinds = ["number" if at >= first else None for at in range(len(row))]
        return [tag(name, each, class_=kind) for each, kind in zip(row, kinds, strict=True)]

    top = tag("thead", tag("tr", cells("th", head)))
    return tag("table", top, tag("tbody", [tag("tr", cells("td", row)) for row in rows]))
