"""The command `gym-anything speed`: what of gym_anything.speed and its neighbours it runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from gym_anything.console import Json, measuring, new_table, out, print_json, status

if TYPE_CHECKING:
    from gym_anything.speed import Figure


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

    with measuring() as report:
        figures = measure(repeat, report)
    _print_figures(figures, as_json)


def _speed_vector(as_json: bool, most: int) -> None:
    from gym_anything.throughput import measure_all

    with measuring() as report:
        figures = measure_all(most, report)
    _print_figures(figures, as_json)


def _speed_crowd(as_json: bool, desktops: int) -> None:
    from gym_anything.throughput import measure_crowd

    with status(f"{desktops} desktops of galculator, each doing a step a second"):
        found = measure_crowd("galculator", desktops, 60.0)
    if as_json:
        print_json({"crowd": asdict(found)})
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

    with status("a click on a Docker machine and on a local one, in turn"):
        ratio = measure_docker(max(repeat, 60))
    what = "galculator click, Docker machine against local"
    _print_figures([Figure(what, ratio, None, "x", max(repeat, 60), 1.15)], as_json)


def _print_figures(figures: Sequence[Figure], as_json: bool) -> None:
    if as_json:
        rows = [asdict(figure) | {"reached": figure.reached} for figure in figures]
        print_json({"figures": rows})
        return
    table = new_table("what", "median", "p90", "must reach", "")
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

    with measuring() as report:
        rates = measure_premature(rounds, crowd, policy, report, apps)
    if as_json:
        print_json({"premature": [asdict(rate) for rate in rates]})
        return
    table = new_table("application", "desktops", "action", "premature", "ms a step")
    for rate in rates:
        share = f"{rate.premature}/{rate.count} ({rate.premature / rate.count:.1%})"
        table.add_row(rate.app, str(rate.desktops), rate.kind, share, f"{rate.step_ms:.0f}")
    out.print(table)
