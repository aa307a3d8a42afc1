"""Tasks of GIMP: scans cropped and straightened, names covered, pictures made ready for the web.

What a picture shows is no widget, so clicks into it are computed: pictures that fit are shown at
100 % in the middle of the canvas, whose place follows from the window that files/home fixes. The
tab above the canvas is as high as the thumbnail in it, so pictures clicked into are three to two.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from gym_anything.documents.business import companies, people, products
from gym_anything.documents.drawings import (
    MOTIFS,
    SHAPES,
    frame,
    mug,
    photo,
    poster,
    shape,
    till_receipt,
    two_prints,
)
from gym_anything.documents.picture import Box
from gym_anything.intents import Steps, goal, guard, on, route, seen
from gym_anything.task import (
    Await,
    Check,
    Click,
    Document,
    Drag,
    JsonValue,
    Press,
    Target,
    Type,
)
from gym_anything.templates import Draft, template

_CENTRE = (625, 387)  # of the canvas, on screen
_EYES, _ROW_PX = (1070, 187), 31  # eye of the first layer in the list, height of its rows
_ITEMS = {  # GTK 2 does not say where the items of a menu are
    "Overwrite": (60, 341),
    "Save": (40, 225),
    "Clear": (60, 407),
    "Fill with FG Color": (80, 432),
    "Fill with BG Color": (80, 457),
    "Transform": (229, 191),
    "Canvas Size": (241, 215),
    "Scale Image": (241, 316),
    "Crop to Selection": (253, 357),
    "Flatten Image": (240, 498),
    "Delete Layer": (270, 184),
    "Stack": (267, 225),
    "Transparency": (270, 275),
    "Raise Layer": (589, 341),
    "Layer to Top": (589, 392),
    "Layer to Bottom": (589, 417),
    "Add Alpha Channel": (611, 275),
    "Flip Horizontally": (559, 192),
    "Rotate 90° clockwise": (559, 257),
    "Rotate 90° counter-clockwise": (559, 282),
    "Rotate 180°": (559, 307),
}
_CROP, _SELECT, _MOVE, _FUZZY = Press("shift+c"), Press("r"), Press("m"), Press("u")
_ENTER, _SAVE = Press("enter"), Press("ctrl+s")


def _menu(name: str, *items: str) -> Steps:
    """Clicks that open a menu of the menu bar and choose the item named last."""
    return on(name, "menu"), *(Click(_ITEMS[item]) for item in items)


def _on_screen(size: tuple[int, int], x: int, y: int) -> tuple[int, int]:
    """Where a pixel of a picture of this size is on screen."""
    return _CENTRE[0] - size[0] // 2 + x, _CENTRE[1] - size[1] // 2 + y


def _drag(size: tuple[int, int], box: Box) -> Drag:
    """Draw a rectangle around a box of the picture, from the top left."""
    x, y, width, height = box
    return Drag(_on_screen(size, x, y), _on_screen(size, x + width, y + height))


def _drag_back(size: tuple[int, int], box: Box) -> Drag:
    """The same rectangle from the bottom right."""
    there = _drag(size, box)
    return Drag(there.to, there.drag)


def _click(size: tuple[int, int], x: int, y: int, keys: str = "") -> Click:
    return Click(_on_screen(size, x, y), keys=keys)


def _titled(text: str) -> Await:
    """Wait until the window's title has this in it."""
    return Await(Target(role="menu", name="File", window=text))


def _named(path: str) -> tuple[str, str]:
    """File name and stem of a path."""
    name = path.rpartition("/")[2]
    return name, name.rpartition(".")[0]


def _overwrite(path: str) -> Steps:
    """Write the open picture back to its file."""
    return *_menu("File", "Overwrite"), _titled("(overwritten)")


def _export_as(typed: str) -> Steps:
    """Export under a name; the options of the format are as proposed."""
    dialog = (Press("ctrl+shift+e"), seen("Export", "push button", "Export Image"))
    return *dialog, Press("ctrl+a"), Type(f"{typed}\n")


def _export_over(path: str) -> Steps:
    """Export to the file that was opened, over what is there."""
    replace = on("Replace")
    return *_export_as(_named(path)[0]), replace, *_options(path)


