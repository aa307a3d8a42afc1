"""Tasks of Thunar: letters, records and pictures that clerks, archivists and photographers sort.

Folders are shown as lists, whose rows are widgets; each task's files lie in a folder of Documents
of their own. Every document says something else, for a document is told by its bytes.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable, Sequence

from gym_anything.documents.album import MOTIFS, TRIPS, album, pictures
from gym_anything.documents.business import address, companies, long_note, people, working_days
from gym_anything.intents import Steps, goal, guard, menu, on, route
from gym_anything.task import Await, Click, Document, Drag, JsonValue, Press, Target, Type
from gym_anything.templates import Draft, template


def _row(name: str) -> Target:
    """The row of a file or folder in the list."""
    return Target(role="table cell", name=name)


def _pick(*names: str) -> Steps:
    """Select rows, the first by a click and the others added to it."""
    return (Click(_row(names[0])), *(Click(_row(name), keys="ctrl") for name in names[1:]))


def _enter(*names: str) -> Steps:
    """Go into a folder of the list, then into one of that."""
    return tuple(Click(_row(name), count=2) for name in names)


def _start(folder: str, *shown: str) -> Steps:
    """Go from home into a folder of it, and wait for some of its rows."""
    return (*_enter(*folder.split("/")), *(Await(_row(name)) for name in shown))


def _drop(names: Iterable[str], folder: str) -> Steps:
    """Drag files onto a folder of the list, one by one."""
    return tuple(Drag(_row(name), _row(folder)) for name in names)


def _rename(name: str, new: str) -> Steps:
    """Give a file another name in the dialog Rename."""
    return (*_pick(name), Press("f2"), Press("ctrl+a"), Type(f"{new}\n"), Await(_row(new)))


def _text(rng: random.Random, title: str) -> str:
    """A short letter or note; the reference number makes it one of a kind."""
    sender = people(rng, 1)[0]
    where = address(rng)
    reference = rng.randrange(10**8, 10**9)
    return (
        f"{sender.name}\n{where.street}\n{where.postcode} {where.city}\n\n{title}\n"
        f"Reference {reference}\n\n{long_note(rng, 2)}\n"
    )


def _documents(rng: random.Random, paths: Iterable[str]) -> tuple[Document, ...]:
    return tuple(
        Document(path, "text", _text(rng, path.rpartition("/")[2].rpartition(".")[0]))
        for path in paths
    )


def _days(rng: random.Random, count: int) -> list[dt.date]:
    return list(working_days(rng, count, dt.date(2023, 1, 9), dt.date(2025, 11, 28)))


_LOOK_ALIKES = (
    *(("Keller", "Kellermann"), ("Brandt", "Brandtner"), ("Lind", "Lindqvist")),
    *(("Hall", "Halloran"), ("Rossi", "Rossini"), ("Novák", "Nováková"), ("Sander", "Sanderson")),
    *(("Martin", "Martinez"), ("Berg", "Bergström"), ("Mori", "Moriyama"), ("Silva", "Silvano")),
    *(
        ("Peters", "Petersen"),
        ("Stein", "Steinmetz"),
        ("Robert", "Roberts"),
        ("Weiß", "Weißenfels"),
    ),
)
_SUBJECTS = (
    *("offer", "reminder", "order", "complaint", "contract", "invoice", "receipt", "inquiry"),
    *("Angebot", "Mahnung", "Rechnung", "devis", "facture", "pedido", "factura", "zamówienie"),
)


@template(skills=("move", "folders"), occupation="43-0000")
def file_letters(rng: random.Random) -> Draft:
    """A clerk files the letters of one client; another client's name begins alike."""
    client, other = rng.choice(_LOOK_ALIKES)
    third = rng.choice(["Okafor", "Tanaka", "Horváth", "García", "Dąbrowski"])
    post = f"Documents/post-{rng.randint(1, 52):02d}"
    days, subjects = _days(rng, 8), rng.sample(_SUBJECTS, 8)
    writers = [client, client, client, other, other, third, client, third]
    letters = [
        f"{day} {writer} {subject}.txt"
        for day, writer, subject in zip(days, writers, subjects, strict=True)
    ]
    mine = [name for name, writer in zip(letters, writers, strict=True) if writer == client]
    theirs = [name for name, writer in zip(letters, writers, strict=True) if writer == other]
    kept = [f"{post}/{each}/{each} address.txt" for each in (client, other, third)]
    places: list[JsonValue] = [f"{post}/{name}" for name in mine]
    places += [f"{post}/{client}/{name}" for name in mine]
    begin = _start(post, client, letters[-1])
    paste = (*_enter(client), Await(_row(f"{client} address.txt")), Press("ctrl+v"))
    pasted = Await(_row(mine[-1]))
    return Draft(
        instruction=(
            f"In {post} lie letters that have come in; the name behind the date says from whom. "
            f"Move all letters from {client} into the folder {client} there. Letters from {other} "
            "and others stay where they are."
        ),
        documents=_documents(rng, (*(f"{post}/{name}" for name in letters), *kept)),
        checks=(
            *(
                goal("tree.moved", path=f"{post}/{name}", to_path=f"{post}/{client}/{name}")
                for name in mine
            ),
            guard("tree.unchanged_except", paths=places),
        ),
        solution=(*begin, *_drop(mine, client)),
        near_misses=(
            route("one letter left", *begin, *_drop(mine[:-1], client)),
            route("into the other folder", *begin, *_drop(mine, other)),
            route("the other client's as well", *begin, *_drop([*mine, *theirs], client)),
            route("copied", *begin, *_pick(*mine), Press("ctrl+c"), *paste, pasted),
            route("deleted", *begin, *_pick(*mine), Press("delete"), on("Delete")),
        ),
        variations=(
            route("cut and pasted", *begin, *_pick(*mine), Press("ctrl+x"), *paste, pasted),
            route("from the last", *begin, *_drop(reversed(mine), client)),
        ),
    )


