"""The command line: `gym-anything ...`. Says things; what it does stands in the modules it calls.

With --json, standard output holds exactly one JSON object; everything else goes to standard error.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, Annotated, Any

import gymnasium as gym
import typer
from rich.table import Table

from gym_anything import __version__, registration
from gym_anything.app import load_app, load_apps
from gym_anything.console import Json, err, new_table, out, plain, print_json, progress_bar, status
from gym_anything.curation_commands import contamination, curate, grade, reason
from gym_anything.doctor import examine
from gym_anything.errors import ConfigError, GymAnythingError, did_you_mean
from gym_anything.install import install as install_packages
from gym_anything.install import missing, packages_of
from gym_anything.learning_commands import needing, samples, train
from gym_anything.speed_command import speed
from gym_anything.store_commands import collect, export, replay, rescore
from gym_anything.task import json_schema
from gym_anything.templates import find_template, templates_of
from gym_anything.view_command import view

if TYPE_CHECKING:
    from gym_anything.draft import Template
    from gym_anything.prove import Proof, Trial
    from gym_anything.prove.trials import Claim
    from gym_anything.records import Trajectory
    from gym_anything.rollout import AgentFactory

# What touches a desktop needs libxcb, a system package; it is imported by the commands that
# need it, so that `doctor` and `install` run on a bare host.

cli = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Real desktop applications as Gymnasium environments, with rewards that are proved.",
)
DEMO = ("galculator/invoice-total", "mousepad/rename-client", "libreoffice_calc/total-column")
AppIds = Annotated[list[str] | None, typer.Argument(help="Applications; none for all.")]


def main() -> None:
    """Run the command line; errors of this package end it with one line and status 1."""
    try:
        cli()
    except (GymAnythingError, ValueError) as error:
        err.print(f"[bold red]error:[/] {plain(str(error))}", highlight=False, soft_wrap=True)
        raise SystemExit(1) from error


@cli.command()
def doctor(as_json: Json = False) -> None:
    """Say what is missing on this host and the exact command that mends it."""
    findings = examine()
    if as_json:
        print_json(
            {"well": all(f.well for f in findings), "findings": [asdict(f) for f in findings]}
        )
    else:
        table = new_table("", "what", "found", "to mend it")
        for finding in findings:
            mark = "[green]ok[/]" if finding.well else "[red]missing[/]"
            table.add_row(mark, finding.what, plain(finding.found), plain(finding.mend))
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
        print_json({"version": __version__, "apps": rows, "ids": registration.ids()})
        return
    for row in rows:
        note = (
            ""
            if row["installed"]
            else f" [yellow](not installed: gym-anything install {row['app']})[/]"
        )
        out.print(f"\n[bold]{row['id']}[/]{note}", highlight=False)
        table = new_table("task", "level", "split", "skills")
        for task in row["tasks"]:  # type: ignore[attr-defined]
            skills = ", ".join(task["skills"])
            table.add_row(task["task"], str(task["level"]), task["split"], skills)
        out.print(table)


@cli.command()
def schema() -> None:
    """Print the JSON schema of a task."""
    print_json(json_schema())


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
    chat: Annotated[Path | None, typer.Option(help="A chat model's TOML; then no agent.")] = None,
    model: Annotated[
        Path | None, typer.Option(help="Folder of a model that was trained here; then no agent.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Run one episode and print what it was worth."""
    from gym_anything.report.page import write_index
    from gym_anything.rollout import rollout

    make_agent = _agent_maker(agent, seed) if model is None else _trained(model)
    full_id = env_id if "/" in env_id else f"{registration.NAMESPACE}/{env_id}"
    if full_id not in registration.ids():
        raise ConfigError(did_you_mean("environment", env_id, registration.ids()))
    env = gym.make(full_id, task=task)
    try:
        with status(f"{full_id}, seed {seed}"):
            if chat is not None:
                trajectory = _chat(env, chat, seed, bool(record))
            else:
                trajectory = rollout(env, make_agent, seed=seed, record=bool(record))
    finally:
        env.close()
    if record is not None:
        write_index([trajectory], record, title=f"gym-anything run {full_id}")
    if as_json:
        print_json(_summary(trajectory))
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
    with progress_bar() as progress:
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
    level: Annotated[
        list[int] | None, typer.Option(help="Only templates of this level; may be repeated.")
    ] = None,
    workers: Annotated[int, typer.Option(help="Processes; 0 for two a processor.")] = 0,
    mutations: Annotated[
        int, typer.Option(help="Harmful changes judged of each solved state, at most.")
    ] = 200,
    solutions: Annotated[int, typer.Option(help="Executions of each solution.")] = 1,
    random: Annotated[bool, typer.Option(help="Whether a random agent tries each task.")] = True,
    claim: Annotated[
        list[str] | None, typer.Option(help="Only claims of this kind; may be repeated.")
    ] = None,
    record: Annotated[
        Path | None, typer.Option(help="File that keeps each trial; run again to go on.")
    ] = None,
    report: Annotated[Path | None, typer.Option(help="File for the proof, JSON.")] = None,
    as_json: Json = False,
) -> None:
    """Execute every task's solution, untouched start, near misses and variations.

    The files of each solved state are then changed in harmful and in benign ways and judged again.
    """
    from gym_anything.prove import Plan, count_trials, prove, summarize

    templates = _templates(apps or (), task, level or ())
    plan = Plan(
        workers=workers or 2 * (os.cpu_count() or 1),  # they wait for applications, mostly
        random=random,
        mutations=mutations,
        solutions=solutions,
        record=record,
        claims=_claims(claim or ()),
    )
    with progress_bar() as progress:
        bar = progress.add_task("proving", total=count_trials(templates, range(seeds), plan))

        def tell(trial: Trial) -> None:
            progress.update(bar, advance=1, description=trial.task)
            if not trial.held:
                progress.console.print(_violation(trial))

        trials = prove(templates, range(seeds), tell, plan)
    proof = summarize(trials)
    if report is not None:
        report.write_text(proof.to_json(), encoding="utf-8")
    _print_proof(proof, trials, as_json)
    if not proof.holds:
        raise typer.Exit(1)


