"""The commands `gym-anything grade`, `curate`, `contamination` and `reason`. Before cli."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gym_anything.console import Json, new_table, out, plain, print_json, progress_bar
from gym_anything.errors import ConfigError, did_you_mean
from gym_anything.records import GradeSource

if TYPE_CHECKING:
    from gym_anything.curation.agreement import Agreement
    from gym_anything.curation.grade import Grader
    from gym_anything.store import Store

Folder = Annotated[Path, typer.Argument(help="A store.")]


def grade(
    folder: Folder,
    source: Annotated[str, typer.Option(help="privileged, judge or model.")] = "privileged",
    judge: Annotated[Path | None, typer.Option(help="TOML of the judge; see configs/.")] = None,
    model: Annotated[str | None, typer.Option(help="KIND=FOLDER of a reward model.")] = None,
    name: Annotated[str, typer.Option(help="Of the grades; that of the source if empty.")] = "",
    against: Annotated[
        str, typer.Option(help="Compare with these: privileged (the truth), or a name.")
    ] = "",
    again: Annotated[bool, typer.Option(help="Grade also what has a grade.")] = False,
    as_json: Json = False,
) -> None:
    """Grade every step of a store 0 to 10; run it again to go on."""
    from gym_anything.curation.agreement import agreement
    from gym_anything.curation.beside import read_grades
    from gym_anything.curation.grade import grade_store, labels_of, privileged_grades
    from gym_anything.store import Store

    store = Store(folder)
    with ExitStack() as stack, progress_bar() as progress:
        grader = _grader(store, source, judge, model, stack)
        bar = progress.add_task("grading", total=None)

        def report(done: int, total: int) -> None:
            progress.update(bar, completed=done, total=total)

        found = grade_store(store, grader, name=name, again=again, report=report)
    said = {
        "graded": len(found.grades),
        "good": sum(given.good for given in found.grades.values()),
        "kept": found.kept,
        "missing": dict(found.missing),
    }
    compared = None
    if against:
        known = against != GradeSource.PRIVILEGED
        truth = read_grades(folder, against) if known else privileged_grades(store)
        compared = agreement(truth, found.grades, labels_of(store))
    if as_json:
        print_json(said | {"agreement": None if compared is None else asdict(compared)})
        return
    out.print(f"{said['graded']} steps graded, {said['good']} good, {said['kept']} were there")
    _print_counts("without a grade", found.missing)
    if compared is not None:
        _print_agreement(compared, against)


def _grader(
    store: Store, source: str, judge: Path | None, model: str | None, stack: ExitStack
) -> Grader:
    """The grader of a source; what has to be closed goes on the stack."""
    match source:
        case GradeSource.PRIVILEGED:
            from gym_anything.curation.privileged import PrivilegedGrader

            return PrivilegedGrader(store, store.episodes())
        case GradeSource.JUDGE:
            from gym_anything.curation.step_judge import JudgeConfig, JudgeGrader

            if judge is None:
                raise ConfigError("--source judge needs --judge CONFIG, such as configs/judge.toml")
            grader = JudgeGrader(JudgeConfig.load(judge))
            stack.callback(grader.close)
            return grader
        case GradeSource.MODEL:
            from gym_anything.curation.step_model import ModelGrader, load_scorer

            if model is None:
                raise ConfigError("--source model needs --model KIND=FOLDER")
            return ModelGrader(load_scorer(model))
        case _:
            raise ConfigError(did_you_mean("source", source, [kind.value for kind in GradeSource]))


def _print_counts(what: str, counts: Mapping[str, int]) -> None:
    for reason, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
        out.print(f"  {count} {what}: {plain(reason)}", highlight=False)


def _print_agreement(found: Agreement, against: str) -> None:
    out.print(
        f"against {against}: {found.steps} steps, {found.good} good, {found.missing} without a "
        f"grade; precision {_figure(found.precision)}, recall {_figure(found.recall)}, "
        f"AUC {_figure(found.auc)}, Spearman {_figure(found.spearman)}",
        highlight=False,
    )
    table = new_table("kind", "steps", "good", "kept", "dropped", "no grade", "mean grade")
    for row in found.kinds:
        counts = (row.steps, row.good, row.kept, row.dropped, row.missing)
        table.add_row(row.kind, *map(str, counts), _figure(row.mean))
    out.print(table)


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
