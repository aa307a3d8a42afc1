import pytest

from gym_anything.errors import TaskError

JSON = '{"web": {"port": 80, "debug": true}, "api": {"port": 80, "hosts": ["a", "b"]}}'
INI = "# kept\n[web]\nport = 80\nhost = a\n\n[api]\nport = 80\n"
TOML = "[web]\nport = 80\n\n[api]\nport = 80\nsince = 2024-01-01\n"
XML = '<net><host name="a">10.0.0.1</host><host name="b">10.0.0.2</host></net>'
PY = (
    "import os\nfrom json import loads\n\nLIMIT = 3\n\n\nclass Store:\n    # reads\n"
    "    def load(self, name):\n        return name\n\n"
    "    def save(self):\n        return LIMIT\n\n\n"
    "def main():\n    print(Store().load('a'))\n\n\nmain()\n"
)
INDENTED = PY.replace("        return name", "        if name:\n            return name")


def holds(verdict):
    assert verdict.evidence
    return verdict.value == 1.0


CASES = [
    # (check, parameters, file, start, end, whether it holds)
    ("value_equals", {"key": ["web", "port"], "value": 80}, "a.json", JSON, JSON, True),
    ("value_equals", {"key": ["web", "port"], "value": "80"}, "a.json", JSON, JSON, False),
    ("value_equals", {"key": ["web", "debug"], "value": 1}, "a.json", JSON, JSON, False),
    (
        "value_equals",
        {"key": ["web", "port"], "value": 80},
        "a.json",
        JSON,
        JSON.replace("80,", "80.0,", 1),
        True,
    ),
    ("value_equals", {"key": ["api", "hosts", "1"], "value": "b"}, "a.json", JSON, JSON, True),
    ("value_equals", {"key": ["web", "port"], "value": 80}, "a.json", JSON, JSON[:-1], False),
    ("value_equals", {"key": ["web", "none"], "value": None}, "a.json", JSON, JSON, False),
    ("value_equals", {"key": ["web", "port"], "value": "80"}, "a.ini", INI, INI, True),
    ("value_equals", {"key": ["api", "port"], "value": 80}, "a.toml", TOML, TOML, True),
    ("value_equals", {"key": ["api", "since"], "value": "2024-01-01"}, "a.toml", TOML, TOML, True),
    ("value_equals", {"key": ["net", "host[2]"], "value": "10.0.0.2"}, "a.xml", XML, XML, True),
    ("value_equals", {"key": ["net", "host", "@name"], "value": "a"}, "a.xml", XML, XML, True),
    (
        "value_equals",
        {"key": ["web", "port"], "value": 81},
        "a.json",
        JSON,
        '{"web": {"port": 80, "port": 81}}',
        False,
    ),
    ("value_absent", {"key": ["web", "host"]}, "a.ini", INI, INI.replace("host", "# host"), True),
    ("value_absent", {"key": ["web", "host"]}, "a.ini", INI, INI, False),
    ("value_absent", {"key": ["web"]}, "a.ini", INI, INI, False),
    ("unchanged_except", {}, "a.json", JSON, JSON.replace(" ", "\n  "), True),
    ("unchanged_except", {}, "a.json", JSON, JSON.replace('"b"', '"c"'), False),
    ("unchanged_except", {}, "a.json", JSON, JSON.replace('"a", "b"', '"b", "a"'), False),
    ("unchanged_except", {}, "a.json", JSON, JSON.replace("true", "1"), False),
    ("unchanged_except", {"keys": [["web"]]}, "a.json", JSON, JSON.replace("true", "1"), True),
    ("unchanged_except", {}, "a.ini", INI, INI + "more = 1\n", False),
    ("unchanged_except", {}, "a.ini", INI, INI.replace("[api]\nport = 80\n", ""), False),
    ("unchanged_except", {}, "a.xml", XML, XML.replace("><", ">\n<"), True),
    ("unchanged_except", {}, "a.xml", XML, XML.replace('name="b"', 'name="c"'), False),
    ("in_order", {"names": ["web", "api"]}, "a.toml", TOML, TOML, True),
    ("in_order", {"names": ["api", "web"]}, "a.toml", TOML, TOML, False),
    ("in_order", {"names": ["web", "api", "ftp"]}, "a.toml", TOML, TOML, False),
    ("in_order", {"names": ["Store.load", "main"]}, "a.py", PY, PY, True),
    ("commented_out", {"text": "host = a"}, "a.ini", INI, INI.replace("host", "# host"), True),
    ("commented_out", {"text": "host = a"}, "a.ini", INI, INI, False),
    ("commented_out", {"text": "host = a"}, "a.ini", INI, INI + "# host = a\n", False),
    (
        "commented_out",
        {"text": "port = 80", "plain": 1},
        "a.ini",
        INI,
        INI.replace("port", ";port", 1),
        True,
    ),
    ("says", {"source": JSON}, "a.json", JSON, JSON.replace(" ", ""), True),
    ("says", {"source": JSON}, "a.json", JSON, JSON.replace("80", "81"), False),
    ("says", {"source": INDENTED}, "a.py", PY, INDENTED + "# done\n", True),
    ("says", {"source": INDENTED}, "a.py", PY, PY, False),
    ("says", {"source": INDENTED}, "a.py", PY, INDENTED.replace("main()\n", ""), False),
    ("says", {"source": PY}, "a.py", PY, PY.replace("'a'", '"a"'), True),
    ("defines", {"name": "Store.load"}, "a.py", PY, PY, True),
    ("defines", {"name": "load"}, "a.py", PY, PY, False),
    ("defines", {"name": "Store", "kind": "class"}, "a.py", PY, PY, True),
    ("defines", {"name": "LIMIT", "kind": "variable"}, "a.py", PY, PY, True),
    ("defines", {"name": "json.loads", "kind": "import"}, "a.py", PY, PY, True),
    ("defines", {"name": "re", "kind": "import"}, "a.py", PY, PY, False),
    ("defines", {"name": "main"}, "a.py", PY, PY.replace("def main", "# def main"), False),
    ("python_unchanged_except", {}, "a.py", PY, PY.replace("\n\n\n", "\n"), True),
    ("python_unchanged_except", {}, "a.py", PY, PY.replace("return name", "return 1"), False),
    (
        "python_unchanged_except",
        {"names": ["Store.load"]},
        "a.py",
        PY,
        PY.replace("return name", "return 1"),
        True,
    ),
    (
        "python_unchanged_except",
        {"names": ["Store.load"]},
        "a.py",
        PY,
        PY.replace("return LIMIT", "return 1"),
        False,
    ),
    (
        "python_unchanged_except",
        {"names": ["Store"]},
        "a.py",
        PY,
        PY.replace("LIMIT\n", "1\n"),
        True,
    ),
    ("python_unchanged_except", {}, "a.py", PY, PY.replace("# reads", ""), False),
    ("python_unchanged_except", {"comments": False}, "a.py", PY, PY.replace("# reads", ""), True),
    ("python_unchanged_except", {}, "a.py", PY, PY + "os.getcwd()\n", False),
    ("indented_by", {"kind": "spaces", "width": 4}, "a.py", PY, PY, True),
    ("indented_by", {"kind": "spaces", "width": 2}, "a.py", PY, PY, False),
    ("indented_by", {"kind": "tabs"}, "a.py", PY, PY, False),
    ("indented_by", {"kind": "tabs"}, "a.py", PY, PY.replace("    ", "\t"), True),
    ("indented_by", {"kind": "spaces"}, "a.py", PY, PY.replace("    def", "\tdef", 1), False),
    ("brackets_match", {}, "a.py", PY, PY, True),
    ("brackets_match", {}, "a.py", PY, PY.replace("main()", "main("), False),
    ("brackets_match", {}, "a.py", PY, "a = '('\nb = \"]\"\n", True),
    ("brackets_match", {}, "a.py", PY, "a = (]\n", False),
]


