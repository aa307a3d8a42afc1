import http.client
import json
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from urllib.parse import urlsplit

import pytest

from gym_anything.errors import ConfigError
from gym_anything.view_command import view
from tests import made


def get(url, **headers):
    """(status, headers, body) of an address."""
    request = urllib.request.Request(url, headers=headers)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


@pytest.fixture(scope="module")
def address(serving, tmp_path_factory):
    with serving(made.four(tmp_path_factory.mktemp("stores") / "run")) as found:
        yield found


def test_the_command_serves_the_list_an_episode_and_its_screens(address):
    status, headers, body = get(address + "data/episodes.json")
    assert status == 200 and headers["Cache-Control"] == "no-store"
    listed = json.loads(body)
    assert listed["title"] == "run" and len(listed["episodes"]) == 4
    key = listed["episodes"][0]["key"]
    told = json.loads(get(f"{address}data/{key}.json")[2])
    status, headers, png = get(f"{address}frames/{key}/{told['last_frame']}.png")
    assert status == 200 and headers["Content-Type"] == "image/png" and png[:4] == b"\x89PNG"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "0.0.0.0"])
def test_a_request_under_another_name_is_refused(address, host):
    where = urlsplit(address)
    connection = http.client.HTTPConnection(where.hostname, where.port)
    connection.request("GET", "/data/episodes.json", headers={"Host": f"{host}:{where.port}"})
    answer = connection.getresponse()
    assert answer.status == 400 and b"episodes" not in answer.read()
    connection.close()


@pytest.mark.parametrize("path", ["", "static/main.js", "data/episodes.json", "data/nothing.json"])
def test_no_answer_may_be_used_by_another_site_or_run_what_is_not_the_page_s(address, path):
    _, headers, _ = get(address + path, Origin="http://evil.example")
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Access-Control-Allow-Origin" not in headers
    policy = headers["Content-Security-Policy"]
    assert (
        "script-src 'self'" in policy and "unsafe" not in policy and "default-src 'none'" in policy
    )


@pytest.mark.parametrize(
    "path",
    [
        *("static/..%2fshelf.py", "static/%2fetc%2fpasswd", "static/nothing.js"),
        *("data/nothing.json", "frames/nothing/0.png", "frames/..%2f..%2fx/0.png", "docs"),
    ],
)
def test_what_is_not_there_is_not_found(address, path):
    assert get(address + path)[0] == 404


def test_a_screen_that_is_not_there_is_not_found(address):
    key = json.loads(get(address + "data/episodes.json")[2])["episodes"][0]["key"]
    assert get(f"{address}frames/{key}/999.png")[0] == 404
    assert get(f"{address}frames/{key}/x.png")[0] == 422


def test_a_damaged_episode_is_an_answer_that_says_so(serving, tmp_path):
    folder = made.fill(tmp_path / "run", [made.episode()])
    with serving(folder) as address:
        key = json.loads(get(address + "data/episodes.json")[2])["episodes"][0]["key"]
        (torn,) = (folder / "steps").glob("*.parquet")
        torn.write_bytes(b"PAR1")
        status, _, body = get(f"{address}data/{key}.json")
    assert status == 422 and "torn or damaged" in json.loads(body)["detail"]


def test_ctrl_c_ends_it_without_a_traceback(store_folder):
    command = (sys.executable, "-m", "gym_anything", "view", str(store_folder), "--port", "0")
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as process:
        assert get(process.stdout.readline().split()[0])[0] == 200
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0 and process.stderr.read() == ""


def test_without_the_extra_it_says_what_to_install(monkeypatch, store_folder):
    monkeypatch.setitem(sys.modules, "fastapi", None)
    monkeypatch.delitem(sys.modules, "gym_anything.viewer.server", raising=False)
    with pytest.raises(ConfigError, match=r"pip install 'gym-anything\[view\]'"):
        view([store_folder])


def test_a_port_that_is_taken_is_said(address, store_folder):
    port = str(urlsplit(address).port)
    command = (sys.executable, "-m", "gym_anything", "view", str(store_folder), "--port", port)
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 1 and "--port 0" in ended.stderr