cli.command()(speed)
for _command in (
    collect,
    replay,
    rescore,
    export,
    grade,
    curate,
    contamination,
    reason,
    train,
    view,
):
    cli.command()(_command)
cli.add_typer(samples, name="samples")


# Parts -------------------------------------------------------------------------------------------


def _agent_maker(agent: str, seed: int) -> AgentFactory:
    from gym_anything.agent.registry import find_agent

    make = find_agent(agent)
    return lambda env: make(env, seed)


def _templates(apps: Sequence[str], task: str | None, levels: Sequence[int]) -> list[Template]:
    """One template by name, or those of applications (all if none) and levels (all if none)."""
    if task is not None:
        return [find_template(task, apps[0] if apps else "")]
    return [
        found
        for app_id in apps or load_apps()
        for found in templates_of(load_app(app_id).id).values()
        if not levels or found.level in levels
    ]


def _claims(names: Sequence[str]) -> frozenset[Claim]:
    from gym_anything.prove.trials import Claim

    kinds = {kind.value.replace(" ", "-"): kind for kind in Claim}
    for name in names:
        if name not in kinds:
            raise ConfigError(did_you_mean("claim", name, kinds))
    return frozenset(kinds[name] for name in names)


def _violation(trial: Trial) -> str:
    label = f"{trial.task} seed {trial.seed} {trial.claim.value} {trial.name}"
    return f"[red]violated[/] {plain(label)}: {plain(trial.reason)}"


def _trained(folder: Path) -> AgentFactory:
    with needing("vlm"):
        from gym_anything.learning.acting import trained_agents

    make = trained_agents(folder)
    return lambda env: make()


def _chat(env: gym.Env[Any, Any], path: Path, seed: int, record: bool) -> Trajectory:
    """An episode of the chat model that a TOML names; says what it has used."""
    from gym_anything.agent.chat_config import ChatConfig
    from gym_anything.rollout import rollout

    config = ChatConfig.load(path)
    llm = config.connect()
    try:
        trajectory = rollout(
            env,
            lambda desktop_env: config.agent(llm, desktop_env),
            seed=seed,
            record=record,
            on_invalid=config.on_invalid,
        )
    finally:
        llm.close()
    err.print(f"{config.ledger}: {llm.ledger.total()}", highlight=False)
    return trajectory


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
    table = new_table("task", "level", "steps", "ms a step", "reset ms", "score", "passed")
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
    out.print(f"\n[bold]{trajectory.task_id}[/] {plain(trajectory.instruction)}", highlight=False)
    if trajectory.failure is not None:
        out.print(
            f"  [yellow]broken[/] {trajectory.failure.kind}: {plain(trajectory.failure.message)}"
        )
    for check in trajectory.score.checks if trajectory.score else ():
        mark = "[green]ok [/]" if check.passed else "[red]no [/]"
        kind = "guard" if check.guard else "goal"
        out.print(f"  {mark} {kind:5} {check.check}: {plain(check.evidence)}", highlight=False)


def _print_proof(proof: Proof, trials: Sequence[Trial], as_json: bool) -> None:
    if as_json:
        print_json({"proved": proof.holds, "trials": [asdict(trial) for trial in trials]})
    else:
        out.print(_proof_table(proof))


def _proof_table(proof: Proof) -> Table:
    columns = ("solved", "untouched", "near misses", "changes", "passed", "ways", "rewritten")
    table = new_table("task", *columns, "refused", "random", "seconds")
    for row in (*proof.rows, proof.total):
        cells = [
            _share(row.solved, row.solutions),
            _share(row.untouched, row.seeds),
            str(row.near_misses),
            str(row.mutations),
            _none(row.false_acceptances),
            str(row.variations),
            str(row.rewritten),
            _none(row.false_refusals),
            _share(row.random - row.random_passed, row.random),
        ]
        table.add_row(row.task, *cells, f"{row.seconds:.0f}")
    return table


def _share(good: int, count: int) -> str:
    return f"[{'green' if good == count else 'red'}]{good}/{count}[/]"


def _none(count: int) -> str:
    return f"[{'red' if count else 'green'}]{count}[/]"
