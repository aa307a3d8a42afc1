"""The commands `gym-anything collect`, `replay`, `rescore` and `export`. Before cli in the flow."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gym_anything.console import Json, err, new_table, out, plain, print_json, progress_bar, status
from gym_anything.errors import ConfigError, did_you_mean

if TYPE_CHECKING:
    from gym_anything.store.rescore import Rescored

Folder = Annotated[Path, typer.Argument(help="A store.")]
FORMATS = ("conversations", "graded", "lerobot", "animations")


def collect(
    config: Annotated[Path, typer.Argument(help="TOML; see configs/.")], as_json: Json = False
) -> None:
    """Run many tasks, seeds and agents into a store; run it again to go on."""
    from gym_anything.collect import CollectConfig, Progress
    from gym_anything.collect import collect as run
    from gym_anything.config import load_toml

    wanted = load_toml(config, CollectConfig)
    with progress_bar() as progress:
        bar = progress.add_task("collecting", total=None)

        def report(now: Progress) -> None:
            what = f"passed {now.passed}/{now.passed + now.failed} ({now.success:.0%})"
            progress.update(bar, completed=now.done, total=now.total, description=what)

        found = run(wanted, report)
    if as_json:
        print_json({"out": wanted.out, **asdict(found), "success": found.success})
    else:
        out.print(
            f"{found.done - found.kept} episodes in {wanted.out}: {found.passed} passed, "
            f"{found.failed} failed, {found.broken} broken, {found.errors} without a trajectory; "
            f"{found.kept} were there"
        )
        if found.spent.requests:
            out.print(f"models: {found.spent}", highlight=False)
        if found.stopped:
            left = found.total - found.done + found.broken
            err.print(
                f"[yellow]ended early[/], {left} episodes to go; raise the cap and run it again: "
                f"{plain(found.stopped)}",
                highlight=False,
                soft_wrap=True,
            )
    if found.broken or found.errors or found.stopped:
        raise typer.Exit(1)


def replay(
    folder: Folder,
    episode: Annotated[str, typer.Argument(help="Beginning of its id, or its number from 0.")],
    tolerance: Annotated[int, typer.Option(help="Pixels of a screen that may differ.")] = 0,
    as_json: Json = False,
) -> None:
    """Do an episode's actions again on a fresh machine; say where it first goes another way."""
    from gym_anything.store import Store
    from gym_anything.store.replay import replay as run

    store = Store(folder)
    found = store.find(episode)
    with status(f"{found.task_id}, seed {found.seed}, {found.steps} steps"):
        result = run(store, found, tolerance)
    difference = result.difference
    if as_json:
        print_json({"episode": found.id, "task": found.task_id, **asdict(result)})
    elif difference is None:
        out.print(f"{found.task_id}: {result.steps} steps, no difference")
    else:
        where = "at reset" if difference.step < 0 else f"after step {difference.step}"
        out.print(
            f"{found.task_id}: {difference.what} {where}: {plain(difference.detail)}",
            highlight=False,
        )
    if difference is not None:
        raise typer.Exit(1)


def rescore(folder: Folder, as_json: Json = False) -> None:
    """Judge the kept final states again, as after a change of a verifier; runs no application."""
    from gym_anything.store import Store
    from gym_anything.store.rescore import rescore as run

    with status(f"judging the episodes of {folder}"):
        found = list(run(Store(folder)))
    changed = [result for result in found if result.changed]
    unknown = [result for result in found if result.score is None]
    if as_json:
        rows = [_rescored(result) for result in found]
        print_json({"judged": len(found), "changed": len(changed), "episodes": rows})
    else:
        table = new_table("episode", "task", "seed", "score", "now", "what")
        for result in [*changed, *unknown]:
            old, new = result.episode.score, result.score
            table.add_row(
                result.episode.id,
                result.episode.task_id,
                str(result.episode.seed),
                "-" if old is None else f"{old.value:.2f}",
                "?" if new is None else f"{new.value:.2f}",
                plain(result.difference),
            )
        if changed or unknown:
            out.print(table)
        same = len(found) - len(changed) - len(unknown)
        out.print(f"{same} as before, {len(changed)} changed, {len(unknown)} cannot be judged")
    if changed or unknown:
        raise typer.Exit(1)


def _rescored(result: Rescored) -> dict[str, object]:
    old, new = result.episode.score, result.score
    return {
        "episode": result.episode.id,
        "task": result.episode.task_id,
        "seed": result.episode.seed,
        "score": None if old is None else old.value,
        "now": None if new is None else new.value,
        "passed": None if new is None else new.passed,
        "changed": result.changed,
        "difference": result.difference,
    }


def export(
    folder: Folder,
    to: Annotated[Path, typer.Argument(help="A .parquet file, or a new folder.")],
    form: Annotated[
        str, typer.Option("--format", help="conversations, graded, lerobot or animations.")
    ] = "conversations",
    everything: Annotated[
        bool, typer.Option("--all", help="Episodes that did not pass, too (graded has them).")
    ] = False,
) -> None:
    """Write a store as rows for training, in the layout of LeRobot v3, or as animations."""
    from gym_anything.store import Store
    from gym_anything.store.export import (
        conversations,
        graded_steps,
        write_animations,
        write_rows,
    )

    if form not in FORMATS:
        raise ConfigError(did_you_mean("format", form, FORMATS))
    store = Store(folder)
    with status(f"writing {to}"):
        if form == "conversations":
            said = f"{write_rows(conversations(store, passed_only=not everything), to)} steps"
        elif form == "graded":
            said = f"{write_rows(graded_steps(store), to, graded=True)} steps"
        elif form == "lerobot":
            from gym_anything.store.lerobot import write_lerobot

            said = f"{write_lerobot(store, to, passed_only=not everything)} episodes"
        else:
            said = f"{len(write_animations(store, to))} animations"
    out.print(f"{said} in {to}")
