"""Episodes on one page: a single HTML file without scripts, with every picture inside it.

After episode in the flow. Nothing on the page comes from elsewhere, and every text is escaped:
instructions, evidence and typed texts are written by models and by the programs they ran.
"""

from __future__ import annotations

import base64
import html
import io
import re
import statistics
from collections.abc import Iterable, Sequence
from pathlib import Path

from gym_anything.records import CheckResult, Step, Trajectory
from gym_anything.report.episode import is_recorded, poster, verdict, write_animation

PAGE = "index.html"
LOOK = Path(__file__).with_name("look.css")
_MARKS = {"passed": "✓", "failed": "✗", "broken": "!"}


def write_index(trajectories: Sequence[Trajectory], folder: Path, title: str) -> Path:
    """Write a page of episodes, with an animated WebP of each recorded one beside it.

    Args:
        trajectories: in the order of the page.
        folder: where `index.html` and the pictures go; made if it is not there.
        title: of the page.

    Returns:
        The path of the page.
    """
    folder.mkdir(parents=True, exist_ok=True)
    articles = []
    for number, trajectory in enumerate(trajectories, 1):
        picture = ""
        if is_recorded(trajectory):
            path = folder / f"{number:02d}-{_file_stem(trajectory)}.webp"
            write_animation(trajectory, path)
            picture = _picture(path.read_bytes(), trajectory)
        articles.append(_article(trajectory, picture))
    page = folder / PAGE
    whole = _page(title, _summary(trajectories), articles)
    page.write_text(whole, encoding="utf-8", errors="replace")  # names of files may hold surrogates
    return page


def look() -> str:
    """The style sheet that the pages of this package share."""
    return LOOK.read_text(encoding="utf-8")


def median_step_ms(trajectory: Trajectory) -> float | None:
    """Median time of the steps that acted on the desktop, in milliseconds; None if none did."""
    totals = [
        step.timing_ms["total"]
        for step in trajectory.steps
        if step.settle is not None and "total" in step.timing_ms
    ]
    return statistics.median(totals) if totals else None


# Parts -------------------------------------------------------------------------------------------


def _escaped(text: object) -> str:
    return html.escape(str(text), quote=True)


def _file_stem(trajectory: Trajectory) -> str:
    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", trajectory.task_id).strip("-.")
    return f"{safe[:80] or 'episode'}-{trajectory.seed}"


def _mark(ended: str) -> str:
    """A sign beside the word, for those who skim."""
    return f'<span aria-hidden="true">{_MARKS[ended]}</span>'


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _summary(trajectories: Sequence[Trajectory]) -> str:
    counts = {word: sum(verdict(found) == word for found in trajectories) for word in _MARKS}
    parts = [_count(len(trajectories), "episode")]
    parts += [f"{number} {word}" for word, number in counts.items() if number or word == "passed"]
    medians = [ms for ms in map(median_step_ms, trajectories) if ms is not None]
    if medians:
        parts.append(f"{statistics.median(medians):.0f} ms a step")
    return _facts(parts)


def _facts(parts: Iterable[str]) -> str:
    return "".join(f"<li>{_escaped(part)}</li>" for part in parts)


def _picture(animation: bytes, trajectory: Trajectory) -> str:
    """The animation; a still for those who asked their system for less motion."""
    still = io.BytesIO()
    last = poster(trajectory)
    last.save(still, format="WEBP", quality=70)
    description = _escaped(f"What was on screen in {trajectory.task_id}, action by action")
    return (
        '<picture><source media="(prefers-reduced-motion: reduce)" '
        f'srcset="{_data_url(still.getvalue())}">'
        f'<img src="{_data_url(animation)}" width="{last.width}" height="{last.height}" '
        f'alt="{description}"></picture>'
    )


def _data_url(webp: bytes) -> str:
    return f"data:image/webp;base64,{base64.b64encode(webp).decode('ascii')}"


