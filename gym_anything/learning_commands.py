"""The commands `gym-anything samples` and `gym-anything train`. Before cli in the flow."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gym_anything.config import load_toml
from gym_anything.console import Json, err, out, plain, print_json, progress_bar
from gym_anything.content import find_file, load_module, roots
from gym_anything.errors import ConfigError, did_you_mean

if TYPE_CHECKING:
    from gym_anything.learning.samples import Sample, Samples

_OF_RL = ("matplotlib", "stable_baselines3")
samples = typer.Typer(no_args_is_help=True, help="What models are trained on.")


@contextmanager
def needing(extra: str) -> Iterator[None]:
    """Turn an import that fails into an error that says what to install.

    Raises:
        ConfigError: something is not installed.
    """
    try:
        yield
    except ImportError as error:
        raise ConfigError(f"needs {error.name}: pip install 'gym-anything[{extra}]'") from error


@samples.command("make")
def make(
    config: Annotated[Path, typer.Argument(help="TOML; see configs/.")], as_json: Json = False
) -> None:
    """Make samples of the episodes of stores."""
    from gym_anything.learning.samples import SamplesConfig, make_samples

    wanted = load_toml(config, SamplesConfig)
    with progress_bar() as progress:
        bar = progress.add_task("samples", total=None)
        found = make_samples(
            wanted, lambda done, total: progress.update(bar, completed=done, total=total)
        )
    if as_json:
        print_json({"out": wanted.out, **asdict(found)})
        return
    out.print(
        f"{found.rows} samples of {found.episodes} episodes in {wanted.out}: "
        f"{found.kept} in the loss, {found.graded} graded"
    )
    for reason, count in found.dropped.items():
        out.print(f"  context only: {count} {plain(reason)}", highlight=False)
    for reason, count in found.left_out.items():
        out.print(f"  no sample: {count} steps, {plain(reason)}", highlight=False)


@samples.command("show")
def show(
    folder: Annotated[Path, typer.Argument(help="Samples.")],
    model: Annotated[
        Path | None, typer.Option(help="A model's folder: show its tokens as it is trained.")
    ] = None,
    row: Annotated[int | None, typer.Option(help="Only this row.")] = None,
    most: Annotated[int, typer.Option(help="Rows at most.")] = 5,
) -> None:
    """Show samples: the prompt dim, what is in the loss bright."""
    from gym_anything.learning.samples import Samples

    found = Samples(folder)
    chosen = [each for each in found if row is None or each.row == row]
    if not chosen:
        raise ConfigError(f"{folder}: no row {row}; there are rows 0 to {len(found) - 1}")
    for sample in chosen[:most]:
        out.rule(plain(f"{sample.name}: {sample.task}"), align="left")
        if model is None:
            _show_text(sample)
        else:
            _show_tokens(sample, model)
    _show_total(found, chosen)


def _show_text(sample: Sample) -> None:
    for message in sample.prompt:
        out.print(f"[dim]{message['role']}:[/]", highlight=False)
        pictures = iter(_sizes(sample))
        for part in message["content"]:
            shown = f"<picture {next(pictures)}>" if part["type"] == "image" else part["text"]
            out.print(f"[dim]{plain(shown)}[/]", highlight=False)
    out.print("[dim]assistant:[/]", highlight=False)
    out.print(_marked(sample, sample.completion), highlight=False)


def _sizes(sample: Sample) -> list[str]:
    from gym_anything.store.png import decode

    shapes = [decode(picture).shape for picture in sample.pictures]
    return [f"{width}x{height}" for height, width, _ in shapes]


def _marked(sample: Sample, text: str) -> str:
    """What should be written, and whether it is in the loss."""
    grade = "" if sample.grade is None else f" [cyan](grade {sample.grade:g})[/]"
    if sample.keep:
        return f"[bold green]{plain(text)}[/]  [green]in the loss[/]{grade}"
    return f"[dim]{plain(text)}[/]  [yellow]not in the loss: {plain(sample.why)}[/]{grade}"


def _show_tokens(sample: Sample, model: Path) -> None:
    """The very tokens that the collator of training makes."""
    with needing("vlm"):
        from gym_anything.learning.collate import NOT_IN_LOSS, Collator
        from gym_anything.learning.processor import load_processor

    processor = load_processor(model)
    batch = Collator(processor, sys.maxsize)([sample])
    ids, labels = batch["input_ids"][0].tolist(), batch["labels"][0].tolist()
    silent = [token for token, label in zip(ids, labels, strict=True) if label == NOT_IN_LOSS]
    learnt = [label for label in labels if label != NOT_IN_LOSS]
    out.print(f"[dim]{plain(_folded(processor, silent))}[/]", highlight=False)
    out.print(_marked(sample, processor.tokenizer.decode(learnt)), highlight=False)
    out.print(f"{len(silent)} tokens of prompt, {len(learnt)} to learn", highlight=False)


def _folded(processor: object, ids: list[int]) -> str:
    """Text of tokens, runs of the same one (those of a picture) told by their number."""
    decode = processor.tokenizer.decode  # type: ignore[attr-defined]
    parts: list[str] = []
    start = 0
    for at in range(1, len(ids) + 1):
        if at == len(ids) or ids[at] != ids[start]:
            run = at - start
            text = decode([ids[start]] * (1 if run > 8 else run))
            parts.append(f"{text}*{run}" if run > 8 else text)
            start = at
    return "".join(parts)


def _show_total(found: Samples, shown: list[Sample]) -> None:
    about = found.about
    out.rule(align="left")
    out.print(
        f"{about['rows']} samples of {about['episodes']} episodes: {about['kept']} in the loss, "
        f"{about['graded']} graded; format {about['config']['format']}",
        highlight=False,
    )
    for reason, count in Counter(about["dropped"]).most_common():
        out.print(f"  context only: {count} {plain(reason)}", highlight=False)
    for reason, count in Counter(about["left_out"]).most_common():
        out.print(f"  no sample: {count} steps, {plain(reason)}", highlight=False)


def train(
    recipe: Annotated[str, typer.Argument(help="A script of training/, such as sft.")],
    config: Annotated[Path, typer.Argument(help="TOML; see configs/.")],
) -> None:
    """Run a recipe of training/; run it again to go on where it stopped."""
    names = [path.stem for root in roots() for path in (root / "training").glob("*.py")]
    if recipe not in names:
        raise ConfigError(did_you_mean("recipe", recipe, names))
    try:
        module = load_module(find_file("training", f"{recipe}.py"))
    except ImportError as error:
        extra = "rl" if error.name in _OF_RL else "train"
        raise ConfigError(f"needs {error.name}: pip install 'gym-anything[{extra}]'") from error
    folder = module.main(load_toml(config, module.CONFIG))
    err.print(f"[green]done:[/] {plain(str(folder))}", highlight=False)
