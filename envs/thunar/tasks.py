"""Tasks of Thunar: letters, records and pictures that clerks, archivists and photographers sort.

Folders are shown as lists, whose rows are widgets; each task's files lie in a folder of Documents
of their own. Every document says something else, for a document is told by its bytes.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import io
import random
from collections.abc import Iterable, Mapping
from typing import TypeAlias
from urllib.parse import quote

from PIL import Image, ImageDraw, PngImagePlugin

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


@template(skills=("drag", "folders"), occupation="43-0000")
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
            route("thrown away", *begin, *_pick(*mine), Press("delete")),
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

    def rename(name: str, typed: str) -> Steps:
        return (*_pick(name), Press("f2"), Press("ctrl+a"), Type(f"{typed}\n"), Await(_row(typed)))

    by_menu = (*_pick(old), *menu("Edit", "Rename"), Press("ctrl+a"), Type(new), Press("enter"))
    copied = (*_pick(old), *menu("Edit", "Duplicate"))
    return Draft(
        instruction=(f"In {folder}, rename {old} to “{new}”. The other scans keep their names."),
        documents=_documents(rng, (f"{folder}/{name}" for name in names)),
        checks=(
            goal("tree.moved", path=f"{folder}/{old}", to_path=f"{folder}/{new}"),
            guard("tree.unchanged_except", paths=[f"{folder}/{old}", f"{folder}/{new}"]),
        ),
        solution=(*begin, *rename(old, new)),
        near_misses=(
            route("another scan", *begin, *rename(wrong, new)),
            route("the suffix twice", *begin, *rename(old, f"{new}.txt")),
            route("without the suffix", *begin, *rename(old, stem)),
            route(
                "typed and cancelled", *begin, *_pick(old), Press("f2"), Type(stem), Press("escape")
            ),
            route("only duplicated", *begin, *copied),
        ),
        variations=(
            route("by the menu", *begin, *by_menu, Await(_row(new))),
            route("in two goes", *begin, *rename(old, "x.txt"), *rename("x.txt", new)),
        ),
    )


_TOPICS = (
    *("agenda", "budget", "inventory", "minutes", "roster", "survey", "address list", "rules"),
    *("Protokoll", "Inventur", "rapport", "planning", "informe", "lista obecności", "verbale"),
)


@template(skills=("shortcut", "selection"), occupation="43-0000")
def discard_copies(rng: random.Random) -> Draft:
    """A clerk throws superfluous copies away; names that look alike are of other documents."""
    folder = (
        f"Documents/tidy-{rng.choice(['board', 'staff', 'library', 'club'])}-{rng.randint(1, 90)}"
    )
    topics = rng.sample(_TOPICS, 6)
    year = rng.randint(2019, 2025)
    originals = [f"{topic} {year}.txt" for topic in topics]
    copies = [f"{topic} {year} (copy).txt" for topic in rng.sample(topics, 3)]
    alike = [
        f"copy {rng.choice(['shop', 'machine', 'paper'])} contract.txt",
        f"{topics[0]} (final).txt",
    ]
    names = [*originals, *copies, *alike]
    begin = _start(folder, copies[0])
    one_by_one: Steps = ()
    for name in copies:
        one_by_one += (*_pick(name), Press("delete"))
    return Draft(
        instruction=(
            f"Some documents in {folder} are there a second time, with “(copy)” behind the name. "
            "Move these copies to the trash, and nothing else."
        ),
        documents=_documents(rng, (f"{folder}/{name}" for name in names)),
        checks=(
            *(goal("tree.trashed", path=f"{folder}/{name}") for name in copies),
            guard("tree.unchanged_except", paths=[f"{folder}/{name}" for name in copies]),
        ),
        solution=(*begin, *_pick(*copies), Press("delete")),
        near_misses=(
            route("one left", *begin, *_pick(*copies[1:]), Press("delete")),
            route("the originals", *begin, *_pick(*originals[:3]), Press("delete")),
            route("what looks alike too", *begin, *_pick(*copies, alike[0]), Press("delete")),
            route("for good", *begin, *_pick(*copies), Press("shift+delete"), on("Delete")),
        ),
        variations=(
            route("one by one", *begin, *one_by_one),
            route("by the menu", *begin, *_pick(*copies), *menu("Edit", "Move to Trash")),
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
    folders: Steps = ()
    for part in parts:
        folders += _make_folder(part)
    by_menu: Steps = ()
    for part in reversed(parts):
        create = menu("File", "Create Folder")
        by_menu += (*create, Press("ctrl+a"), Type(f"{part}\n"), Await(_row(part)))
    beside: Steps = ()
    for part in parts:
        beside += _make_folder(part)
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
            route("beside the case", *made, *beside),
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


@template(skills=("drag", "toolbar"), occupation="43-0000")
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

    by_menu = (*_enter(wanted), *menu("Bookmarks", "Add Bookmark"))
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
            route("by the menu", *begin, *by_menu),
            route("by the keyboard", *begin, *_enter(wanted), Press("ctrl+d")),
        ),
    )


_PICTURE_PX, _THUMBNAIL_PX = (384, 288), (128, 96)
_SKY = ((150, 195, 235), (205, 225, 240), (240, 205, 170), (120, 150, 190))
_GROUND = ((90, 140, 70), (200, 180, 120), (60, 110, 150), (140, 120, 100))
_PAINT = ((190, 40, 40), (40, 70, 160), (230, 170, 30), (110, 50, 120), (240, 240, 235))
_Point: TypeAlias = tuple[float, float]

# What a picture can show: outlines in a square of 1, each with the place of its paint.
_MOTIFS: dict[str, tuple[tuple[int, tuple[_Point, ...]], ...]] = {
    "sailing boat": (
        (0, ((0.1, 0.75), (0.9, 0.75), (0.75, 0.95), (0.25, 0.95))),
        (1, ((0.5, 0.05), (0.5, 0.7), (0.95, 0.7))),
        (1, ((0.46, 0.2), (0.46, 0.7), (0.15, 0.7))),
    ),
    "house": (
        (0, ((0.2, 0.45), (0.8, 0.45), (0.8, 0.95), (0.2, 0.95))),
        (1, ((0.1, 0.45), (0.5, 0.1), (0.9, 0.45))),
        (1, ((0.43, 0.65), (0.57, 0.65), (0.57, 0.95), (0.43, 0.95))),
    ),
    "fir tree": (
        (0, ((0.45, 0.75), (0.55, 0.75), (0.55, 0.95), (0.45, 0.95))),
        (1, ((0.5, 0.05), (0.75, 0.42), (0.25, 0.42))),
        (1, ((0.5, 0.3), (0.88, 0.78), (0.12, 0.78))),
    ),
    "bridge": (
        (0, ((0.0, 0.5), (1.0, 0.5), (1.0, 0.6), (0.0, 0.6))),
        (1, ((0.15, 0.2), (0.22, 0.2), (0.22, 0.95), (0.15, 0.95))),
        (1, ((0.78, 0.2), (0.85, 0.2), (0.85, 0.95), (0.78, 0.95))),
        (1, ((0.0, 0.5), (0.18, 0.2), (0.5, 0.45), (0.82, 0.2), (1.0, 0.5))),
    ),
}


def _picture(rng: random.Random, motif: str) -> Image.Image:
    """A plain landscape with one motif, of other colours and at another place each time."""
    width, height = _PICTURE_PX
    image = Image.new("RGB", _PICTURE_PX, rng.choice(_SKY))
    draw = ImageDraw.Draw(image)
    horizon = height * rng.uniform(0.55, 0.75)
    draw.rectangle((0, horizon, width, height), fill=rng.choice(_GROUND))
    paints = rng.sample(_PAINT, 2)
    size = height * rng.uniform(0.7, 0.9)
    left, top = rng.uniform(0, width - size), (height - size) * rng.uniform(0.4, 1.0)
    for paint, outline in _MOTIFS[motif]:
        points = [(left + size * x, top + size * y) for x, y in outline]
        draw.polygon(points, fill=paints[paint], outline=(40, 40, 40))
    return image


def _as_document(path: str, image: Image.Image, **words: str) -> Document:
    info = PngImagePlugin.PngInfo()
    for key, word in words.items():
        info.add_text(key.replace("_", "::"), word)
    buffer = io.BytesIO()
    image.save(buffer, "PNG", pnginfo=info)
    return Document(path, "file", base64.b64encode(buffer.getvalue()).decode())


def _pictures(rng: random.Random, motifs: Mapping[str, str]) -> tuple[Document, ...]:
    """Pictures with their previews, which no program makes here.

    Args:
        rng: source of chance.
        motifs: what each shows, by path.
    """
    made: list[Document] = []
    for path, motif in motifs.items():
        image = _picture(rng, motif)
        made.append(_as_document(path, image, Comment=str(rng.random())))
        uri = f"file:///home/user/{quote(path)}"
        name = hashlib.md5(uri.encode(), usedforsecurity=False).hexdigest()
        small = image.resize(_THUMBNAIL_PX)
        preview = f".cache/thumbnails/normal/{name}.png"
        made.append(_as_document(preview, small, Thumb_URI=uri, Thumb_MTime="0"))
    return tuple(made)


_TRIPS = ("Ålesund", "Málaga", "Győr", "Plzeň", "Coimbra", "Cork", "İzmir", "Łódź", "Bologna")


def _album(rng: random.Random, folder: str, count: int) -> tuple[dict[str, str], str, str]:
    """Motifs of pictures by path, and two motifs: one of two or three pictures, one of others."""
    wanted, other = rng.sample(list(_MOTIFS), 2)
    rest = [motif for motif in _MOTIFS if motif != wanted]
    many = rng.randint(2, 3)
    motifs = [wanted] * many + [other] + [rng.choice(rest) for _ in range(count - many - 1)]
    rng.shuffle(motifs)
    first = rng.randint(1000, 8000)
    numbers = sorted(rng.sample(range(first, first + 60), count))
    paths = [f"{folder}/IMG_{number}.png" for number in numbers]
    return dict(zip(paths, motifs, strict=True)), wanted, other


@template(skills=("pixels", "drag"), occupation="27-0000")
def sort_pictures(rng: random.Random) -> Draft:
    """A photographer puts the pictures of one motif into a folder; only looking tells which."""
    folder = f"Documents/album-{rng.choice(_TRIPS)}-{rng.randint(1, 99)}"
    motifs, wanted, other = _album(rng, folder, 7)
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
        documents=(*_pictures(rng, motifs), *_documents(rng, (note,))),
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
    folder = f"Documents/cover-{rng.choice(_TRIPS)}-{rng.randint(1, 99)}"
    motifs, other, _ = _album(rng, folder, 6)
    wanted = rng.choice([motif for motif in _MOTIFS if motif != other])
    rest = [motif for motif in _MOTIFS if motif != wanted]
    motifs = {
        path: motif if motif != wanted else rng.choice(rest) for path, motif in motifs.items()
    }
    chosen, wrong = rng.sample(list(motifs), 2)
    motifs[chosen] = wanted
    new = f"cover {rng.choice(_TRIPS)} {rng.randint(2015, 2025)}.png"
    old, mistaken = (path.rpartition("/")[2] for path in (chosen, wrong))
    begin = _start(folder, old)

    def rename(name: str, typed: str) -> Steps:
        return (*_pick(name), Press("f2"), Press("ctrl+a"), Type(f"{typed}\n"), Await(_row(typed)))

    by_menu = (*_pick(old), *menu("Edit", "Rename"), Press("ctrl+a"), Type(f"{new}\n"))
    copied = (*_pick(old), *menu("Edit", "Duplicate"))
    return Draft(
        instruction=(
            f"One of the pictures in {folder} shows a {wanted}. Rename that one to “{new}”; the "
            "others keep their names."
        ),
        documents=_pictures(rng, motifs),
        checks=(
            goal("tree.moved", path=chosen, to_path=f"{folder}/{new}"),
            guard("tree.unchanged_except", paths=[chosen, f"{folder}/{new}"]),
        ),
        solution=(*begin, *rename(old, new)),
        near_misses=(
            route("another picture", *begin, *rename(mistaken, new)),
            route("the suffix lost", *begin, *rename(old, new.removesuffix(".png"))),
            route("a copy of it", *begin, *copied),
            route("both", *begin, *rename(old, new), *rename(mistaken, f"2 {new}")),
        ),
        variations=(
            route("by the menu", *begin, *by_menu, Await(_row(new))),
            route("in two goes", *begin, *rename(old, "x.png"), *rename("x.png", new)),
        ),
    )