@template(skills=("dialog", "typing"), occupation="43-0000")
def rename_scan(rng: random.Random) -> Draft:
    """A clerk gives a scan the name that the archive asks for; other scans have similar numbers."""
    first = rng.randint(100, 880)
    numbers = sorted(rng.sample(range(first, first + 40), 9))
    folder = f"Documents/scans-{rng.choice(['Office', 'Branch', 'Depot'])}-{rng.randint(1, 60)}"
    names = [f"scan_{number:04d}.txt" for number in numbers]
    old, wrong = rng.sample(names, 2)
    day, firm = _days(rng, 1)[0], companies(rng, 1)[0].name.replace("/", "-")
    stem = f"{day} {rng.choice(_SUBJECTS)} {firm.rstrip('.')}"
    new = f"{stem}.txt"
    begin = _start(folder, old)

    by_menu = (*_pick(old), *menu("Edit", "Rename"), Press("ctrl+a"), Type(new), Press("enter"))
    copied = (*_pick(old), *menu("Edit", "Duplicate"))
    return Draft(
        instruction=(f"In {folder}, rename {old} to “{new}”. The other scans keep their names."),
        documents=_documents(rng, (f"{folder}/{name}" for name in names)),
        checks=(
            goal("tree.moved", path=f"{folder}/{old}", to_path=f"{folder}/{new}"),
            guard("tree.unchanged_except", paths=[f"{folder}/{old}", f"{folder}/{new}"]),
        ),
        solution=(*begin, *_rename(old, new)),
        near_misses=(
            route("another scan", *begin, *_rename(wrong, new)),
            route("the suffix twice", *begin, *_rename(old, f"{new}.txt")),
            route("without the suffix", *begin, *_rename(old, stem)),
            route(
                "typed and cancelled", *begin, *_pick(old), Press("f2"), Type(stem), Press("escape")
            ),
            route("only duplicated", *begin, *copied),
        ),
        variations=(
            route("by the menu", *begin, *by_menu, Await(_row(new))),
            route("in two goes", *begin, *_rename(old, "x.txt"), *_rename("x.txt", new)),
        ),
    )


