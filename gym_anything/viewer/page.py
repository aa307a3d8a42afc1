"""The page's own files: index.html, style sheets and scripts."""

from __future__ import annotations

from pathlib import Path

from gym_anything.report.page import look

PAGE = "index.html"
POLICY = (
    "default-src 'none'; img-src 'self' data:; script-src 'self'; style-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'"
)
_HTML, _CSS, _SCRIPT = (f"text/{kind}; charset=utf-8" for kind in ("html", "css", "javascript"))
SCRIPTS = ("dom.js", "data.js", "stage.js", "panel.js", "list.js", "episode.js", "main.js")
PARTS = {PAGE: _HTML, "look.css": _CSS, "view.css": _CSS} | dict.fromkeys(SCRIPTS, _SCRIPT)
"""Type of each file, by its name."""

_FOLDER = Path(__file__).with_name("static")


def part(name: str, source: str = "server") -> str:
    """A file of the page.

    Args:
        name: one of `PARTS`.
        source: where the page finds its data: "server" or "files" (beside it).
    """
    if name == "look.css":
        return look()
    text = (_FOLDER / name).read_text(encoding="utf-8")
    if name != PAGE:
        return text
    scripts = "\n".join(f'<script src="static/{script}"></script>' for script in SCRIPTS)
    return text.format(policy=POLICY, source=source, scripts=scripts)
