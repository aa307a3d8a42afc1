import base64
import struct
import zlib

import pytest

from gym_anything.documents.errors import DocumentError
from gym_anything.documents.sav import Measure, read_sav
from gym_anything.documents.writers import write
from gym_anything.errors import TaskError

CONTENT = {
    "variables": [
        {"name": "id"},
        {"name": "age", "label": "Age in years", "missing": [-9, -8]},
        {"name": "sex", "values": {"1": "female", "2": "male"}, "measure": "nominal"},
        {"name": "home_city_of_the_person", "width": 20},
        {"name": "income", "decimals": 2, "label": "Einkommen für März"},
    ],
    "cases": [
        [1, 34, 1, "Köln", 1234.5],
        [2, None, 2, "Saint-Étienne", -0.25],
        [3, -9, 1, "", 1e9],
    ],
}
DATA = write("sav", CONTENT, "a.sav")
# Saved by PSPP 1.6.2: compressed numbers, a long name, a range of missing values, a weight.
SAVED_BY_PSPP = """
eNqlU81Kw0AQTtrGNv4gSB9gUcH2EG2LFC0EU20rFW2lrRTxUEK71kCalP57EgQfQHwIL76FeFDfwot40hfYxp10g4ko
CH4w2dnZj29nZybLuf2EElmKovJhuYwy6Uoa5fL7WbRbOELtbruN4qvJ1QSS0GgjWUuuS+26pGtGfyQ1jT6i8HEcF6TG
s9XPOThWEnFUMAcokYytp+Kbqdgm+ieoqo/7hoBgWz4zoTjnkM/YsiyfKHBg+cJO8SBbK87SeN6omy2MIi+Xd1HgWNa7
5ci59Xn7I9iWLmXTLAWKRQV4YXceYd62SrFacPIAZe4X/OXcDV4QbKuyUvg9nI+tQF3rnX/RleBA03W1iQPsHX5XfyAW
YvEpVy48i8H+jUz4DtfPOFArtl44tQPeDOPOM27Ida/j89/8sOutIdcMzTE/Bb3KyFpDdLona3brauZp7czsd/GZqTdE
aI2sdrAqQvHlnjk0xKo8BKUFplSnpjVSy0rJ1HFkJbYyHV37QcpLAElvBKS9kaFnG2SPgivp2HBHlZy08cp+iUeCyXiM
n+zN3o2ye/5w3aGdtE4JGZPnk23cVY37W9P4GnaoqdIihGDq3V/puNs3GsjAagdt404T29RPLpK5DQ==
"""


def packed(data):
    """The same file with compressed numbers."""
    at = data.index(struct.pack("<ii", 999, 0)) + 8
    body, out, codes, literals = data[at:], b"", b"", b""
    for start in range(0, len(body), 8):
        element = body[start : start + 8]
        number = struct.unpack("<d", element)[0]
        if element == b" " * 8:
            codes += b"\xfe"
        elif number == -1.7976931348623157e308:
            codes += b"\xff"
        elif number == int(number) and -99 <= number <= 151:
            codes += bytes([int(number) + 100])
        else:
            codes, literals = codes + b"\xfd", literals + element
        if len(codes) == 8:
            out, codes, literals = out + codes + literals, b"", b""
    out += (codes + b"\xfc").ljust(8, b"\0") + literals
    return data[:72] + struct.pack("<i", 1) + data[76:at] + out


@pytest.mark.parametrize("data", [DATA, packed(DATA)], ids=["plain", "packed"])
def test_what_the_writer_wrote_is_read(data):
    found = read_sav(data)
    assert [each.name for each in found.variables][3] == "home_city_of_the_person"
    assert found.cases == (
        (1.0, 34.0, 1.0, "Köln", 1234.5),
        (2.0, None, 2.0, "Saint-Étienne", -0.25),
        (3.0, -9.0, 1.0, "", 1e9),
    )
    assert found.variable("AGE").label == "Age in years"
    assert found.variable("age").missing == (-9.0, -8.0)
    assert found.variable("sex").value_labels == {1.0: "female", 2.0: "male"}
    assert found.variable("sex").measure is Measure.NOMINAL
    assert found.variable("income").measure is Measure.SCALE
    assert found.column("income")[1] == -0.25


def test_an_unknown_variable_is_named_with_those_that_are_there():
    with pytest.raises(DocumentError, match="no variable 'agee'; there is id, age"):
        read_sav(DATA).column("agee")


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.99])
def test_a_file_that_is_cut_off_is_refused(share):
    with pytest.raises(DocumentError):
        read_sav(DATA[: int(len(DATA) * share)])


def test_forged_counts_are_refused_or_harmless():
    for at in range(64, 400):
        for forged in (b"\xff\xff\xff\x7f", b"\xff\xff\xff\xff"):
            try:
                read_sav(DATA[:at] + forged + DATA[at + 4 :])
            except DocumentError:
                continue


@pytest.mark.parametrize(
    "content",
    [
        {"variables": [], "cases": []},
        {"variables": [{"name": "a"}, {"name": "A"}], "cases": []},
        {"variables": [{"name": "1a"}], "cases": []},
        {"variables": [{"name": "a"}], "cases": [[1, 2]]},
        {"variables": [{"name": "a", "width": 2}], "cases": [["long"]]},
        {"variables": [{"name": "a"}], "cases": [["text"]]},
        {"variables": [{"name": "a", "measure": "large"}], "cases": []},
    ],
)
def test_content_of_another_shape_is_refused(content):
    with pytest.raises(TaskError):
        write("sav", content, "a.sav")


def test_a_file_that_pspp_saved_is_read_whole():
    file = read_sav(zlib.decompress(base64.b64decode(SAVED_BY_PSPP)))
    assert [each.name for each in file.variables] == [
        *("id", "income_of_household", "area", "town", "w")
    ]
    assert file.cases == (
        (101.0, 1234.5, 1.0, "Győr", 1.0),
        (102.0, None, 2.0, "Besançon", 2.5),
        (103.0, -9.0, 9.0, "Ålesund near Bergen", 1.0),
    )
    assert file.weight == "w"
    area, income = file.variable("area"), file.variable("income_of_household")
    assert area.value_labels == {1.0: "city", 2.0: "village"}
    assert (area.missing, area.measure) == ((9.0,), Measure.NOMINAL)
    assert income.label == "Income (€)"
    (missing,) = income.missing
    assert missing[0] == "range" and missing[2] == 0.0
    assert file.variable("w").measure is Measure.ORDINAL