_TOPICS = (
    *("agenda", "budget", "inventory", "minutes", "roster", "survey", "address list", "rules"),
    *("Protokoll", "Inventur", "rapport", "planning", "informe", "lista obecności", "verbale"),
)


@template(skills=("selection", "dialog", "shortcut"), occupation="43-0000")
def delete_copies(rng: random.Random) -> Draft:
    """A clerk deletes superfluous copies; names that look alike are of other documents."""
    group = rng.choice(["board", "staff", "library", "club", "parents", "tenants"])
    folder = f"Documents/tidy-{group}-{rng.randint(1, 90)}"
    topics, year = rng.sample(_TOPICS, 6), rng.randint(2019, 2025)
    originals = [f"{topic} {year}.txt" for topic in topics]
    copies = [f"{topic} {year} (copy).txt" for topic in rng.sample(topics, 3)]
    paper = rng.choice(["shop", "machine", "paper"])
    alike = [f"copy {paper} contract.txt", f"{topics[0]} (final).txt"]
    begin = _start(folder, copies[0])
    delete = (Press("delete"), on("Delete"))
    one_by_one: Steps = ()
    for name in copies:
        one_by_one += (*_pick(name), *delete)
    return Draft(
        instruction=(
            f"Some documents in {folder} are there a second time, with “(copy)” behind the name. "
            "Delete these copies, and nothing else."
        ),
        documents=_documents(rng, (f"{folder}/{name}" for name in (*originals, *copies, *alike))),
        checks=(
            *(goal("files.absent", path=f"{folder}/{name}") for name in copies),
            guard("tree.unchanged_except", paths=[f"{folder}/{name}" for name in copies]),
        ),
        solution=(*begin, *_pick(*copies), *delete),
        near_misses=(
            route("one left", *begin, *_pick(*copies[1:]), *delete),
            route("the originals", *begin, *_pick(*originals[:3]), *delete),
            route("what looks alike too", *begin, *_pick(*copies, alike[0]), *delete),
            route("cancelled", *begin, *_pick(*copies), Press("delete"), on("Cancel")),
        ),
        variations=(
            route("one by one", *begin, *one_by_one),
            route("by the menu", *begin, *_pick(*copies), *menu("Edit", "Delete"), on("Delete")),
        ),
    )


_PARTS = (
    *("Letters", "Photos", "Invoices", "Contracts", "Plans", "Minutes", "Estimates", "Permits"),
    *("Briefe", "Pläne", "Factures", "Umowy", "Fotografías", "Ölçümler"),
)


def _make_folder(name: str) -> Steps:
    return (Press("ctrl+shift+n"), Press("ctrl+a"), Type(f"{name}\n"), Await(_row(name)))


