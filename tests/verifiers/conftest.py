import pytest

from gym_anything.documents.home import Home
from gym_anything.documents.writers import write
from gym_anything.task import Check
from gym_anything.verify import FinalState, bind


@pytest.fixture
def judge(tmp_path):
    """judge(check, params, files, initial, ...): the verdict of a check on these files.

    `files` and `initial` are bytes, or content of a writer by the suffix, by path; `initial` is
    `files` unless it is given.
    """

    def judge(check, params, files=(), initial=None, **state):
        root = tmp_path / f"home{len(list(tmp_path.iterdir()))}"
        root.mkdir()
        home = Home(root)
        written = {path: as_bytes(path, data) for path, data in dict(files).items()}
        for path, data in written.items():
            home.write_bytes(path, data)
        start = written if initial is None else initial
        start = {path: as_bytes(path, data) for path, data in start.items()}
        final = FinalState(home=home, initial=start, **state)
        return bind(Check(check, params))(final)

    return judge


def as_bytes(path, data):
    if isinstance(data, bytes):
        return data
    if path.endswith((".ods", ".xlsx", ".gnumeric")):
        content = data if isinstance(data, dict) else {"sheets": [{"rows": data}]}
        return write("spreadsheet", content, path)
    return write("csv" if path.endswith(".csv") else "text", data, path)
