"""Export: the page as static files, which a browser opens from a folder or any web server sends.

index.html  static/   the page
data/                 what it is told: scripts, since a page from a folder may read nothing else
frames/<key>/         screens as PNG
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from gym_anything.errors import ConfigError
from gym_anything.viewer import payload
from gym_anything.viewer.page import PAGE, PARTS, part
from gym_anything.viewer.shelf import Shelf


def export(
    shelf: Shelf,
    folder: Path,
    title: str,
    report: Callable[[int, int], None] = lambda done, total: None,
) -> int:
    """Write the page with all its episodes.

    Args:
        shelf: the episodes.
        folder: new, or empty.
        title: of the page.
        report: is told how many episodes of how many are written.

    Returns:
        How many episodes there are.

    Raises:
        ConfigError: there is something in the folder.
        ValueError: an episode is damaged.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ConfigError(f"{folder} is not empty; name a new folder")
    for inside in ("static", "data"):
        (folder / inside).mkdir(parents=True, exist_ok=True)
    entries = shelf.entries()
    for number, entry in enumerate(entries):
        report(number, len(entries))
        opened = shelf.open(entry.key)
        _write_data(folder, entry.key, payload.details(entry, opened))
        frames = folder / "frames" / entry.key
        frames.mkdir(parents=True)
        for shown in {number for number in opened.shown if number is not None}:
            (frames / f"{shown}.png").write_bytes(shelf.frame(entry.key, shown))
    _write_data(folder, "episodes", payload.listing(entries, title))
    for name in PARTS:
        beside = folder if name == PAGE else folder / "static"
        (beside / name).write_text(part(name, source="files"), encoding="utf-8")
    return len(entries)


def _write_data(folder: Path, name: str, content: payload.Json) -> None:
    text = f'receive("{name}", {payload.to_json(content)});\n'
    (folder / "data" / f"{name}.js").write_text(text, encoding="ascii")
