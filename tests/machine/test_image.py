import sys

import pytest

from gym_anything.app import load_app
from gym_anything.errors import MachineError
from gym_anything.install import packages_of
from gym_anything.machine.image import dockerfile, engine, ensure_image, image_name


def test_the_same_packages_in_any_order_have_the_same_name_and_others_another():
    assert image_name(["xvfb", "openbox", "xvfb"]) == image_name(["openbox", "xvfb"])
    assert image_name(["xvfb", "openbox"]) != image_name(["xvfb"])
    assert image_name(["xvfb"]).startswith("gym-anything:")


def test_a_dockerfile_installs_each_package_of_an_app_toml_and_says_the_image_s_name():
    packages = packages_of([load_app("galculator")])
    text = dockerfile(packages)
    assert "galculator" in packages
    assert set(packages) <= {line.strip(" \\") for line in text.splitlines()}
    assert f"--tag {image_name(packages)} " in text and "\nFROM debian:" in text


def test_no_engine_is_an_error_that_names_the_socket_tried_and_the_fix(monkeypatch, tmp_path):
    socket = tmp_path / "no.sock"
    monkeypatch.setenv("DOCKER_HOST", f"unix://{socket}")
    with pytest.raises(MachineError, match=f"{socket}.*apt-get install docker.io"):
        ensure_image(["galculator"])


def test_a_missing_sdk_is_an_error_that_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "docker", None)
    with pytest.raises(MachineError, match=r"pip install 'gym-anything\[docker\]'"), engine():
        pass