def _options(path: str) -> Steps:
    """Accept the options of a format."""
    return on("Export", window="Export Image as"), _titled("(exported)")


def _save_own(path: str) -> Steps:
    """Save in GIMP's own format beside the picture, instead of exporting it."""
    return _SAVE, seen("Save", "push button", "Save Image"), _ENTER, _titled(".xcf")


def _grown(box: Box, by: int) -> Box:
    x, y, width, height = box
    return x - by, y - by, width + 2 * by, height + 2 * by


def _room(box: Box) -> Box:
    """A name with the blank paper around it, which may be covered too."""
    x, y, width, height = box
    return x - 20, y - 6, width + 80, height + 12


def _json(box: Sequence[int]) -> JsonValue:
    return list[JsonValue](box)


def _alone(path: str) -> tuple[Check, ...]:
    """Guards: the file is alone in its folder of Pictures, and home has nothing else."""
    folder, name = path.rsplit("/", 1)
    kept = guard("files.only", path=folder, names=[name])
    inner = guard("files.only", path="Pictures", names=[folder.rpartition("/")[2]])
    return kept, inner, guard("files.only", path=".", names=["Pictures"])


def _edited(
    picture: Document,
    instruction: str,
    checks: Sequence[Check],
    does: Steps,
    wrong: Mapping[str, Steps],
    ways: Mapping[str, Steps],
    exported: bool = False,
) -> Draft:
    """A draft about one picture that is edited and written back to its file.

    The solution, near misses and variations are given up to that. Two more near misses do not
    write it back, or save it in GIMP's own format instead; `exported` asks for one more variation,
    which exports it over the file.
    """
    path = picture.path
    back = _overwrite(path)
    misses = [route(name, *steps, *back) for name, steps in wrong.items()]
    misses += [route("not exported", *does), route("saved as .xcf", *does, *_save_own(path))]
    others = [route(name, *steps, *back) for name, steps in ways.items()]
    others += [route("exported over it", *does, *_export_over(path))] * exported
    return Draft(
        instruction=f"{instruction} Write the result back to {path}.",
        documents=(picture,),
        open=(path,),
        checks=(*checks, *_alone(path)),
        solution=(*does, *back),
        near_misses=tuple(misses),
        variations=tuple(others),
    )


_ALBUMS = ("album", "attic-box", "estate", "grandparents", "holidays", "archive", "drawer")


@template(skills=("canvas", "drag", "pixels", "menu"), occupation="27-0000")
def crop_scan(rng: random.Random) -> Draft:
    """A photographer crops the scan of two prints to one of them."""
    path = f"Pictures/scans/{rng.choice(_ALBUMS)}-{rng.randint(1, 480):03d}.png"
    prints = two_prints(rng)
    size, boxes = prints.size, prints.boxes
    wanted = rng.randrange(2)
    box, other = boxes[wanted], boxes[1 - wanted]
    top = min(box[1], other[1])
    both = (boxes[0][0], top, boxes[1][0] + boxes[1][2] - boxes[0][0], size[1] - top - 24)
    x, y, width, height = box

    def crop(part: Box) -> Steps:
        return _CROP, _drag(size, part), _ENTER

    selected = (_SELECT, _drag(size, box), *_menu("Image", "Crop to Selection"))
    return _edited(
        Document(path, "picture", prints.content),
        f"The scan {path} shows two prints side by side on the bed of the scanner. Crop it to the "
        f"print of the {prints.motifs[wanted]}: nothing of the bed around it, no part of the print "
        "lost.",
        checks=(goal("image.cropped", path=path, box=_json(box), edge=5),),
        does=crop(box),
        wrong={
            "the other print": crop(other),
            "both prints": crop(both),
            "with the bed around it": crop(_grown(box, 14)),
            "its lower part lost": crop((x, y, width, height - 40)),
        },
        ways={
            "cropped to a selection": selected,
            "from the bottom right": (_CROP, _drag_back(size, box), _ENTER),
        },
        exported=True,
    )


_CAMPAIGNS = ("spring", "summer", "autumn", "winter", "opening", "clearance", "members", "jubilee")


