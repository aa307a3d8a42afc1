"""Ids of the environments. Registering reads one small TOML an application and starts nothing.

gym_anything/<App>-v0        any level
gym_anything/<App>-L<k>-v0   level k
"""

from __future__ import annotations

import tomllib

import gymnasium as gym

from gym_anything import content

NAMESPACE = "gym_anything"


def env_id(env: str, level: int | None = None) -> str:
    """Id of an application's environment, such as "gym_anything/Galculator-L1-v0"."""
    part = "" if level is None else f"-L{level}"
    return f"{NAMESPACE}/{env}{part}-v0"


def register_all() -> None:
    """Register every application's ids; again is harmless.

    A malformed app.toml registers nothing here; `gym-anything doctor` and any use of the
    application say what is wrong with it.
    """
    for app_id, folder in content.app_folders().items():
        try:
            app = tomllib.loads((folder / "app.toml").read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
            continue
        env = app.get("env")
        if not isinstance(env, str):
            continue
        for level in (None, *app.get("levels", [])):
            identifier = env_id(env, level)
            if identifier in gym.registry:
                continue
            gym.register(
                identifier,
                entry_point="gym_anything.env:DesktopEnv",
                vector_entry_point="gym_anything.vector:DesktopVectorEnv",
                kwargs={"app": app_id} | ({} if level is None else {"level": level}),
                nondeterministic=True,  # measured times are in info, and real programs have timers
            )


def ids() -> list[str]:
    """Registered ids of this package."""
    return sorted(found for found in gym.registry if found.startswith(f"{NAMESPACE}/"))
