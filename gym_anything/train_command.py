"""The command `gym-anything train`: a recipe of training/, by its path. Before cli in the flow."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path
from typing import Annotated

import typer

from gym_anything import content
from gym_anything.errors import ConfigError


def train(
    recipe: Annotated[str, typer.Argument(help="A recipe of training/, such as ppo_digits.")],
    config: Annotated[Path, typer.Argument(help="TOML; see configs/.")],
) -> None:
    """Run a training recipe; training/README.md lists them."""
    path = content.find_file("training", f"{recipe}.py")
    given, sys.argv = sys.argv, [str(path), str(config)]
    try:
        runpy.run_path(str(path), run_name="__main__")
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"training/{recipe}.py needs {error.name}, which is not installed; its first lines "
            "name the extra that has it: pip install 'gym-anything[EXTRA]'"
        ) from error
    finally:
        sys.argv = given
