"""The accessibility client against real applications, and against a bus that misbehaves."""

import contextlib
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from jeepney import DBusAddress, HeaderFields, Parser, new_method_return, new_signal

from gym_anything.desktop.accessibility import Accessibility
from gym_anything.desktop.atspi_bus import Bus, Call, Reply
from gym_anything.desktop.atspi_replies import Item, read_extents, read_items, read_refs
from gym_anything.desktop.atspi_words import ROLES, STATES
from gym_anything.desktop.connection import Connection
from gym_anything.desktop.pointer import Pointer
from gym_anything.desktop.widget_place import assemble, flatten
from gym_anything.desktop.widget_tree import Tree, overlap, parse_cell
from gym_anything.errors import MachineError
from gym_anything.machine.base import MachineSpec
from gym_anything.machine.local import LocalMachine
from gym_anything.records import Node
from gym_anything.task import Target

SHOWING = frozenset({"showing"})


class Screen:
    """A machine with a client of its bus and a pointer."""

    def __init__(self, machine: LocalMachine, accessibility: Accessibility) -> None:
        self.machine = machine
        self.accessibility = accessibility
        self._started = 0
        self._connection = Connection(machine.run / "x11" / "X0")
        self._pointer = Pointer(self._connection, self._connection.sync)

    def close(self) -> None:
        self._connection.close()

    def click(self, target: Target) -> None:
        x, y, width, height = self.wait_for(target)
        self._pointer.click((x + width // 2, y + height // 2))

    def wait_for(self, target: Target) -> tuple[int, int, int, int]:
        found = wait_until(lambda: self.accessibility.locate(target), f"{target} never showed")
        assert found is not None
        return found

    def start(self, *argv: str) -> str:
        """Start a program; returns its process id inside the machine."""
        self._started += 1
        pid_file = self.machine.home / f"pid-{self._started}"
        script = f'echo $$ > {pid_file.name}; exec "$@"'
        self.machine.spawn(["/bin/sh", "-c", script, "sh", *argv])
        wait_until(lambda: pid_file.exists() and pid_file.read_text(), f"{argv[0]} never started")
        return pid_file.read_text().strip()

    def signal(self, name: str, pid: str) -> None:
        handle = self.machine.spawn(["/bin/sh", "-c", f"kill -{name} {pid}"])
        wait_until(lambda: self.machine.exit_code(handle) == 0, "the signal was not sent")


def wait_until(condition: Callable[[], object], why: str, timeout_sec: float = 60.0) -> object:
    deadline = time.monotonic() + timeout_sec
    while not (result := condition()):
        assert time.monotonic() < deadline, why
    return result


@pytest.fixture
def screen() -> Iterator[Screen]:
    with (
        LocalMachine(MachineSpec()) as machine,
        Accessibility(machine.run / "bus") as accessibility,
    ):
        opened = Screen(machine, accessibility)
        yield opened
        opened.close()


# Real applications --------------------------------------------------------------------------------


def test_clicking_the_extents_of_buttons_reaches_those_buttons(screen: Screen) -> None:
    screen.start("galculator")
    for digit in "729":
        screen.click(Target(role="toggle button", name=digit))

    def display() -> bool:
        tree = screen.accessibility.tree(text=True)
        return any(node.role == "text" and node.text == "729" for node in tree.nodes)

    wait_until(display, "the display never read 729")


def test_a_menu_item_is_found_only_while_its_menu_is_open(screen: Screen) -> None:
    screen.start("galculator")
    item = Target(role="radio menu item", name="Basic Mode")

    def listed() -> bool:
        tree = screen.accessibility.tree()
        assert tree.find(item) == []
        return any(node.name == "Basic Mode" for node in tree.nodes)

    wait_until(listed, "the closed menu is not in the tree")
    screen.click(Target(role="menu", name="View"))
    screen.wait_for(item)


def test_a_field_takes_the_name_of_its_label_and_a_dialog_is_a_window(screen: Screen) -> None:
    (screen.machine.home / "note.txt").write_text("first line\nsecond line\n")
    screen.start("mousepad", "note.txt")
    screen.click(Target(role="menu", name="Search"))
    screen.click(Target(role="menu item", name="Find and Replace…"))
    screen.wait_for(Target(role="text", name="Search for:", window="Find and Replace"))
    tree = screen.accessibility.tree()
    assert tree.focused == tree.pick(Target(role="text", name="Search for:"))
    assert tree.find(Target(role="text", name="Search for:", window="note.txt")) == []
    page = tree.pick(Target(role="text", window="note.txt"))
    assert page is not None
    assert screen.accessibility.text(tree, page) == "first line\nsecond line\n"


def test_open_menus_list_their_items_from_top_to_bottom(screen: Screen) -> None:
    screen.start("mousepad")
    screen.click(Target(role="menu", name="File"))
    screen.wait_for(Target(role="menu item", name="Quit"))
    tree = screen.accessibility.tree()
    tops = [tree.nodes[index].extents for index in tree.find(Target(role="menu item"))]
    assert tops == sorted(tops, key=lambda extents: extents[1] if extents else 0)
    assert len(tops) > 8


def test_files_of_a_file_chooser_are_found(screen: Screen) -> None:
    (screen.machine.home / "note.txt").write_text("x")
    screen.start("mousepad")
    screen.click(Target(role="menu", name="File"))
    screen.click(Target(role="menu item", name="Open"))
    screen.wait_for(Target(role="table cell", name="note.txt"))


def test_a_stopped_application_costs_the_deadline_and_is_reported(screen: Screen) -> None:
    screen.start("mousepad")
    calculator = screen.start("galculator")
    screen.wait_for(Target(name="7"))
    screen.wait_for(Target(name="File", window="Mousepad"))
    tree = screen.accessibility.tree()
    bus_name = tree.refs[[node.app for node in tree.nodes].index("galculator")][0]
    screen.signal("STOP", calculator)
    for _ in range(2):
        began = time.monotonic()
        tree = screen.accessibility.tree(deadline_sec=1.0)
        assert time.monotonic() - began < 1.2
        assert tree.missing == (bus_name,)
        assert tree.find(Target(name="File", window="Mousepad"))
    screen.signal("CONT", calculator)
    wait_until(lambda: not screen.accessibility.tree().missing, "it never came back")
    assert screen.accessibility.tree().find(Target(name="7"))


def test_stopped_applications_do_not_use_up_the_bus(screen: Screen) -> None:
    stopped = [screen.start("galculator"), screen.start("mousepad")]
    screen.wait_for(Target(name="7"))
    screen.wait_for(Target(name="File", window="Mousepad"))
    tree = screen.accessibility.tree()
    for pid in stopped:
        screen.signal("STOP", pid)
    frames = [index for index, node in enumerate(tree.nodes) if node.role == "frame"]
    for index in frames * 60:  # together more calls than one client may wait for
        with pytest.raises(MachineError, match="did not answer"):
            screen.accessibility.text(tree, index, deadline_sec=0.002)
    screen.start("galculator")
    screen.wait_for(Target(name="7"))


def test_asking_a_stopped_application_for_text_raises_after_the_deadline(screen: Screen) -> None:
    calculator = screen.start("galculator")
    screen.wait_for(Target(name="7"))
    tree = screen.accessibility.tree()
    screen.signal("STOP", calculator)
    began = time.monotonic()
    with pytest.raises(MachineError, match="did not answer"):
        screen.accessibility.text(tree, 1, deadline_sec=0.2)
    assert time.monotonic() - began < 0.4


def test_an_application_that_ends_leaves_the_tree(screen: Screen) -> None:
    calculator = screen.start("galculator")
    screen.wait_for(Target(name="7"))
    screen.signal("KILL", calculator)
    wait_until(lambda: not screen.accessibility.tree().nodes, "it is still in the tree")


def test_a_closed_machine_is_a_machine_error(screen: Screen) -> None:
    screen.start("galculator")
    screen.wait_for(Target(name="7"))
    screen.machine.close()
    with pytest.raises(MachineError):
        screen.accessibility.tree()


@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice Calc")
def test_a_cell_of_a_spreadsheet_is_clicked_by_its_address(screen: Screen) -> None:
    sheet = screen.machine.home / "sales.fods"
    sheet.write_text(SHEET)
    sheet.chmod(0o666)
    screen.start("soffice", "--norestore", "--nologo", "--calc", "sales.fods")
    screen.wait_for(Target(role="table"))
    screen.click(Target(cell="B9"))
    accessibility = screen.accessibility

    def address() -> bool:
        return any(node.text == "B9" for node in accessibility.tree(text=True).nodes)

    wait_until(address, "the name box never read B9")
    tree = accessibility.tree()
    assert accessibility.cell_text(tree, "A1") == "apples"
    assert accessibility.cell_extents(tree, "B2000") is None
    screen.click(Target(role="toggle button", name="Bold"))
    wait_until(
        lambda: any(
            node.name == "Bold" and "checked" in node.states for node in accessibility.tree().nodes
        ),
        "the tool bar button was missed",
    )


@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice Calc")
def test_libreoffice_is_never_asked_for_its_cache(
    screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its cache lists widgets that are freed once a dialog closes: the call can abort it."""
    asked: set[tuple[str, str]] = set()
    send = Bus.call_many

    def call_many(bus: Bus, calls: Iterable[Call], deadline: float) -> list[Reply]:
        batch = list(calls)
        asked.update((call.destination, call.member) for call in batch)
        return send(bus, batch, deadline)

    monkeypatch.setattr(Bus, "call_many", call_many)
    (screen.machine.home / "fruit.csv").write_text("apples,3\npears,4\n")
    screen.start("galculator")
    screen.wait_for(Target(name="7"))
    handle = screen.machine.spawn(["soffice", "--norestore", "--nologo", "--calc", "fruit.csv"])
    screen.click(Target(role="push button", name="OK", window="Text Import"))
    screen.wait_for(Target(cell="A2"))
    assert screen.machine.exit_code(handle) is None
    tree = screen.accessibility.tree()
    askers = {node.app: ref[0] for ref, node in zip(tree.refs, tree.nodes, strict=True)}
    assert (askers["galculator"], "GetItems") in asked
    assert (askers["soffice"], "GetItems") not in asked


SHEET = """<?xml version="1.0"?>
<office:document office:version="1.3"
 office:mimetype="application/vnd.oasis.opendocument.spreadsheet"
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>
<table:table table:name="Sales"><table:table-row><table:table-cell office:value-type="string">
<text:p>apples</text:p></table:table-cell></table:table-row></table:table>
</office:spreadsheet></office:body></office:document>"""


# A bus that misbehaves ----------------------------------------------------------------------------


@contextlib.contextmanager
def bus_that(path: Path, sends: bytes) -> Iterator[None]:
    """A server that answers the first bytes it gets with `sends`, then keeps silent."""
    stop = threading.Event()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()

        def serve() -> None:
            client, _ = server.accept()
            with client:
                client.recv(4096)
                client.sendall(sends)
                stop.wait(10)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()


@pytest.mark.parametrize(
    "sends",
    [b"", b"REJECTED EXTERNAL\r\n", b"OK 1\r\n", b"OK 1\r\n" + b"\xff" * 64, b"x" * 5000],
    ids=["silence", "refusal", "silence after the handshake", "garbage", "no end of line"],
)
def test_a_misbehaving_bus_is_a_machine_error_in_time(tmp_path: Path, sends: bytes) -> None:
    with bus_that(tmp_path / "bus", sends):
        began = time.monotonic()
        with pytest.raises(MachineError):
            Accessibility(tmp_path / "bus").start(deadline_sec=0.3)
        assert time.monotonic() - began < 0.6


def test_a_name_that_appears_with_the_answer_that_it_is_missing_is_noticed(
    tmp_path: Path,
) -> None:
    def serve(server: socket.socket) -> None:
        client, _ = server.accept()
        with client:
            client.recv(4096)
            client.sendall(b"OK 1\r\n")
            parser, owned = Parser(), False
            assert client.recv(7) == b"BEGIN\r\n"
            while data := client.recv(4096):
                parser.add_data(data)
                while (message := parser.get_next_message()) is not None:
                    asks = message.header.fields[HeaderFields.member] == "NameHasOwner"
                    body = ("b", (owned,)) if asks else (None, ())
                    answer = new_method_return(message, *body).serialise(serial=1)
                    if asks and not owned:
                        signal = DBusAddress("/org/freedesktop/DBus", interface="a.b")
                        answer += new_signal(signal, "NameOwnerChanged").serialise(serial=2)
                        owned = True
                    client.sendall(answer)

    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "bus"))
        server.listen()
        thread = threading.Thread(target=serve, args=(server,))
        thread.start()
        deadline = time.monotonic() + 1
        with Bus(tmp_path / "bus", deadline) as bus:
            assert bus.wait_for_name("org.example", deadline)
        thread.join()


def test_a_message_of_absurd_size_is_refused(tmp_path: Path) -> None:
    header = b"l\x02\x00\x01" + (0x7FFFFFFF).to_bytes(4, "little") + b"\1\0\0\0" + b"\0" * 4
    with (
        bus_that(tmp_path / "bus", b"OK 1\r\n" + header),
        pytest.raises(MachineError, match="announced a message"),
    ):
        Bus(tmp_path / "bus", time.monotonic() + 2)


def test_a_link_in_place_of_the_socket_is_not_followed(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "real"))
        server.listen()
        (tmp_path / "bus").symlink_to(tmp_path / "real")
        with pytest.raises(MachineError, match="no bus daemon"):
            Bus(tmp_path / "bus", time.monotonic() + 0.2)
        with pytest.raises(MachineError, match="handshake"):
            Bus(tmp_path / "real", time.monotonic() + 0.2)


def test_a_missing_socket_is_a_machine_error(tmp_path: Path) -> None:
    with pytest.raises(MachineError, match="no bus daemon"):
        Accessibility(tmp_path / "bus").start()


def test_reading_before_start_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(MachineError, match="call start"):
        Accessibility(tmp_path / "bus").tree()


def test_values_of_the_wrong_type_read_as_nothing() -> None:
    assert read_items((["nonsense", (1, 2, 3), ()],)) == []
    assert read_refs((7,)) == []
    assert read_extents(Reply((("a", "b", "c", "d"),))) is None
    assert read_extents(Reply(((-(2**31), -(2**31), 1, 1),))) is None
    assert read_extents(Reply(((0, 19, 0, 0),))) is None
    assert read_extents(Reply(((4, 5, 6, 7),))) == (4, 5, 6, 7)


def test_both_layouts_of_the_cache_are_read() -> None:
    ref, root, kids = (":1.1", "/a"), (":1.1", "/root"), [(":1.1", "/b"), (":1.1", "/c")]
    tail = (["org.a11y.atspi.Text"], " Open ", 43, "", [1 << 25, 0])
    (new,) = read_items(([(ref, root, root, 3, 2, *tail)],))
    (old,) = read_items(([(ref, root, root, kids, *tail)],))
    assert (new.position, old.position) == (3, -1)
    for item in (new, old):
        assert (item.name, item.role, item.child_count) == ("Open", "push button", 2)
        assert item.showing and item.has_interface("org.a11y.atspi.Text")


def test_the_words_stand_at_their_numbers() -> None:
    assert (ROLES[11], ROLES[43], ROLES[129]) == ("combo box", "push button", "push button menu")
    assert (STATES[25], STATES[31], STATES[43]) == ("showing", "manages descendants", "read only")


# Where widgets are --------------------------------------------------------------------------------


def place(*rows: tuple[str, int, tuple[int, int, int, int] | None]) -> Tree:
    """A tree of (role, index of the parent, reported extents)."""
    refs = [(":1.1", f"/{number}") for number in range(len(rows))]
    items, children = {}, {}
    for ref, (role, parent, _) in zip(refs, rows, strict=True):
        above = refs[max(parent, 0)]
        items[ref] = Item(ref, above, -1, -1, None, "", role, 1 << STATES.index("showing"))
        if parent >= 0:
            children.setdefault(above, []).append(ref)
    reported = {ref: row[2] for ref, row in zip(refs, rows, strict=True)}
    return assemble(flatten(refs[:1], items, children), items, reported, {}, ())


def test_a_canvas_that_forgets_the_menu_bar_is_moved_to_its_host() -> None:
    tree = place(
        ("frame", -1, (0, 0, 1280, 720)),
        ("panel", 0, (0, 44, 1280, 676)),
        ("root pane", 1, (0, 19, 1280, 676)),
        ("panel", 2, (4, 60, 207, 34)),
        ("panel", 3, (4, 85, 207, 34)),  # native again
        ("text", 4, (4, 85, 171, 34)),
        ("push button", 2, (328, 60, 33, 35)),
    )
    where = [node.extents for node in tree.nodes]
    assert where[2:] == [
        *((0, 44, 1280, 676), (4, 85, 207, 34), (4, 85, 207, 34), (4, 85, 171, 34)),
        (328, 85, 33, 35),
    ]
    assert tree.shifts == ((0, 0), (0, 0), (0, 25), (0, 25), (0, 0), (0, 0), (0, 25))


def test_what_is_scrolled_out_of_a_pane_has_no_extents() -> None:
    tree = place(
        ("frame", -1, (0, 0, 300, 300)),
        ("scroll pane", 0, (0, 0, 100, 100)),
        ("table cell", 1, (0, 90, 100, 20)),
        ("table cell", 1, (0, 110, 100, 20)),
        ("combo box", 1, (0, 0, 100, 20)),
        ("menu", 4, (0, 0, 150, 250)),
        ("menu item", 5, (0, 150, 150, 20)),
    )
    where = [node.extents for node in tree.nodes]
    assert where[2:4] == [(0, 90, 100, 10), None]
    assert where[5:] == [(0, 0, 150, 250), (0, 150, 150, 20)]  # a popup is not cut


def test_items_of_a_menu_bar_without_height_are_not_there() -> None:
    tree = place(
        ("root pane", -1, (0, 0, 99, 99)),
        ("menu bar", 0, None),
        ("menu", 1, (0, 0, 35, 19)),
    )
    assert tree.nodes[2].extents is None


def test_a_circle_of_parents_ends() -> None:
    a, b = (":1.1", "/a"), (":1.1", "/b")
    items = {ref: Item(ref, b, 0, 1, None, "", "panel", 0) for ref in (a, b)}
    assert [entry[0] for entry in flatten([a], items, {a: [b], b: [a]})] == [a, b]


# How a target is found ----------------------------------------------------------------------------


def tree_of(*nodes: Node) -> Tree:
    refs = tuple((":1.1", f"/{number}") for number in range(len(nodes)))
    return Tree(nodes, refs, tuple((0, 0) for _ in nodes))


def two_windows() -> Tree:
    return tree_of(
        Node("application", "app", frozenset(), -1),
        Node("frame", "notes.txt - Editor", SHOWING, 0, (0, 0, 100, 100)),
        Node("push button", "Save As...", SHOWING, 1, (0, 0, 10, 10)),
        Node("menu item", "Save As…", frozenset(), 1, None),
        Node("dialog", "Save As", SHOWING | {"active"}, 0, (50, 50, 40, 40)),
        Node("push button", "Save As…", SHOWING | {"focused"}, 4, (60, 60, 10, 10)),
    )


def test_an_ellipsis_is_ignored_and_what_is_off_screen_never_matches() -> None:
    tree = two_windows()
    for name in ("Save As", "Save As…", "Save As..."):
        assert tree.find(Target(name=name)) == [2, 4, 5]
    assert tree.find(Target(role="menu item")) == []
    assert tree.find(Target(name="save as")) == []


def test_a_window_narrows_the_search_and_nth_picks() -> None:
    tree = two_windows()
    assert tree.pick(Target(role="push button", nth=1)) == 5
    assert tree.pick(Target(role="push button", nth=2)) is None
    assert tree.pick(Target(role="push button", nth=-1)) is None
    assert tree.find(Target(role="push button", window="notes")) == [2]
    assert tree.find(Target(window="Save As")) == [4, 5]


def test_the_focus_is_that_of_the_active_window() -> None:
    assert two_windows().focused == 5


def test_cells_are_counted_from_zero() -> None:
    assert parse_cell("B9") == (8, 1)
    assert parse_cell("$aa$10") == (9, 26)
    for wrong in ("", "9", "B", "B0", "B9:C10", "ABCDE1"):
        with pytest.raises(ValueError, match="like 'B9'"):
            parse_cell(wrong)


def test_rectangles_that_only_touch_do_not_overlap() -> None:
    assert overlap((0, 0, 10, 10), (10, 0, 10, 10)) is None
    assert overlap((0, 0, 10, 10), (5, 5, 10, 10)) == (5, 5, 5, 5)


def test_calls_are_written_as_jeepney_writes_them() -> None:
    from gym_anything.desktop.atspi_bus import _as_bytes

    call = Call(":1.7", "/a/b", "org.example.Face", "GetText", "ius", (1, 2, "é"))
    parser = Parser()
    parser.add_data(_as_bytes(call, 9) + _as_bytes(Call("a.b", "/", "a.b", "Ping"), 10))
    first, second = parser.get_next_message(), parser.get_next_message()
    assert (first.body, first.header.serial) == ((1, 2, "é"), 9)
    assert list(first.header.fields.values()) == [
        "/a/b",
        *("org.example.Face", "GetText"),
        ":1.7",
        "ius",
    ]
    assert (second.body, second.header.serial) == ((), 10)


def test_a_widget_of_the_active_frame_comes_before_one_behind_it() -> None:
    def frame(name: str, *states: str) -> Node:
        return Node("frame", name, SHOWING | set(states), 0, (0, 0, 100, 100))

    def button(parent: int) -> Node:
        return Node("push button", "Save", SHOWING, parent, (10, 10, 20, 20))

    app = Node("application", "app", frozenset(), -1)
    nodes = (app, frame("one"), button(1), frame("two", "active"), button(3))
    assert tree_of(*nodes).pick(Target(name="Save")) == 4
    assert tree_of(*nodes).pick(Target(name="Save", nth=1)) == 2
    assert tree_of(*nodes).pick(Target(name="Save", window="one")) == 2
    none_active = (app, frame("one"), button(1), frame("two"), button(3))
    assert tree_of(*none_active).pick(Target(name="Save")) == 2