@template(skills=("menu", "dialog", "export", "form"), occupation="15-0000")
def banner_for_web(rng: random.Random) -> Draft:
    """A web designer exports a banner at the width of the page's column, in another format."""
    campaign = rng.choice(_CAMPAIGNS)
    path = f"Pictures/web/banner-{campaign}-{rng.randint(2019, 2026)}.jpg"
    width, height = rng.choice(((1200, 600), (1280, 640), (1400, 700), (1440, 810), (1500, 750)))
    column = rng.randrange(480, 900, 20)
    name, stem = _named(path)
    becomes = f"{stem}-{column}.png"
    words = f"{companies(rng, 1)[0].name.split()[0].encode('ascii', 'ignore').decode()} {campaign}"
    draw = photo(rng, rng.choice(MOTIFS), (0, 0, width, height))
    draw.append(["text", [width // 16, height // 6], words.upper(), height // 9, "#ffffff"])
    content: JsonValue = {"size": [width, height], "draw": draw, "background": "#ffffff"}
    high = round(column * height / width)
    dialog = (*_menu("Image", "Scale Image"), seen("Scale", "push button", "Scale Image"))

    def scale(value: int) -> Steps:
        return *dialog, Press("ctrl+a"), Type(f"{value}\t"), scaled

    def export(to: str) -> Steps:
        return *_export_as(to), *_options(to)

    in_height = on("Height:", "spin button", window="Scale Image", at=(0.3, 0.5), count=3)
    scaled = on("Scale", window="Scale Image")
    by_height = (*dialog, in_height, Type(f"{high}\t"), scaled)
    too_high = (*dialog, in_height, Type(f"{column}\t"), scaled)
    narrow = (on("Width:", "spin button", at=(0.3, 0.5), count=3), Type(f"{column}\t"))
    canvas = (*_menu("Image", "Canvas Size"), *narrow)
    result = f"Pictures/web/{becomes}"
    over = (*_menu("File", "Overwrite"), on("Export", window="Export Image as"))
    return Draft(
        instruction=(
            f"The page needs {path} at a width of {column} pixels, in proportion, as a PNG. Export "
            f"it as {becomes} into the same folder; {name} itself stays as it is."
        ),
        documents=(Document(path, "picture", content),),
        open=(path,),
        checks=(
            goal("image.scaled", 2.0, path=result, document=path, width=column, height=high),
            goal("image.encoded", path=result, format="PNG"),
            goal("files.only", path="Pictures/web", names=[name, becomes]),
            guard("files.unchanged", path=path),
            guard("files.only", path="Pictures", names=["web"]),
            guard("files.only", path=".", names=["Pictures"]),
        ),
        solution=(*scale(column), *export(becomes)),
        near_misses=(
            route("not scaled", *export(becomes)),
            route("the width as height", *too_high, *export(becomes)),
            route("scaled, not exported", *scale(column)),
            route("as JPEG", *scale(column), *export(f"{stem}-{column}.jpg")),
            route("the canvas cut", *canvas, on("Resize"), *export(becomes)),
            route("over the original", *scale(column), *over),
        ),
        variations=(
            route("by its height", *by_height, *export(becomes)),
            route("the path typed", *scale(column), *export(f"/home/user/{result}")),
        ),
    )


_CLERKS_FOLDERS = ("travel", "office", "quarter-1", "quarter-2", "quarter-3", "claims")


_TURNS = ("Rotate 90° clockwise", "Rotate 90° counter-clockwise", "Rotate 180°")


@template(skills=("menu", "pixels"), occupation="43-0000")
def turn_receipt(rng: random.Random) -> Draft:
    """A clerk turns a scanned receipt upright; which way shows only in the picture."""
    path = f"Pictures/{rng.choice(_CLERKS_FOLDERS)}-scans/receipt-{rng.randint(1, 999):03d}.png"
    paper = till_receipt(rng)
    turns = rng.choice((1, 2, 3))
    content: JsonValue = {
        "size": [*paper.size],
        "background": "#b4b8bd",
        "draw": paper.steps,
        "turn": turns,
        "dpi": 200,
    }
    transform = _menu("Image", "Transform")
    clockwise, back, half = (Click(_ITEMS[item]) for item in _TURNS)
    mirror = Click(_ITEMS["Flip Horizontally"])
    right, wrong = {1: (clockwise, back), 2: (half, clockwise), 3: (back, clockwise)}[turns]
    once = (*transform, clockwise)
    return _edited(
        Document(path, "picture", content),
        f"The receipt in {path} was not scanned upright. Turn it so that it can be read.",
        checks=(goal("image.turned", path=path, quarters=turns),),
        does=(*transform, right),
        wrong={
            "the wrong way": (*transform, wrong),
            "upside down": (*transform, half) if turns != 2 else (*once, *once, *once),
            "mirrored as well": (
                *transform,
                right,
                *transform,
                mirror,
            ),
        },
        ways={
            "by quarter turns clockwise": once * turns,
            "by quarter turns back": (*transform, back) * (4 - turns),
        },
    )


@template(skills=("canvas", "drag", "pixels"), occupation="43-0000")
def redact_name(rng: random.Random) -> Draft:
    """A clerk covers the customer's name on a receipt before it is handed on."""
    path = f"Pictures/{rng.choice(_CLERKS_FOLDERS)}-hand-out/receipt-{rng.randint(1, 999):03d}.png"
    paper = till_receipt(rng)
    size = paper.size
    first, second = paper.values["Customer"], paper.values["Signed"]
    other = paper.values["Cashier"]
    fill = _menu("Edit", "Fill with FG Color")

    def cover(*boxes: Box, how: Steps = fill) -> Steps:
        marked = ((_SELECT, _drag(size, _grown(box, 3)), *how) for box in boxes)
        return tuple(step for steps in marked for step in steps)

    shift = [_drag(size, _grown(box, 3)) for box in (first, second)]
    together = (_SELECT, shift[0], Drag(shift[1].drag, shift[1].to, keys="shift"), *fill)
    half = (first[0], first[1], first[2] // 2, first[3])
    return _edited(
        Document(
            path,
            "picture",
            {"size": [*size], "background": "#b4b8bd", "draw": paper.steps, "dpi": 200},
        ),
        f"Before the receipt in {path} is handed on, the customer's name must not be readable: "
        "cover it with solid black in both places where it stands. All else on it, the label "
        "“Customer” and the cashier's name included, stays as it is.",
        checks=(
            goal("image.covered", path=path, box=_json(first), colour="#000000"),
            goal("image.covered", path=path, box=_json(second), colour="#000000"),
            guard(
                "image.unchanged_except",
                path=path,
                boxes=[_json(_room(box)) for box in (first, second)],
            ),
        ),
        does=cover(first, second),
        wrong={
            "only the first place": cover(first),
            "the cashier's name": cover(other, second),
            "half of the name": cover(half, second),
            "the label as well": cover(
                (first[0] - 110, first[1], 110 + first[2], first[3]), second
            ),
            "in white": cover(first, second, how=_menu("Edit", "Fill with BG Color")),
        },
        ways={
            "by key": cover(first, second, how=(Press("ctrl+,"),)),
            "both selected first": together,
            "the lower one first": cover(second, first),
        },
    )


def _artwork(
    path: str,
    instruction: str,
    content: JsonValue,
    checks: Sequence[Check],
    does: Steps,
    wrong: Mapping[str, Steps],
    ways: Mapping[str, Steps],
) -> Draft:
    """A draft about a picture of layers, saved in place; two more near misses do not save it."""
    misses = [route(name, *steps, _SAVE) for name, steps in wrong.items()]
    misses.append(route("not saved", *does))
    exported = (*_export_as(f"{_named(path)[1]}.png"), on("Export", window="Export Image as"))
    misses.append(route("exported instead", *does, *exported))
    return Draft(
        instruction=f"{instruction} Save the file.",
        documents=(Document(path, "picture", content),),
        open=(path,),
        checks=(*checks, *_alone(path)),
        solution=(*does, _SAVE),
        near_misses=tuple(misses),
        variations=tuple(
            route(name, *steps, *_menu("File", "Save")) for name, steps in ways.items()
        ),
    )


_EVENTS = ("SPRING FAIR", "OPEN DAY", "JAZZ NIGHT", "BOOK MARKET", "CITY RUN", "FILM WEEK")
_PAPERS = ("#f4ead2", "#dfe9ee", "#efe0e4", "#e3ecd9")
_FRAMES = {"red": "#c8202c", "blue": "#1f4fb0", "green": "#1d7a44", "orange": "#e0801a"}


@template(skills=("canvas", "drag", "pixels", "layers"), occupation="27-0000")
def place_logo(rng: random.Random) -> Draft:
    """A designer moves the logo of a sponsor into the frame that is kept for it on a poster."""
    event = rng.choice(_EVENTS)
    path = f"Pictures/posters/{event.lower().replace(' ', '-')}-{rng.randint(1, 99):02d}.xcf"
    size, side = (660, 440), rng.randrange(60, 80, 4)
    colours = rng.sample(sorted(_FRAMES), 2)
    places = [(rng.randint(40, 90), rng.randint(290, 310)), (rng.randint(400, 470), 300)]
    rng.shuffle(places)
    room = (side + 34, side + 28)
    boxes: list[Box] = [(*place, *room) for place in places]
    logo_at = (rng.randint(180, 420), rng.randint(24, 50))
    paper: list[JsonValue] = poster(rng, size, event)
    for box, colour in zip(boxes, colours, strict=True):
        paper += frame(box, _FRAMES[colour])
    ink, mark = rng.sample(("#5a2a82", "#0f6d72", "#8c3b1a", "#24407c"), 2)
    logo: list[JsonValue] = [["ellipse", [0, 0, side, side], ink]]
    logo.append(["box", [side // 3, side // 3, side // 3, side // 3], mark])
    content: JsonValue = {
        "size": [*size],
        "layers": [
            {"name": "Logo", "size": [side, side], "at": [*logo_at], "draw": logo},
            {
                "name": "Paper",
                "size": [*size],
                "background": rng.choice(_PAPERS),
                "draw": paper,
            },
        ],
    }
    grip = side // 2

    def to(box: Box, dx: int = 17, dy: int = 14) -> Drag:
        """Take the logo at its middle and bring it into a box."""
        end = _on_screen(size, box[0] + dx + grip, box[1] + dy + grip)
        return Drag(_on_screen(size, logo_at[0] + grip, logo_at[1] + grip), end)

    return _artwork(
        path,
        f"In the poster {path}, move the layer “Logo” into the frame with the {colours[0]} border, "
        "so that the whole logo lies on the white inside. Nothing else moves or changes.",
        content,
        checks=(
            goal("image.layer", path=path, name="Logo", within=_json(boxes[0])),
            guard("image.layers_unchanged_except", path=path, free={"Logo": ["place"]}),
        ),
        does=(_MOVE, to(boxes[0])),
        wrong={
            "into the other frame": (_MOVE, to(boxes[1])),
            "half on the border": (_MOVE, to(boxes[0], dx=-side // 3)),
            "the paper moved": (
                _MOVE,
                Drag(_on_screen(size, 30, 290), _on_screen(size, 60, 270)),
            ),
            "merged with the paper": (
                _MOVE,
                to(boxes[0]),
                *_menu("Image", "Flatten Image"),
            ),
        },
        ways={
            "in two moves": (
                _MOVE,
                to(boxes[0], dx=17, dy=-40),
                Drag(
                    _on_screen(size, boxes[0][0] + 17 + grip, boxes[0][1] - 40 + grip),
                    _on_screen(size, boxes[0][0] + 17 + grip, boxes[0][1] + 14 + grip),
                ),
            ),
            "into a corner of it": (_MOVE, to(boxes[0], dx=5, dy=5)),
        },
    )


_ICONS = ("cart", "search", "basket", "home", "profile", "settings", "calendar", "download")
_BRAND = ("#1b9e77", "#d95f02", "#7570b3", "#e7298a", "#66a61e", "#1f78b4", "#b15928", "#6a3d9a")
_GREYS = ("#c4c4c4", "#b8bcc2", "#d0ccc6")


@template(skills=("canvas", "pixels", "toolbar"), occupation="15-0000", split="validation")
def colour_icon(rng: random.Random) -> Draft:
    """A web designer gives one shape of an icon the brand colour, picked from a swatch."""
    path = f"Pictures/icons/{rng.choice(_ICONS)}-{rng.randint(16, 512)}.png"
    size, colours = (600, 400), rng.sample(_BRAND, 2)
    swatches = [(30, 30), (500, 30)]
    rng.shuffle(swatches)
    draw: list[JsonValue] = [["box", [0, 130, 600, 2], "#909090"]]
    for (x, y), colour in zip(swatches, colours, strict=True):
        draw.append(["box", [x, y, 70, 70], colour])
    grey, centres = rng.choice(_GREYS), [(110, 265), (300, 265), (490, 265)]
    shapes = rng.sample(SHAPES, 3)
    for kind, centre in zip(shapes, centres, strict=True):
        draw.append(shape(kind, centre, rng.randint(48, 66), grey))
    side = "left" if swatches[0][0] < 300 else "right"
    pick = _click(size, swatches[0][0] + 35, swatches[0][1] + 35)
    other = _click(size, swatches[1][0] + 35, swatches[1][1] + 35)
    at, wrong_at = centres[0], centres[1]

    def fill(swatch: Click, *points: tuple[int, int]) -> Steps:
        poured = tuple(_click(size, *point) for point in points)
        return Press("o"), swatch, Press("shift+b"), *poured

    chosen = (Press("o"), pick, _FUZZY, _click(size, *at), *_menu("Edit", "Fill with FG Color"))
    by_ctrl = (Press("shift+b"), Click(pick.click, keys="ctrl"), _click(size, *at))
    return _edited(
        Document(path, "picture", {"size": [*size], "background": "#ffffff", "draw": draw}),
        f"In {path}, give the {shapes[0]} exactly the colour of the swatch at the top {side}. "
        "The other shapes, the swatches and the background stay as they are.",
        checks=(
            goal("image.filled", path=path, at=_json(at), colour=colours[0]),
            guard("image.unchanged_except", path=path, areas=[_json(at)]),
        ),
        does=fill(pick, at),
        wrong={
            "another shape": fill(pick, wrong_at),
            "the other swatch": fill(other, at),
            "two shapes": fill(pick, at, wrong_at),
            "the background": fill(pick, (300, 370)),
            "in black": (Press("shift+b"), _click(size, *at)),
        },
        ways={"selected and filled": chosen, "picked while filling": by_ctrl},
    )


@template(skills=("canvas", "pixels", "export", "menu"), occupation="27-0000", split="test")
def cut_out_mug(rng: random.Random) -> Draft:
    """A photographer cuts a mug out of its backdrop, the hole of the handle included."""
    path = f"Pictures/products/mug-{products(rng, 1)[0].sku.lower()}.png"
    shot = mug(rng)
    size, outside, inside = shot.size, shot.outside, shot.inside
    alpha = _menu("Layer", "Transparency", "Add Alpha Channel")

    def select(*points: tuple[int, int], tool: Press = _FUZZY) -> Steps:
        clicks = (_click(size, *point, keys="shift" * (at > 0)) for at, point in enumerate(points))
        return tool, *clicks

    def clear(*points: tuple[int, int], tool: Press = _FUZZY) -> Steps:
        return *alpha, *select(*points, tool=tool), Press("delete")

    by_menu = (*alpha, *select(outside, inside), *_menu("Edit", "Clear"))
    inner = (*alpha, *select(outside), Press("delete"), *select(inside), Press("delete"))
    return _edited(
        Document(path, "picture", shot.content),
        f"Make the backdrop of the mug in {path} transparent, also where it shows through the "
        "handle. The mug with its label, which has the colour of the backdrop, stays opaque.",
        checks=(
            goal("image.cut_out", 2.0, path=path, at=[_json(outside), _json(inside)]),
            goal("image.encoded", path=path, format="PNG", transparent=True),
        ),
        does=clear(outside, inside),
        wrong={
            "the handle forgotten": clear(outside),
            "the label too": clear(outside, tool=Press("shift+o")),
            "no alpha channel": (*select(outside, inside), Press("delete")),
            "the mug instead": (
                *alpha,
                *select(outside, inside),
                Press("ctrl+i"),
                Press("delete"),
            ),
        },
        ways={"by the menu": by_menu, "one after the other": inner},
    )


@template(skills=("layers", "menu", "toolbar"), occupation="27-0000", split="test")
def layer_stack(rng: random.Random) -> Draft:
    """A designer readies artwork for print: notes hidden, the title on top of all."""
    event = rng.choice(_EVENTS)
    path = f"Pictures/print/{event.lower().replace(' ', '-')}-{rng.randint(1, 99):02d}.xcf"
    size, notes = (660, 440), rng.choice(("Notes", "Guides", "Comments", "Cut marks"))
    names = ["Stripe", "Badge", notes, "Title"]
    rng.shuffle(names)
    if names[0] == "Title":
        names = [*names[1:], "Title"]
    red, dark = rng.choice(_BRAND), "#22262e"
    drawn: dict[str, list[JsonValue]] = {
        "Stripe": [["box", [0, rng.randint(150, 170), 660, 90], red]],
        "Badge": [["ellipse", [rng.randint(300, 420), 120, 150, 150], rng.choice(_BRAND)]],
        notes: [["text", [60, 320], f"check with {people(rng, 1)[0].email}", 20, "#d01010"]],
        "Title": [["text", [40, 160], event, 60, dark]],
    }
    layers: list[JsonValue] = [
        {"name": name, "size": [*size], "draw": drawn[name]} for name in names
    ]
    layers.append({"name": "Paper", "size": [*size], "background": rng.choice(_PAPERS)})
    row = {name: at for at, name in enumerate([*names, "Paper"])}
    order = ["Title", *(name for name in names if name != "Title"), "Paper"]

    def choose(name: str) -> Click:
        return on(name, "table cell")

    def eye(name: str, moved: bool = False) -> Click:
        """The eye of a layer, in its row of the list."""
        at = order.index(name) if moved else row[name]
        return Click((_EYES[0], _EYES[1] + _ROW_PX * at))

    to_top = (choose("Title"), *_menu("Layer", "Stack", "Layer to Top"))
    one_up = (choose("Title"), *_menu("Layer", "Stack", "Raise Layer"))
    raised = (choose("Title"), *(_menu("Layer", "Stack", "Raise Layer") * row["Title"]))
    delete = (choose(notes), *_menu("Layer", "Delete Layer"))
    other = next(name for name in names if name not in ("Title", notes))
    wrong: dict[str, Steps] = {
        "another layer hidden": (eye(other), *to_top),
        "only hidden": (eye(notes),),
        "only on top": to_top,
        "the notes deleted": (*delete, *to_top),
        "to the bottom": (eye(notes), choose("Title"), *_menu("Layer", "Stack", "Layer to Bottom")),
    }
    if row["Title"] > 1:
        wrong["one up only"] = (eye(notes), *one_up)
    return _artwork(
        path,
        f"Make {path} ready for print: hide the layer “{notes}”, without deleting it, and bring "
        "the layer “Title” to the top of the stack.",
        {"size": [*size], "layers": layers},
        checks=(
            goal("image.layer_order", path=path, names=[*order]),
            goal("image.layer", path=path, name=notes, visible=False),
            guard(
                "image.layers_unchanged_except",
                path=path,
                free={notes: ["visible"]},
                any_order=True,
            ),
        ),
        does=(eye(notes), *to_top),
        wrong=wrong,
        ways={
            "raised one by one": (eye(notes), *raised),
            "the other way round": (*to_top, eye(notes, moved=True)),
        },
    )


def open_document(path: str) -> Steps:
    """Open another picture of home."""
    name, stem = _named(path)
    shown = name if name.endswith(".xcf") else f"[{stem}]"
    return (
        Press("ctrl+o"),
        seen("Open", "push button", "Open Image"),
        Press("ctrl+a"),  # the field keeps the last name
        Type(f"/home/user/{path}\n"),
        _titled(shown),
    )
