import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from browser import Browser, chromium

from tests import made

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def store_folder(tmp_path):
    """A store of four episodes: failed, passed, broken, and one of another task."""
    return made.four(tmp_path / "run")


@pytest.fixture(scope="session")
def serving():
    """with serving(*folders) as address: `gym-anything view` shows them there."""

    @contextmanager
    def serve(*folders):
        command = (sys.executable, "-m", "gym_anything", "view", *map(str, folders), "--port", "0")
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=os.environ | {"COLUMNS": "99"}
        )
        try:
            said = process.stdout.readline()
            assert said.startswith("http://127.0.0.1:"), said
            yield said.split()[0]
        finally:
            process.terminate()
            process.wait()
            process.stdout.close()

    return serve


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    """A page of Chromium."""
    if chromium() is None:
        pytest.skip("chromium is not installed; run: gym-anything install chromium")
    found = Browser(tmp_path_factory.mktemp("profile"))
    yield found
    found.close()
