"""Plausible source code and configuration for tasks of developers and administrators.

Like `business`: every function takes a `random.Random`; same seed, same text.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence

from pydantic import JsonValue

from gym_anything.documents.business import people

THINGS = (
    *("order", "invoice", "ticket", "parcel", "reading", "payment", "article", "member"),
    *("booking", "sensor", "delivery", "contract", "session", "mailing", "receipt", "claim"),
)
VERBS = ("load", "fetch", "read", "collect", "gather", "list", "pull", "query")
FIELDS = ("status", "amount", "weight", "region", "carrier", "owner", "priority", "channel")


def report_module(rng: random.Random, thing: str, verb: str) -> list[str]:
    """A module that loads things in one place and calls that from several."""
    name, field, second = f"{verb}_{thing}s", *rng.sample(FIELDS, 2)
    author = people(rng, 1)[0]
    return [
        f'"""Reports about each {thing}, kept by {author.name}."""',
        "",
        "import csv",
        "",
        f"LIMIT = {rng.randrange(50, 950, 10)}",
        "",
        "",
        f"def {name}(path):",
        f"    # {name} reads no more than LIMIT rows",
        '    with open(path, newline="", encoding="utf-8") as source:',
        "        return list(csv.DictReader(source))[:LIMIT]",
        "",
        "",
        f"def {name}_by_{field}(path, {field}):",
        f'    return [row for row in {name}(path) if row["{field}"] == {field}]',
        "",
        "",
        f"def count_{thing}s(path):",
        f"    rows = {name}(path)",
        f'    return len({{row["{second}"] for row in rows}})',
    ]


STAGES = ("development", "testing", "staging", "production")
SETTINGS: dict[str, Sequence[int]] = {
    "timeout": (15, 20, 30, 45, 60, 90, 120),
    "workers": (2, 3, 4, 6, 8, 12, 16),
    "retries": (1, 3, 5, 7, 9, 10),
    "port": (8080, 8081, 8443, 9000, 9090, 9443),
    "cache_mb": (64, 128, 256, 512, 1024),
}
SERVICES = (
    *("billing", "intranet", "shop", "portal", "helpdesk", "wiki", "gateway", "ledger"),
    *("archive", "search", "reports", "calendar", "timesheet", "inventory"),
)


def staged_settings(rng: random.Random, service: str) -> dict[str, dict[str, JsonValue]]:
    """Settings of a service for each stage, of the same keys."""
    keys = rng.sample(list(SETTINGS), 3)
    return {
        stage: {
            "host": f"{service}.{stage}.example.com",
            **{key: rng.choice(SETTINGS[key][:4]) for key in keys},
            "debug": stage in STAGES[:2],
        }
        for stage in rng.sample(STAGES, 4)
    }


def misplaced_loop(rng: random.Random, thing: str) -> tuple[list[str], int, int]:
    """A module with statements that stand behind a loop but belong into it: first and last line."""
    fields = rng.sample(FIELDS, 3)
    inner = [
        f'    {fields[0]} = {thing}["{fields[0]}"].strip()',
        f'    found.setdefault({fields[0]}, []).append({thing}["{fields[1]}"])',
        f'    log.debug("%s: %s", {fields[0]}, {thing}["{fields[1]}"])',
        "    seen += 1",
    ]
    chosen = [inner[0], *rng.sample(inner[1:3], rng.randint(1, 2)), inner[3]]
    before = [
        f'"""Sorts every {thing} by its {fields[0]}."""',
        "",
        "import logging",
        "",
        'log = logging.getLogger("reports")',
        "",
        "",
        f"def without_{fields[2]}({thing}s):",
        f'    return [{thing} for {thing} in {thing}s if not {thing}["{fields[2]}"]]',
        "",
        "",
        f"def {thing}s_by_{fields[0]}({thing}s):",
        "    found, seen = {}, 0",
        f"    for {thing} in {thing}s:",
        f'        {thing}["{fields[1]}"] = {thing}["{fields[1]}"].lower()',
    ]
    after = [
        f'    log.info("{rng.choice(["sorted", "read", "kept"])} %d", seen)',
        "    return found",
        "",
        "",
        f"def main({thing}s):",
        f"    for {fields[0]}, rows in {thing}s_by_{fields[0]}({thing}s).items():",
        f"        print({fields[0]}, len(rows) * {rng.randint(2, 99)})",
    ]
    return [*before, *chosen, *after], len(before) + 1, len(before) + len(chosen)


HOSTS = ("atlas", "berta", "corvo", "dalia", "edda", "fjord")
OPTIONS = {
    "compression": ("gzip", "none", "zstd"),
    "mail_to": ("root", "ops@example.com", "night@example.com"),
    "keep_days": ("7", "14", "30", "60", "90"),
    "verify": ("yes", "no", "weekly"),
    "bandwidth_kb": ("500", "1000", "2000", "4000"),
    "schedule": ("daily", "hourly", "weekly"),
}
JOBS = ("home", "mail", "database", "web", "photos", "ledger", "wiki", "projects", "scans")


def backup_jobs(
    rng: random.Random, host: str, jobs: Sequence[str], options: Sequence[str]
) -> list[str]:
    """Lines of a configuration with the same options in each section."""
    lines = [f"# backup of {host}, kept by {people(rng, 1)[0].name}"]
    for job in jobs:
        lines += ["", f"[{job}]", f"source = /srv/{job}"]
        lines += [f"{option} = {rng.choice(OPTIONS[option])}" for option in options]
    return lines


_PATTERNS = ("/", "/static", "/api", "/api/v2", "/admin", "/media", "/feeds", "/login", "/docs")
_RULES = ("assets", "accounts", "media", "feeds", "pages", "legacy", "beta")


def route_rules(rng: random.Random, site: str) -> tuple[list[str], list[str]]:
    """Rules of a web server in TOML, of four lines each but the last: names and lines."""
    names = rng.sample(_RULES, 5)
    lines = [f"# routes of {site}: the first that fits is taken", ""]
    for name, prefix in zip(names, rng.sample(_PATTERNS, 5), strict=True):
        host = f"10.0.{rng.randint(0, 40)}.{rng.randint(2, 250)}"
        target = f"http://{host}:{rng.randrange(8000, 8100)}"
        lines += [f"[{name}]", f'prefix = "{prefix}"', f'target = "{target}"', ""]
    return names, lines[:-1]


_CLASSES = ("Archive", "Mailbox", "Shop", "Ledger", "Depot", "Office", "Cache")


def source_classes(
    rng: random.Random, thing: str, verb: str, limit: int
) -> tuple[list[str], list[str]]:
    """A module of four classes with methods of the same names: class names and lines."""
    names = rng.sample(_CLASSES, 4)
    lines = [f'"""Where each {thing} comes from."""', ""]
    for name in names:
        field = rng.choice(FIELDS)
        lines += [
            *(
                "",
                f"class {name}:",
                "    def __init__(self, rows):",
                "        self.rows = rows",
                "",
            ),
            f"    def {verb}_{thing}s(self, limit={limit}):",
            f'        return [row for row in self.rows if row["{field}"]][:limit]',
            *("", f"    def count_{thing}s(self):", "        return len(self.rows)", ""),
        ]
    return names, lines[:-1]


def host_files(
    rng: random.Random, service: str, host: str, other: str, third: str
) -> dict[str, str]:
    """Three files that name a host, and another one, by file name."""
    port, days = rng.randrange(8000, 9000), rng.randint(3, 60)
    sections = (
        f"[{service}]\nhost = {host}\nport = {port}\n",
        f"[mirror]\nhost = {other}\nport = {port + 1}\n",
        f"[watch]\nurl = https://{host}:{port}/health\nevery = {days}\n",
    )
    listed = {"service": service, "backends": [host, other, third], "days": days}
    code = f'"""Checks {service}."""\n\nHOSTS = ("{host}", "{other}")\nPORT = {port}\n'
    return {
        f"{service}.ini": "\n".join(sections),
        "backends.json": json.dumps(listed, indent=2) + "\n",
        f"check_{service}.py": code,
    }


def line_number(lines: Sequence[str], start: str, after: int = 0) -> int:
    """Number of the first line below line `after`, from 1, that begins so."""
    return next(at for at, line in enumerate(lines, 1) if at > after and line.startswith(start))


def indented(lines: Sequence[str], first: int, last: int) -> str:
    """The text with the lines from `first` to `last` one level further in."""
    shifted = [
        f"    {line}" if first <= number <= last else line
        for number, line in enumerate(lines, start=1)
    ]
    return "\n".join(shifted) + "\n"


def broken_settings(rng: random.Random, service: str) -> tuple[str, list[str], str, int, str]:
    """Settings in JSON of which one line with a closing bracket is missing.

    Returns:
        The whole text, the lines that are left, the name of what is not closed, the number of the
        missing line, and what stood there.
    """
    staff = people(rng, 5)
    settings = staged_settings(rng, service)
    whole = {"service": service, "contacts": [each.email for each in staff[:3]], **settings}
    lines = json.dumps(whole, indent=4).split("\n")
    broken = rng.choice(list(settings)[:3])
    gone = line_number(lines, "    }", line_number(lines, f'    "{broken}"'))
    sign = lines.pop(gone - 1).strip()
    return json.dumps(whole), lines, broken, gone, sign


def option_twice(rng: random.Random, host: str) -> tuple[list[str], tuple[str, str], str, str]:
    """A configuration in which two sections have the same line.

    Returns:
        Its lines, both sections, the option, and the line.
    """
    jobs, options = rng.sample(JOBS, 4), rng.sample(list(OPTIONS), 3)
    lines = backup_jobs(rng, host, jobs, options)
    first, second = rng.sample(jobs, 2)
    option = rng.choice(options)
    places = [line_number(lines, option, line_number(lines, f"[{job}]")) for job in (first, second)]
    value = rng.choice(OPTIONS[option])
    text = f"{option} = {value}"
    for at, line in enumerate(lines, start=1):
        if at in places:
            lines[at - 1] = text
        elif line == text:
            others = [each for each in OPTIONS[option] if each != value]
            lines[at - 1] = f"{option} = {rng.choice(others)}"
    return lines, (first, second), option, text
