"""Where the instances are: envs/, verifiers/, training/, configs/, benchmarks/.

They are folders beside the library, never packages: `envs` and `verifiers` are names that other
distributions own. They are found in the checkout, inside the installed wheel
(`gym_anything/_content`), and in other distributions that name a package holding folders of the
same shape by an entry point:

    [project.entry-points."gym_anything.content"]
    my-apps = "my_package"
"""

from __future__ import annotations

import importlib.util
import sys
from functools import cache
from hashlib import sha256
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType

from gym_anything.errors import AppError, ConfigError, did_you_mean

ENTRY_POINT_GROUP = "gym_anything.content"
FOLDERS = ("envs", "verifiers", "training", "configs", "benchmarks")


@cache
def roots() -> tuple[Path, ...]:
    """Folders that hold the instance folders, this package's own first.

    Raises:
        ConfigError: an entry point names a package that cannot be found.
    """
    package = Path(__file__).resolve().parent
    shipped = package / "_content"
    own = shipped if shipped.is_dir() else package.parent
    return (own, *(_entry_point_folder(point.module) for point in _entry_points()))


def _entry_points() -> list[importlib.metadata.EntryPoint]:
    return sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda point: point.name)


def _entry_point_folder(module: str) -> Path:
    spec = importlib.util.find_spec(module)
    if spec is None or not spec.submodule_search_locations:
        raise ConfigError(f"entry point {ENTRY_POINT_GROUP}: no package {module!r}")
    return Path(next(iter(spec.submodule_search_locations)))


@cache
def app_folders() -> dict[str, Path]:
    """Folder of every application, by its id (the folder's name)."""
    found: dict[str, Path] = {}
    for root in roots():
        for toml in sorted(root.glob("envs/*/app.toml")):
            found.setdefault(toml.parent.name, toml.parent)
    return found


def app_folder(app_id: str) -> Path:
    """Folder of an application.

    Raises:
        AppError: there is none of that id; names the nearest.
    """
    try:
        return app_folders()[app_id]
    except KeyError:
        raise AppError(did_you_mean("application", app_id, app_folders())) from None


@cache
def verifier_files() -> dict[str, Path]:
    """File of every group of verifiers, by its name."""
    found: dict[str, Path] = {}
    for root in roots():
        for path in sorted(root.glob("verifiers/*.py")):
            found.setdefault(path.stem, path)
    return found


def find_file(folder: str, name: str) -> Path:
    """A file of one of the instance folders, such as `find_file("configs", "demo.toml")`.

    Raises:
        ConfigError: there is none of that name; names the nearest.
    """
    known = {
        path.relative_to(root / folder).as_posix(): path
        for root in reversed(roots())
        for path in (root / folder).rglob("*")
        if path.is_file()
    }
    if name not in known:
        raise ConfigError(did_you_mean(f"file in {folder}/", name, known))
    return known[name]


@cache
def load_module(path: Path) -> ModuleType:
    """Run a Python file of an instance folder as a module that nobody can import by name."""
    name = f"_gym_anything_{path.stem}_{sha256(str(path).encode()).hexdigest()[:12]}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module
