import functools
import os
import shutil
import subprocess

import pytest

from gym_anything.app import load_app
from gym_anything.errors import MachineError
from gym_anything.install import packages_of
from gym_anything.machine import folders
from gym_anything.machine.image import engine, ensure_image
from gym_anything.task import Check, Click, Document, Press, Route, Target, Task, Type
from tests.endpoints import ScriptedServer

PATH = "Documents/memo.txt"


@pytest.fixture
def memo():
    """A task for mousepad that the fake machine's pad can do as well."""
    return Task(
        app="mousepad",
        template="memo",
        seed=1,
        instruction="Add the word ‘paid’ at the end of the memo and save it.",
        documents=(Document(PATH, "text", "Invoice 7 for Müller: "),),
        open=(PATH,),
        checks=(
            Check("text.contains", {"path": PATH, "text": "Müller: paid"}),
            Check("text.contains", {"path": PATH, "text": "Invoice 7"}, guard=True),
        ),
        solution=(Press("ctrl+end"), Type("paid"), Press("ctrl+s")),
        near_misses=(Route("not saved", (Press("ctrl+end"), Type("paid"))),),
        variations=(
            Route("by the button", (Type("paid"), Click(Target(role="push button", name="Save")))),
        ),
        max_steps=6,
    )


@pytest.fixture
def server():
    """A server that plays a language model, well or badly."""
    scripted = ScriptedServer()
    yield scripted
    scripted.close()


@pytest.fixture
def own_folders():
    """The folders of this process's machines; other processes may have theirs."""

    def find():
        owners = folders.base_folder().glob("*/owner")
        return {
            path.parent for path in owners if path.read_text().split()[:1] == [str(os.getpid())]
        }

    return find


@pytest.fixture(scope="session")
def docker_image():
    """Makes the image with galculator; skips, with the reason, where no engine can run it."""

    @functools.cache
    def make():
        try:
            with engine():
                pass
        except MachineError as error:
            pytest.skip(os.environ.get("GYM_ANYTHING_NO_ENGINE") or str(error))
        if shutil.which("mmdebstrap") is None:
            pytest.skip("mmdebstrap is not there; run: apt-get install mmdebstrap")
        return ensure_image(packages_of([load_app("galculator")]))

    return make


@pytest.fixture(scope="session")
def soffice(tmp_path_factory):
    """soffice(files, suffix, folder): LibreOffice loads files and saves them in another folder."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice is not installed")
    profile = tmp_path_factory.mktemp("profile")

    def convert(files, suffix, folder):
        command = [program, f"-env:UserInstallation=file://{profile}", "--headless"]
        command += ["--convert-to", suffix, "--outdir", str(folder), *map(str, files)]
        for _ in range(2):  # a fresh profile makes the first start exit with code 81
            result = subprocess.run(command, capture_output=True, text=True, timeout=120)
            if result.returncode != 81:
                break
        assert result.returncode == 0, result.stderr
        return folder

    return convert