@template(skills=("folders", "form"), occupation="43-0000")
def open_case(rng: random.Random) -> Draft:
    """An archivist sets up the folders of a new case like those of the earlier ones."""
    root = f"Documents/cases-{rng.randint(2018, 2025)}"
    first = rng.randint(100, 800)
    parts = rng.sample(_PARTS, 3)
    holders = people(rng, 4)
    cases = [f"{first + at} {person.family}" for at, person in enumerate(holders)]
    new = cases.pop()
    paths = [f"{root}/{case}/{part}/{part} {case}.txt" for case in cases for part in parts]
    begin = _start(root, cases[0])
    made = (*begin, *_make_folder(new))
    inside = (*made, *_enter(new))
    folders = tuple(step for part in parts for step in _make_folder(part))
    by_menu: Steps = ()
    for part in reversed(parts):
        create = menu("File", "Create Folder")
        by_menu += (*create, Press("ctrl+a"), Type(f"{part}\n"), Await(_row(part)))
    return Draft(
        instruction=(
            f"Set up a new case in {root}: a folder “{new}”, and in it the folders "
            f"{parts[0]}, {parts[1]} and {parts[2]}, as the other cases have them, still empty."
        ),
        documents=_documents(rng, paths),
        checks=(
            *(goal("tree.is_folder", path=f"{root}/{new}/{part}", empty=True) for part in parts),
            guard(
                "tree.unchanged_except",
                paths=[f"{root}/{new}/{part}" for part in parts] + [f"{root}/{new}"],
            ),
        ),
        solution=(*inside, *folders),
        near_misses=(
            route("one folder missing", *inside, *_make_folder(parts[0]), *_make_folder(parts[1])),
            route("beside the case", *made, *folders),
            route("only the case", *made),
            route("in another case", *begin, *_enter(cases[0]), *_make_folder(new)),
        ),
        variations=(
            route("by the menu", *inside, *by_menu),
            route(
                "the path typed",
                *made,
                Press("ctrl+l"),
                Type(f"/home/user/{root}/{new}\n"),
                *folders,
            ),
        ),
    )


@template(skills=("sidebar", "toolbar"), occupation="43-0000")
def pin_folder(rng: random.Random) -> Draft:
    """A clerk puts the folder of the current quarter into the side pane, to have it at hand."""
    year = rng.randint(2019, 2026)
    branch = rng.choice(["North", "South", "Köln", "Łódź", "Malmö"])
    root = f"Documents/ledgers-{branch}-{rng.randint(1, 60)}"
    quarters = [f"{year} Q{number}" for number in range(1, 5)]
    folders = [*quarters, f"{year - 1} Q4"]
    wanted, wrong = rng.sample(quarters, 2)
    paths = [f"{root}/{folder}/{name}.txt" for folder in folders for name in ("income", "costs")]
    begin = _start(root, wanted)
    pane = Target(role="table cell", name="Devices", at=(0.5, 0.05))

    def pin(folder: str) -> Steps:
        return (Drag(_row(folder), pane),)

    below_home = Target(role="table cell", name="user", at=(0.5, 0.95))
    return Draft(
        instruction=(
            f"Put the folder “{wanted}” of {root} into the side pane as a bookmark, and no other. "
            "The folders themselves stay as they are."
        ),
        documents=_documents(rng, paths),
        checks=(
            goal("tree.bookmarks", folders=[f"{root}/{wanted}"]),
            guard("tree.unchanged_except"),
        ),
        solution=(*begin, *pin(wanted)),
        near_misses=(
            route("another quarter", *begin, *pin(wrong)),
            route("two quarters", *begin, *pin(wrong), *pin(wanted)),
            route("the folder around it", *begin, Press("ctrl+d")),
            route("only opened", *begin, *_enter(wanted)),
        ),
        variations=(
            route("dropped below home", *begin, Drag(_row(wanted), below_home)),
            route("by the keyboard", *begin, *_enter(wanted), Press("ctrl+d")),
        ),
    )


