import pytest

from gym_anything.documents.number_format import FormatKind, NumberFormat, parse_format_code

N, C, P, D = FormatKind.NUMBER, FormatKind.CURRENCY, FormatKind.PERCENT, FormatKind.DATE


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        ("General", NumberFormat()),
        ("0", NumberFormat(N)),
        ("0.00", NumberFormat(N, 2)),
        ("#,##0.00", NumberFormat(N, 2, True)),
        ("0.0%", NumberFormat(P, 1)),
        ("#,##0.00\\ [$€-407]", NumberFormat(C, 2, True, "€")),
        ("[$$-409]#,##0.00;[RED]-[$$-409]#,##0.00", NumberFormat(C, 2, True, "$")),
        ('"€"#,##0', NumberFormat(C, 0, True, "€")),
        ("$#,##0.00", NumberFormat(C, 2, True, "$")),
        ("yyyy\\-mm\\-dd", NumberFormat(D, pattern="yyyy-mm-dd")),
        ("[$-409]dd/mm/yyyy;@", NumberFormat(D, pattern="dd/mm/yyyy")),
        ("d mmm yyyy", NumberFormat(D, pattern="d mmm yyyy")),
        ("hh:mm:ss", NumberFormat(FormatKind.TIME, pattern="hh:mm:ss")),
        ("[h]:mm", NumberFormat(FormatKind.TIME, pattern="[h]:mm")),
        ("yyyy-mm-dd hh:mm", NumberFormat(FormatKind.DATE_TIME, pattern="yyyy-mm-dd hh:mm")),
        ("0.00E+00", NumberFormat(FormatKind.SCIENTIFIC, 2)),
        ("# ?/?", NumberFormat(FormatKind.FRACTION)),
        ("@", NumberFormat(FormatKind.TEXT)),
        ('"TRUE";"TRUE";"FALSE"', NumberFormat(FormatKind.BOOLEAN)),
    ],
)
def test_a_format_code_is_read_by_meaning(code, meaning):
    assert parse_format_code(code) == meaning
