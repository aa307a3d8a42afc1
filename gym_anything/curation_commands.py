"""The commands `gym-anything grade`, `curate`, `contamination` and `reason`. Before cli."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gym_anything.console import Json, new_table, out, plain, print_json, progress_bar, status
from gym_anything.errors import ConfigError, did_you_mean

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
    from gym_anything.curation.grade import grade_store, labels_of, privileged_grades
    from gym_anything.curation.grades import PRIVILEGED, is_good, require_grades
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
        "good": sum(map(is_good, found.grades.values())),
        "kept": found.kept,
        "missing": dict(found.missing),
    }
    compared = None
    if against:
        if against == PRIVILEGED:
            truth = privileged_grades(store)
        else:
            truth = require_grades(store, store.episodes(), against)
        compared = agreement(truth, found.grades, labels_of(store))
    if as_json:
        print_json(said | {"agreement": None if compared is None else asdict(compared)})
        return
    out.print(f"{said['graded']} steps graded, {said['good']} good, {said['kept']} were there")
    _print_counts("without a grade", found.missing)
    if compared is not None:
        _print_agreement(compared, against)


def curate(
    config: Annotated[Path, typer.Argument(help="TOML; see configs/.")], as_json: Json = False
) -> None:
    """Decide which steps of stores are learned from; write the verdicts with their reasons."""
    from gym_anything.config import load_toml
    from gym_anything.curation.curate import VERDICTS, CurateConfig
    from gym_anything.curation.curate import curate as run

    wanted = load_toml(config, CurateConfig)
    with progress_bar() as progress:
        bar = progress.add_task("curating", total=None)

        def report(done: int, total: int) -> None:
            progress.update(bar, completed=done, total=total)

        found = run(wanted, report=report)
    found.write(wanted)
    kept, steps = len(found.kept), len(found.verdicts)
    if as_json:
        counts = {"steps": steps, "kept": kept, "reasons": found.reasons()}
        print_json({"out": wanted.out, **counts, "kept_by": found.shares()})
        return
    out.print(f"{kept} of {steps} steps kept: {plain(str(Path(wanted.out) / VERDICTS))}")
    _print_counts("not learned from", found.reasons())


def contamination(
    config: Annotated[Path, typer.Argument(help="TOML; see configs/.")], as_json: Json = False
) -> None:
    """Find tasks that are in substance in another split, too; write a report with examples."""
    from gym_anything.config import load_toml
    from gym_anything.curation.contamination import ContaminationConfig, find_contaminated
    from gym_anything.curation.task_source import load_tasks

    wanted = load_toml(config, ContaminationConfig)
    with status("comparing tasks"):
        tasks, held_out = load_tasks(wanted.tasks), load_tasks(wanted.held_out)
        found = find_contaminated(tasks, held_out, wanted.rules)
    path = Path(wanted.out)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(found.to_json(wanted.rules, wanted.examples), encoding="utf-8")
    removed = len(found.removed)
    if as_json:
        counts = {"tasks": found.tasks, "held_out": found.held_out, "removed": removed}
        print_json({"out": wanted.out, **counts, "removed_by": found.by_rule()})
        return
    out.print(
        f"{removed} of {found.tasks} tasks are in substance among {found.held_out} held-out ones: "
        f"{plain(wanted.out)}"
    )
    _print_counts("by rule", found.by_rule())
    table = new_table("rule", "value", "task", "held out")
    for rule, examples in found.examples(2).items():
        for task, match in examples:
            here, there = f"{task.id} {task.seed}", f"{match.held_out.id} {match.held_out.seed}"
            table.add_row(rule, f"{match.value:.2f}", here, there)
    out.print(table)


def reason(
    folder: Folder,
    config: Annotated[
        Path | None, typer.Option(help="TOML of a model that writes; the task's intents if none.")
    ] = None,
    verdicts: Annotated[
        Path | None, typer.Option(help="Of curate: only the steps that it keeps.")
    ] = None,
    name: Annotated[str, typer.Option(help="Of the paragraphs; the writer's if empty.")] = "",
    as_json: Json = False,
) -> None:
    """Write a paragraph for every step: situation, reason, next action; run it again to go on."""
    from gym_anything.curation.curate import read_kept
    from gym_anything.curation.reasoning import (
        EndpointReasoner,
        PrivilegedReasoner,
        ReasonConfig,
        Reasoner,
        reason_store,
    )
    from gym_anything.store import Store

    steps = None if verdicts is None else read_kept(verdicts)
    with ExitStack() as stack, progress_bar() as progress:
        reasoner: Reasoner = PrivilegedReasoner()
        if config is not None:
            writer = EndpointReasoner(ReasonConfig.load(config))
            stack.callback(writer.close)
            reasoner = writer
        bar = progress.add_task("writing", total=None)

        def report(done: int, total: int) -> None:
            progress.update(bar, completed=done, total=total)

        found = reason_store(Store(folder), reasoner, steps, name=name, report=report)
    if as_json:
        counts = {"paragraphs": len(found.texts), "kept": found.kept}
        print_json(counts | {"missing": dict(found.missing)})
        return
    out.print(f"{len(found.texts)} paragraphs, {found.kept} were there")
    _print_counts("without one", found.missing)


def _grader(
    store: Store, source: str, judge: Path | None, model: str | None, stack: ExitStack
) -> Grader:
    """The grader of a source; what has to be closed goes on the stack."""
    from gym_anything.curation import grades

    match source:
        case grades.PRIVILEGED:
            from gym_anything.curation.privileged import PrivilegedGrader

            return PrivilegedGrader(store, store.episodes())
        case grades.JUDGE:
            from gym_anything.curation.step_judge import JudgeConfig, JudgeGrader

            if judge is None:
                raise ConfigError("--source judge needs --judge CONFIG, such as configs/judge.toml")
            grader = JudgeGrader(JudgeConfig.load(judge))
            stack.callback(grader.close)
            return grader
        case grades.MODEL:
            from gym_anything.curation.step_model import ModelGrader, load_scorer

            if model is None:
                raise ConfigError("--source model needs --model KIND=FOLDER")
            return ModelGrader(load_scorer(model))
        case _:
            raise ConfigError(did_you_mean("source", source, grades.SOURCES))


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