@template(skills=("pixels", "move"), occupation="27-0000")
def sort_pictures(rng: random.Random) -> Draft:
    """A photographer puts the pictures of one motif into a folder; only looking tells which."""
    folder = f"Documents/album-{rng.choice(TRIPS)}-{rng.randint(1, 99)}"
    motifs, wanted, other = album(rng, folder, 7)
    into = f"{wanted.replace(' ', '_')}s"
    note = f"{folder}/{into}/about.txt"
    names = {path: path.rpartition("/")[2] for path in motifs}
    right = [names[path] for path, motif in motifs.items() if motif == wanted]
    wrong = [names[path] for path, motif in motifs.items() if motif == other]
    places = [f"{folder}/{name}" for name in right] + [f"{folder}/{into}/{name}" for name in right]
    begin = _start(folder, into)
    paste = (*_enter(into), Await(_row("about.txt")), Press("ctrl+v"), Await(_row(right[-1])))
    return Draft(
        instruction=(
            f"Look at the pictures in {folder} and move all that show a {wanted} into the folder "
            f"{into} there. The other pictures stay where they are."
        ),
        documents=(*pictures(rng, motifs), *_documents(rng, (note,))),
        checks=(
            *(
                goal("tree.moved", path=f"{folder}/{name}", to_path=f"{folder}/{into}/{name}")
                for name in right
            ),
            guard("tree.unchanged_except", paths=list[JsonValue](places)),
        ),
        solution=(*begin, *_drop(right, into)),
        near_misses=(
            route("one left", *begin, *_drop(right[1:], into)),
            route("one too many", *begin, *_drop([*right, wrong[0]], into)),
            route("another motif", *begin, *_drop(wrong, into)),
            route("copied", *begin, *_pick(*right), Press("ctrl+c"), *paste),
        ),
        variations=(
            route("cut and pasted", *begin, *_pick(*right), Press("ctrl+x"), *paste),
            route("from the last", *begin, *_drop(reversed(right), into)),
        ),
    )


@template(skills=("pixels", "dialog"), occupation="27-0000", split="test")
def name_picture(rng: random.Random) -> Draft:
    """A photographer names the one picture that shows a motif; only looking tells which."""
    folder = f"Documents/cover-{rng.choice(TRIPS)}-{rng.randint(1, 99)}"
    motifs, other, _ = album(rng, folder, 6)
    wanted = rng.choice([motif for motif in MOTIFS if motif != other])
    rest = [motif for motif in MOTIFS if motif != wanted]
    motifs = {
        path: motif if motif != wanted else rng.choice(rest) for path, motif in motifs.items()
    }
    chosen, wrong = rng.sample(list(motifs), 2)
    motifs[chosen] = wanted
    new = f"cover {rng.choice(TRIPS)} {rng.randint(2015, 2025)}.png"
    old, mistaken = (path.rpartition("/")[2] for path in (chosen, wrong))
    begin = _start(folder, old)

    by_menu = (*_pick(old), *menu("Edit", "Rename"), Press("ctrl+a"), Type(f"{new}\n"))
    copied = (*_pick(old), *menu("Edit", "Duplicate"))
    return Draft(
        instruction=(
            f"One of the pictures in {folder} shows a {wanted}. Rename that one to “{new}”; the "
            "others keep their names."
        ),
        documents=pictures(rng, motifs),
        checks=(
            goal("tree.moved", path=chosen, to_path=f"{folder}/{new}"),
            guard("tree.unchanged_except", paths=[chosen, f"{folder}/{new}"]),
        ),
        solution=(*begin, *_rename(old, new)),
        near_misses=(
            route("another picture", *begin, *_rename(mistaken, new)),
            route("the suffix lost", *begin, *_rename(old, new.removesuffix(".png"))),
            route("a copy of it", *begin, *copied),
            route("both", *begin, *_rename(old, new), *_rename(mistaken, f"2 {new}")),
        ),
        variations=(
            route("by the menu", *begin, *by_menu, Await(_row(new))),
            route("in two goes", *begin, *_rename(old, "x.png"), *_rename("x.png", new)),
        ),
    )