def _article(trajectory: Trajectory, picture: str) -> str:
    ended = verdict(trajectory)
    value = "no score" if trajectory.score is None else f"score {trajectory.score.value:.2f}"
    step_ms = median_step_ms(trajectory)
    facts = [
        f"level {trajectory.level}",
        f"agent {trajectory.agent or 'none'}",
        _count(len(trajectory.steps), "step"),
        *([] if step_ms is None else [f"{step_ms:.0f} ms a step (median)"]),
        f"reset {trajectory.reset_ms:.0f} ms",
        f"seed {trajectory.seed}",
        f"ended by {trajectory.stop.value.replace('_', ' ')}",
    ]
    return f"""<article>
<header><h2>{_escaped(trajectory.task_id)}</h2>
<p class="badge {ended}">{_mark(ended)} {ended}, {value}</p></header>
<p class="instruction">{_escaped(trajectory.instruction)}</p>
<ul class="facts">{_facts(facts)}</ul>
<div class="columns">
<figure>{picture or '<p class="blank">not recorded</p>'}</figure>
<div>{_failure(trajectory)}{_checks(trajectory)}{_actions(trajectory.steps)}</div>
</div>
</article>"""


def _failure(trajectory: Trajectory) -> str:
    failure = trajectory.failure
    if failure is None:
        return ""
    log = f"<pre>{_escaped(failure.log)}</pre>" if failure.log else ""
    return (
        "<h3>Failure</h3><p>The infrastructure broke, which is no score. "
        f"<strong>{failure.kind.value}</strong>: {_escaped(failure.message)}</p>{log}"
    )


def _checks(trajectory: Trajectory) -> str:
    if trajectory.score is None or not trajectory.score.checks:
        return ""
    rows = "".join(_check(check) for check in trajectory.score.checks)
    return f'<h3>Checks</h3><ul class="checks">{rows}</ul>'


def _check(check: CheckResult) -> str:
    ended, word = ("passed", "holds") if check.passed else ("failed", "fails")
    kind = "guard" if check.guard else f"goal, weight {check.weight:g}"
    part = "" if check.value in (0.0, 1.0) else f", value {check.value:.2f}"
    return (
        f'<li><p><span class="word {ended}">{_mark(ended)} {word}</span> '
        f'<code>{_escaped(check.check)}</code> <span class="kind">{kind}{part}</span></p>'
        f'<p class="evidence">{_escaped(check.evidence)}</p></li>'
    )


def _actions(steps: Sequence[Step]) -> str:
    if not steps:
        return ""
    rows = "".join(_action(step) for step in steps)
    return (
        f"<details open><summary>{_count(len(steps), 'action')}</summary><ol>{rows}</ol></details>"
    )


def _action(step: Step) -> str:
    refused = f' <span class="failed">not executed: {_escaped(step.error)}</span>'
    total = step.timing_ms.get("total")
    took = "" if total is None else f' <span class="kind">{total:.0f} ms</span>'
    return f"<li><code>{_escaped(step.action)}</code>{took}{refused if step.error else ''}</li>"


def _page(title: str, summary: str, articles: Sequence[str]) -> str:
    body = "\n".join(articles) or '<p class="blank">no episodes</p>'
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>{_escaped(title)}</title>
<style>{look()}{_STYLE}</style>
</head>
<body>
<main>
<h1>{_escaped(title)}</h1>
<ul class="facts">{summary}</ul>
{body}
</main>
</body>
</html>
"""


_STYLE = """
main { max-width: 1180px; margin: 0 auto; padding: 32px 24px 64px; }
article {
  background: var(--sheet); border: 1px solid var(--line); border-radius: 10px;
  padding: 20px 24px 24px; margin-top: 24px;
}
article > header { display: flex; flex-wrap: wrap; gap: 8px 16px; align-items: center; }
article > header h2 { margin-right: auto; }
.columns {
  display: grid; grid-template-columns: minmax(0, 640px) minmax(0, 1fr);
  gap: 24px; margin-top: 16px;
}
figure { margin: 0; }
img {
  display: block; width: 100%; height: auto;
  border: 1px solid var(--line); border-radius: 6px;
}
details { font-size: 14px; }
summary { cursor: pointer; color: var(--quiet); font-weight: 600; }
ol { margin: 8px 0 0; padding-left: 2.4em; max-height: 230px; overflow: auto; }
@media (max-width: 860px) {
  main { padding: 20px 14px 48px; }
  article { padding: 16px 14px 18px; }
  .columns { grid-template-columns: minmax(0, 1fr); gap: 16px; }
}
"""
