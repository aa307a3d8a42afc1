import pytest

CONTENT = {
    "sheets": [
        {
            "name": "Sales 2026",
            "widths": [4.0, 2.5],
            "styles": {"head": {"bold": True, "background": "#ffff00", "align": "center"}},
            "rows": [
                [
                    {"value": "Item", "style": "head"},
                    {"value": "Price", "style": "head"},
                    {"value": "When", "style": "head"},
                    "OK",
                    "Share",
                ],
                [
                    "Tée & <co>",
                    {"value": 2.5, "style": {"format": "#,##0.00 €"}},
                    {"date": "2026-03-04"},
                    True,
                    {"value": 0.125, "style": {"format": "0.0%"}},
                ],
                [
                    "  two  spaces ",
                    {"value": 1234.5, "style": {"format": "$#,##0.00"}},
                    {"date": "2026-12-31", "style": {"format": "dd.mm.yyyy"}},
                    False,
                    {"value": "007", "style": {"format": "@"}},
                ],
                [
                    "=no formula",
                    -3,
                    None,
                    "line\nbreak",
                    {
                        "value": 0.1,
                        "style": {
                            "format": "0.00",
                            "italic": True,
                            "underline": True,
                            "font_colour": "#ff0000",
                            "wrap": True,
                        },
                    },
                ],
                [],
                [
                    "Sum",
                    {"formula": "=sum( B2 : B4 )"},
                    {"formula": "=IF(B6>1,\"yes; no\",'Other sheet'!A1*0.10)"},
                    {"formula": "=IFS(D2,1,TRUE,2)"},
                    {"formula": "=TRUE()"},
                ],
                [
                    {"value": "Merged", "span": [1, 3]},
                    None,
                    None,
                    {"formula": "=1/0"},
                    {"formula": "=Sum(A:A)+B$2"},
                ],
                [None, {"style": {"background": "#00ff00"}}],
            ],
        },
        {"name": "Other sheet", "rows": [[1, 2], [3, 4]]},
        {"name": "Empty", "rows": []},
    ]
}


@pytest.fixture(scope="session")
def content():
    """Content of a spreadsheet that uses all that the writers can do."""
    return CONTENT
