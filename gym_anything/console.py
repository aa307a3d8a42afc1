"""Console: how the command line prints. Before cli in the flow.

With --json, standard output holds exactly one JSON object; everything else goes to standard error.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

out = Console()
err = Console(stderr=True)
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def new_table(*columns: str) -> Table:
    """A table that keeps its first column whole and folds the others instead of cutting them."""
    table = Table(box=None)
    for number, column in enumerate(columns):
        table.add_column(column, overflow="fold", no_wrap=number == 0)
    return table


def print_json(data: dict[str, Any]) -> None:
    """Print an object on standard output."""
    typer.echo(json.dumps(data, ensure_ascii=False, indent=2))


def plain(text: str) -> str:
    """Text for rich's markup, with its brackets escaped."""
    return text.replace("[", "\\[")


def progress_bar() -> Progress:
    """A bar on standard error that goes when it is done."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, TimeElapsedColumn(), console=err, transient=True)


@contextmanager
def status(what: str) -> Iterator[None]:
    """Say on standard error what is going on."""
    with err.status(what):
        yield


@contextmanager
def measuring() -> Iterator[Callable[[int, int, str], None]]:
    """A progress bar, as the function that moves it."""
    with progress_bar() as progress:
        bar = progress.add_task("measuring", total=None)

        def report(done: int, total: int, what: str) -> None:
            progress.update(bar, completed=done, total=total, description=what)

        yield report
