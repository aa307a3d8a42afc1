"""The command line: `gym-anything ...`. Says things; what it does stands in the modules it calls.

With --json, standard output holds exactly one JSON object; everything else goes to standard error.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, Annotated, Any

import gymnasium as gym
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from gym_anything import __version__, registration
from gym_anything.app import load_app, load_apps
from gym_anything.doctor import examine
from gym_anything.errors import ConfigError, GymAnythingError, did_you_mean
from gym_anything.install import install as install_packages
from gym_anything.install import missing, packages_of
from gym_anything.task import json_schema
from gym_anything.templates import find_template, templates_of

if TYPE_CHECKING:
    from gym_anything.prove import Trial
    from gym_anything.records import Trajectory
    from gym_anything.rollout import AgentFactory
    from gym_anything.speed import Figure

# What touches a desktop needs libxcb, a system package; it is imported by the commands that
# need it, so that `doctor` and `install` run on a bare host.

cli = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Real desktop applications as Gymnasium environments, with rewards that are proved.",
)
out = Console()
err = Console(stderr=True)
AGENTS = ("solution", "random")
DEMO = ("galculator/invoice-total", "mousepad/rename-client", "libreoffice_calc/total-column")
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
AppIds = Annotated[list[str] | None, typer.Argument(help="Applications; none for all.")]


def main() -> None:
    """Run the command line; errors of this package end it with one line and status 1."""
    try:
        cli()
    except (GymAnythingError, ValueError) as error:
        err.print(f"[bold red]error:[/] {_plain(str(error))}", highlight=False, soft_wrap=True)
        raise SystemExit(1) from error


@cli.command()
def doctor(as_json: Json = False) -> None:
    """Say what is missing on this host and the exact command that mends it."""
    findings = examine()
    if as_json:
        _print_json(
            {"well": all(f.well for f in findings), "findings": [asdict(f) for f in findings]}
        )
    else:
        table = _new_table("", "what", "found", "to mend it")
        for finding in findings:
            mark = "[green]ok[/]" if finding.well else "[red]missing[/]"
            table.add_row(mark, finding.what, _plain(finding.found), _plain(finding.mend))
        out.print(table)
    if not all(finding.well for finding in findings):
        raise typer.Exit(1)


@cli.command("list")
def list_(as_json: Json = False) -> None:
    """List the applications, their ids and their tasks."""
    rows = [
        {
            "id": registration.env_id(app.env),
            "app": app.id,
            "installed": app.installed,
            "tasks": [
                {
                    "task": found.id,
                    "level": found.level,
                    "split": found.split.value,
                    "skills": list(found.skills),
                    "occupation": found.occupation,
                }
                for found in templates_of(app.id).values()
            ],
        }
        for app in load_apps().values()
    ]
    if as_json:
        _print_json({"version": __version__, "apps": rows, "ids": registration.ids()})
        return
    for row in rows:
        note = (
            ""
            if row["installed"]
            else f" [yellow](not installed: gym-anything install {row['app']})[/]"
        )
        out.print(f"\n[bold]{row['id']}[/]{note}", highlight=False)
        table = _new_table("task", "level", "split", "skills")
        for task in row["tasks"]:  # type: ignore[attr-defined]
            skills = ", ".join(task["skills"])
            table.add_row(task["task"], str(task["level"]), task["split"], skills)
        out.print(table)


@cli.command()
def schema() -> None:
    """Print the JSON schema of a task."""
    _print_json(json_schema())


@cli.command()
def install(
    apps: AppIds = None,
    all_apps: Annotated[bool, typer.Option("--all", help="Every application.")] = False,
) -> None:
    """Install applications and what every machine needs, with apt (as root or with sudo)."""
    if not apps and not all_apps:
        raise ConfigError("name the applications to install, or --all")
    chosen = load_apps().values() if all_apps else [load_app(app_id) for app_id in apps or []]
    lacking = missing(packages_of(chosen))
    if not lacking:
        err.print("everything is installed")
        return
    err.print(f"installing {len(lacking)} packages: {' '.join(lacking)}")
    install_packages(lacking)
    err.print("[green]installed[/]")


@cli.command()
def run(
    env_id: Annotated[str, typer.Argument(help="Such as gym_anything/Galculator-v0.")],
    agent: Annotated[str, typer.Option(help="solution or random.")] = "solution",
    seed: Annotated[int, typer.Option(help="Of the episode.")] = 0,
    task: Annotated[str | None, typer.Option(help="A template; drawn if not given.")] = None,
    record: Annotated[Path | None, typer.Option(help="Folder for an animation and a page.")] = None,
    as_json: Json = False,
) -> None:
    """Run one episode and print what it was worth."""
    from gym_anything.report.page import write_index
    from gym_anything.rollout import rollout

    if agent not in AGENTS:
        raise ConfigError(did_you_mean("agent", agent, AGENTS))
    full_id = env_id if "/" in env_id else f"{registration.NAMESPACE}/{env_id}"
    if full_id not in registration.ids():
        raise ConfigError(did_you_mean("environment", env_id, registration.ids()))
    env = gym.make(full_id, task=task)
    try:
        with _status(f"{full_id}, seed {seed}"):
            trajectory = rollout(env, _agent_maker(agent, seed), seed=seed, record=bool(record))
    finally:
        env.close()
    if record is not None:
        write_index([trajectory], record, title=f"gym-anything run {full_id}")
    if as_json:
        _print_json(_summary(trajectory))
    else:
        out.print(_table([trajectory]))
        _print_checks(trajectory)
        if record is not None:
            out.print(f"recorded: {record / 'index.html'}")
    if trajectory.failure is not None:
        raise typer.Exit(1)


@cli.command()
def demo(
    folder: Annotated[Path, typer.Option(help="Where the pages go.")] = Path("runs/demo"),
    seed: Annotated[int, typer.Option(help="Of the tasks.")] = 7,
) -> None:
    """Run the scripted solution of one task of each of three applications and show it."""
    from gym_anything.report.page import write_index
    from gym_anything.rollout import rollout

    trajectories = []
    with _progress() as progress:
        bar = progress.add_task("episodes", total=len(DEMO))
        for task_id in DEMO:
            progress.update(bar, description=task_id)
            template = find_template(task_id)
            env = gym.make(
                registration.env_id(load_app(template.app).env), task=template.task(seed)
            )
            try:
                trajectories.append(rollout(env, _agent_maker("solution", seed), record=True))
            finally:
                env.close()
            progress.advance(bar)
    write_index(trajectories, folder, title="gym-anything demo")
    out.print(_table(trajectories))
    for trajectory in trajectories:
        _print_checks(trajectory)
    program = "gym-anything" if which("gym-anything") else os.path.relpath(sys.argv[0])
    out.print(f"\nPictures of the episodes: {folder / 'index.html'}")
    out.print(f"Go on: {program} list, then {program} run Mousepad-v0 --seed 1 --record runs/one")
    if not all(found.score is not None and found.score.passed for found in trajectories):
        raise typer.Exit(1)


@cli.command("prove")
def prove_(
    apps: AppIds = None,
    seeds: Annotated[int, typer.Option(help="Instances of each template.")] = 1,
    task: Annotated[str | None, typer.Option(help="Only this template.")] = None,
    as_json: Json = False,
) -> None:
    """Execute every task's solution, untouched start, near misses and variations."""
    from gym_anything.prove import prove, trials_of

    if task is not None:
        templates = [find_template(task, apps[0] if apps else "")]
    else:
        chosen = apps or list(load_apps())
        templates = [
            found for app_id in chosen for found in templates_of(load_app(app_id).id).values()
        ]
    numbers = range(seeds)
    total = sum(len(trials_of(found.task(seed))) for found in templates for seed in numbers)
    with _progress() as progress:
        bar = progress.add_task("proving", total=total)

        def report(trial: Trial) -> None:
            progress.update(bar, advance=1, description=trial.task)
            if not trial.held:
                label = f"{trial.task} seed {trial.seed} {trial.claim.value} {trial.name}"
                progress.console.print(f"[red]violated[/] {_plain(label)}: {_plain(trial.reason)}")

        trials = prove(templates, list(numbers), report)
    if as_json:
        held = all(trial.held for trial in trials)
        _print_json({"proved": held, "trials": [asdict(trial) for trial in trials]})
    else:
        out.print(_proof_table(trials))
    if not all(trial.held for trial in trials):
        raise typer.Exit(1)