@template(skills=("dialog", "form"), occupation="25-0000", split="validation")
def protect_record(rng: random.Random) -> Draft:
    """An archivist hides a record from everybody else; the other records stay readable."""
    kind = rng.choice(["parish", "guild", "school", "court", "estate", "harbour"])
    root = f"Documents/records-{kind}-{rng.randint(1, 90)}"
    year = rng.randint(1890, 1960)
    names = [f"{topic} {year + at}.txt" for at, topic in enumerate(rng.sample(_TOPICS, 6))]
    record, wrong = rng.sample(names, 2)
    begin = _start(root, record)

    def protect(name: str, *boxes: int) -> Steps:
        """Set access to none in the dialog Properties; the others' box comes before the group's."""
        opened = (*_pick(name), Press("alt+Return"), on("Permissions", "page tab"))
        chosen: Steps = ()
        for nth in boxes:
            chosen += (on("Read only", "combo box", nth=nth), on("None", "menu item"))
        return (*opened, *chosen, on("Close"))

    return Draft(
        instruction=(
            f"In {root}, take every access to {record} away from its group and from all others; "
            "its owner keeps reading and writing it. The other records stay as they are."
        ),
        documents=_documents(rng, (f"{root}/{name}" for name in names)),
        checks=(
            goal("tree.permissions", path=f"{root}/{record}", owner="rw", group="", others=""),
            guard("tree.unchanged_except", paths=[f"{root}/{record}"]),
            guard("files.unchanged", path=f"{root}/{record}"),
        ),
        solution=(*begin, *protect(record, 0, 0)),
        near_misses=(
            route("only the others", *begin, *protect(record, 0)),
            route("only the group", *begin, *protect(record, 1)),
            route("another record", *begin, *protect(wrong, 0, 0)),
            route("only looked at", *begin, *protect(record)),
        ),
        variations=(
            route("the group first", *begin, *protect(record, 1, 0)),
            route("in two goes", *begin, *protect(record, 0), *protect(record, 0)),
        ),
    )


@template(skills=("form", "selection", "dialog"), occupation="27-0000", split="test")
def prefix_pictures(rng: random.Random) -> Draft:
    """A photographer puts place and year in front of the names of pictures, not of the notes."""
    trip, year = rng.choice(TRIPS), rng.randint(2012, 2025)
    folder = f"Documents/batch-{trip}-{rng.randint(1, 99)}"
    motifs, _, _ = album(rng, folder, 5)
    names = [path.rpartition("/")[2] for path in motifs]
    notes = [f"{rng.choice(_TOPICS)} {year}.txt", f"permit {rng.randint(100, 999)}.txt"]
    prefix = f"{trip} {year} "
    places: list[JsonValue] = [f"{folder}/{name}" for name in names]
    places += [f"{folder}/{prefix}{name}" for name in names]
    begin = _start(folder, names[-1])
    field = Click(Target(role="text", name="Text:"))

    def together(chosen: Sequence[str], typed: str) -> Steps:
        return (*_pick(*chosen), Press("f2"), field, Type(typed))

    one_by_one: Steps = ()
    for name in names:
        one_by_one += (*_pick(name), Press("f2"), Press("home"), Type(f"{prefix}\n"))
        one_by_one += (Await(_row(f"{prefix}{name}")),)
    done = (on("Done"), Await(_row(f"{prefix}{names[-1]}")))
    all_but = (Press("ctrl+a"), *(Click(_row(note), keys="ctrl") for note in notes))
    return Draft(
        instruction=(
            f"In {folder}, put “{prefix}” (with the blank at its end) in front of the names of all "
            f"pictures, so that {names[0]} becomes “{prefix}{names[0]}”. The notes stay."
        ),
        documents=(
            *pictures(rng, motifs),
            *_documents(rng, (f"{folder}/{name}" for name in notes)),
        ),
        checks=(
            *(
                goal("tree.moved", path=f"{folder}/{name}", to_path=f"{folder}/{prefix}{name}")
                for name in names
            ),
            guard("tree.unchanged_except", paths=places),
        ),
        solution=(*begin, *together(names, prefix), *done),
        near_misses=(
            route("one left", *begin, *together(names[1:], prefix), *done),
            route("the notes too", *begin, *together([*names, *notes], prefix), *done),
            route("without the blank", *begin, *together(names, prefix.strip()), on("Done")),
            route("cancelled", *begin, *together(names, prefix), on("Cancel")),
        ),
        variations=(
            route("one by one", *begin, *one_by_one),
            route("all but the notes", *begin, *all_but, Press("f2"), field, Type(prefix), *done),
        ),
    )