@pytest.mark.parametrize(("check", "params", "path", "start", "end", "wanted"), CASES)
def test_code_is_judged_by_what_it_says(judge, check, params, path, start, end, wanted):
    params = {"path": path, **params}
    verdict = judge(f"source.{check}", params, {path: end.encode()}, {path: start.encode()})
    assert holds(verdict) is wanted, verdict


HOSTILE = [
    ("a.json", b"[" * 100_000),
    ("a.json", b'{"a": ' * 500 + b"1" + b"}" * 500),
    ("a.json", b"9" * 10_000),
    ("a.json", b"\xff\xfe\x00"),
    ("a.toml", b"a = " + b"[" * 50_000),
    ("a.ini", b"port = 1\n"),
    ("a.ini", b"[a]\nx = 1\nx = 2\n"),
    ("a.xml", b"<a>" * 5_000),
    ("a.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
    ("a.py", b"(" * 100_000),
    ("a.py", b"a = " + b"-" * 100_000 + b"1"),
    ("a.py", b"x" + b".y" * 100_000),
    ("a.py", b"a = 1\0"),
    ("a.py", b"if True:\nreturn"),
    ("a.py", b"#" * (2 << 20)),
]


@pytest.mark.parametrize(("path", "data"), HOSTILE)
def test_hostile_or_broken_code_fails_with_evidence(judge, path, data):
    start = {"a.json": JSON, "a.ini": INI, "a.toml": TOML, "a.xml": XML, "a.py": PY}[path].encode()
    check = "python_unchanged_except" if path.endswith(".py") else "unchanged_except"
    assert not holds(judge(f"source.{check}", {"path": path}, {path: data}, {path: start}))


def test_nothing_of_the_code_is_executed(judge, tmp_path):
    mark = tmp_path / "mark"
    data = f"open({str(mark)!r}, 'w').close()\n".encode()
    judge("source.python_unchanged_except", {"path": "a.py"}, {"a.py": data})
    assert not mark.exists()


def test_a_missing_file_fails_and_a_missing_start_is_an_error_of_the_task(judge):
    assert not holds(judge("source.brackets_match", {"path": "a.py"}))
    with pytest.raises(TaskError):
        judge("source.unchanged_except", {"path": "a.json"}, {"a.json": JSON.encode()}, {})