@cli.command()
def speed(
    as_json: Json = False,
    repeat: Annotated[int, typer.Option(help="Measurements of each figure.")] = 30,
    vector: Annotated[
        int, typer.Option(help="Instead: steps and resets per second, up to N desktops at once.")
    ] = 0,
    premature: Annotated[
        bool, typer.Option("--premature", help="Instead: frames taken before the screen was still.")
    ] = False,
    together: Annotated[
        int, typer.Option(help="Instead: N desktops alive, each doing a step a second, for 60 s.")
    ] = 0,
    docker: Annotated[
        bool, typer.Option("--docker", help="Instead: a Docker machine against a local one.")
    ] = False,
    crowd: Annotated[int, typer.Option(help="Desktops at once for --premature.")] = 16,
    settle: Annotated[str, typer.Option(help="safe, fast or warp, for --premature.")] = "safe",
    app: Annotated[
        list[str] | None, typer.Option(help="Only this application, for --premature.")
    ] = None,
) -> None:
    """Measure steps, resets and memory beside the usual way of doing it, in this one run."""
    if premature:
        _speed_premature(as_json, repeat, crowd, settle, app or ())
    elif together:
        _speed_crowd(as_json, together)
    elif docker:
        _speed_docker(as_json, repeat)
    elif vector:
        _speed_vector(as_json, vector)
    else:
        _speed_single(as_json, repeat)


