"""The command `gym-anything view`. Before cli in the flow."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gym_anything.console import out, plain, progress_bar, status
from gym_anything.errors import ConfigError

if TYPE_CHECKING:
    from gym_anything.viewer.shelf import Shelf


def view(
    folders: Annotated[list[Path], typer.Argument(metavar="DIR...", help="Stores.")],
    export: Annotated[
        Path | None, typer.Option(help="Instead: write the page as files to this new folder.")
    ] = None,
    port: Annotated[int, typer.Option(help="To listen on, on 127.0.0.1; 0 for any.")] = 8790,
) -> None:
    """Look at episodes in a browser: find, play step by step, compare."""
    from gym_anything.viewer.shelf import Shelf

    shelf = Shelf(folders)
    title = ", ".join(folder.resolve().name for folder in folders)
    if export is not None:
        _export(shelf, export, title)
        return
    try:
        from gym_anything.viewer.server import make_app, serve
    except ImportError as error:
        raise ConfigError(
            "needs fastapi and uvicorn: pip install 'gym-anything[view]' (--export needs neither)"
        ) from error
    with status(f"reading {title}"):
        shelf.entries()  # what takes a moment the first time
    serve(make_app(shelf, title), port, lambda url: out.print(f"{url}  (Ctrl+C ends it)"))


def _export(shelf: Shelf, to: Path, title: str) -> None:
    from gym_anything.viewer.export import export

    with progress_bar() as progress:
        bar = progress.add_task("episodes", total=None)
        count = export(
            shelf, to, title, lambda done, total: progress.update(bar, completed=done, total=total)
        )
    out.print(f"{count} episodes: {plain(str(to / 'index.html'))}")