def _speed_single(as_json: bool, repeat: int) -> None:
    from gym_anything.speed import measure

    with _measuring() as report:
        figures = measure(repeat, report)
    _print_figures(figures, as_json)


def _speed_vector(as_json: bool, most: int) -> None:
    from gym_anything.throughput import measure_all

    with _measuring() as report:
        figures = measure_all(most, report)
    _print_figures(figures, as_json)


def _speed_crowd(as_json: bool, desktops: int) -> None:
    from gym_anything.throughput import measure_crowd

    with _status(f"{desktops} desktops of galculator, each doing a step a second"):
        found = measure_crowd("galculator", desktops, 60.0)
    if as_json:
        _print_json({"crowd": asdict(found)})
        return
    out.print(
        f"{found.alive} of {found.desktops} alive after {found.seconds:g} s and {found.steps} "
        f"steps of {found.step_ms:.0f} ms (99th percentile {found.p99_ms:.0f} ms), begun at most "
        f"{found.late_ms:.0f} ms late (99th percentile); {found.pss_mb:.0f} MB each (PSS), "
        f"{found.used_mb} MB of this host in all"
    )


def _speed_docker(as_json: bool, repeat: int) -> None:
    from gym_anything.speed import Figure
    from gym_anything.throughput import measure_docker

    with _status("a click on a Docker machine and on a local one, in turn"):
        ratio = measure_docker(max(repeat, 60))
    what = "galculator click, Docker machine against local"
    _print_figures([Figure(what, ratio, None, "x", max(repeat, 60), 1.15)], as_json)


def _print_figures(figures: Sequence[Figure], as_json: bool) -> None:
    if as_json:
        rows = [asdict(figure) | {"reached": figure.reached} for figure in figures]
        _print_json({"figures": rows})
        return
    table = _new_table("what", "median", "p90", "must reach", "")
    for figure in figures:
        bound = "" if figure.bound is None else f"{figure.relation} {figure.bound:g} {figure.unit}"
        verdict = {True: "[green]reached[/]", False: "[red]missed[/]", None: ""}[figure.reached]
        p90 = "" if figure.p90 is None else f"{figure.p90:.2f}"
        table.add_row(figure.what, f"{figure.median:.2f} {figure.unit}", p90, bound, verdict)
    out.print(table)


def _speed_premature(
    as_json: bool, rounds: int, crowd: int, policy: str, apps: Sequence[str]
) -> None:
    from gym_anything.premature import measure_premature

    with _measuring() as report:
        rates = measure_premature(rounds, crowd, policy, report, apps)
    if as_json:
        _print_json({"premature": [asdict(rate) for rate in rates]})
        return
    table = _new_table("application", "desktops", "action", "premature", "ms a step")
    for rate in rates:
        share = f"{rate.premature}/{rate.count} ({rate.premature / rate.count:.1%})"
        table.add_row(rate.app, str(rate.desktops), rate.kind, share, f"{rate.step_ms:.0f}")
    out.print(table)


@contextmanager
def _measuring() -> Iterator[Callable[[int, int, str], None]]:
    """A progress bar, as the function that moves it."""
    with _progress() as progress:
        bar = progress.add_task("measuring", total=None)

        def report(done: int, total: int, what: str) -> None:
            progress.update(bar, completed=done, total=total, description=what)

        yield report


# Parts -------------------------------------------------------------------------------------------


def _agent_maker(agent: str, seed: int) -> AgentFactory:
    from gym_anything.agent.random_agent import RandomAgent
    from gym_anything.agent.solution import SolutionAgent

    if agent == "random":
        return lambda env: RandomAgent(seed)
    return lambda env: SolutionAgent(env.session.desktop, env.task.solution)


def _latency_ms(trajectory: Trajectory) -> float:
    from gym_anything.report.page import median_step_ms

    return median_step_ms(trajectory) or 0.0


def _summary(trajectory: Trajectory) -> dict[str, Any]:
    score = trajectory.score
    return {
        "env": trajectory.env_id,
        "task": trajectory.task_id,
        "task_seed": trajectory.seed,
        "level": trajectory.level,
        "instruction": trajectory.instruction,
        "agent": trajectory.agent,
        "actions": [str(step.action) for step in trajectory.steps],
        "steps": len(trajectory.steps),
        "step_ms": _latency_ms(trajectory),
        "reset_ms": trajectory.reset_ms,
        "stop": trajectory.stop.value,
        "score": None if score is None else score.value,
        "passed": None if score is None else score.passed,
        "checks": [asdict(check) for check in score.checks] if score else [],
        "failure": None if trajectory.failure is None else asdict(trajectory.failure),
    }


def _table(trajectories: Sequence[Trajectory]) -> Table:
    table = _new_table("task", "level", "steps", "ms a step", "reset ms", "score", "passed")
    for trajectory in trajectories:
        score = trajectory.score
        table.add_row(
            trajectory.task_id,
            str(trajectory.level),
            str(len(trajectory.steps)),
            f"{_latency_ms(trajectory):.0f}",
            f"{trajectory.reset_ms:.0f}",
            "-" if score is None else f"{score.value:.2f}",
            "[yellow]broken[/]"
            if score is None
            else ("[green]yes[/]" if score.passed else "[red]no[/]"),
        )
    return table


def _print_checks(trajectory: Trajectory) -> None:
    out.print(f"\n[bold]{trajectory.task_id}[/] {_plain(trajectory.instruction)}", highlight=False)
    if trajectory.failure is not None:
        out.print(
            f"  [yellow]broken[/] {trajectory.failure.kind}: {_plain(trajectory.failure.message)}"
        )
    for check in trajectory.score.checks if trajectory.score else ():
        mark = "[green]ok [/]" if check.passed else "[red]no [/]"
        kind = "guard" if check.guard else "goal"
        out.print(f"  {mark} {kind:5} {check.check}: {_plain(check.evidence)}", highlight=False)


def _proof_table(trials: Sequence[Trial]) -> Table:
    table = _new_table("task", "solution", "untouched", "near misses", "variations", "seconds")
    by_task: dict[str, list[Trial]] = {}
    for trial in trials:
        by_task.setdefault(trial.task, []).append(trial)
    for task, ran in by_task.items():
        cells = []
        for claim in ("solution", "untouched", "near miss", "variation"):
            of_claim = [trial for trial in ran if trial.claim.value == claim]
            held = sum(trial.held for trial in of_claim)
            colour = "green" if held == len(of_claim) else "red"
            cells.append(f"[{colour}]{held}/{len(of_claim)}[/]" if of_claim else "")
        table.add_row(task, *cells, f"{sum(trial.seconds for trial in ran):.1f}")
    return table


def _new_table(*columns: str) -> Table:
    """A table that keeps its first column whole and folds the others instead of cutting them."""
    table = Table(box=None)
    for number, column in enumerate(columns):
        table.add_column(column, overflow="fold", no_wrap=number == 0)
    return table


def _print_json(data: dict[str, Any]) -> None:
    typer.echo(json.dumps(data, ensure_ascii=False, indent=2))


def _plain(text: str) -> str:
    """Text for rich's markup, with its brackets escaped."""
    return text.replace("[", "\\[")


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, TimeElapsedColumn(), console=err, transient=True)


@contextmanager
def _status(what: str) -> Iterator[None]:
    with err.status(what):
        yield
