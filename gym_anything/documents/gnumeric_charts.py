"""Charts of a .gnumeric file: trees of GogObject elements beneath the objects of a sheet."""

from __future__ import annotations

from lxml import etree

from gym_anything.documents.workbook import Chart, Series

_KINDS = {
    "GogLinePlot": "line",
    "GogAreaPlot": "area",
    "GogPiePlot": "pie",
    "GogRingPlot": "doughnut",
    "GogXYPlot": "scatter",
    "GogBubblePlot": "bubble",
    "GogRadarPlot": "radar",
    "GogRadarAreaPlot": "radar",
    "GogMinMaxPlot": "stock",
}
_NAME, _LABELS, _VALUES = "-1", "0", "1"  # which dimension of a series is what


def charts_of(sheet: etree._Element) -> tuple[Chart, ...]:
    """The charts of a Sheet element, in the order of the file."""
    return tuple(_chart(each) for each in sheet.iter("{*}SheetObjectGraph"))


def _objects(element: etree._Element, role: str) -> list[etree._Element]:
    return [each for each in element.iter("{*}GogObject") if each.get("role") == role]


def _chart(element: etree._Element) -> Chart:
    kind = ""
    series: list[Series] = []
    for plot in _objects(element, "Plot"):
        kind = kind or _kind(plot)
        series += [_series(each) for each in _objects(plot, "Series")]
    titles = [_dimension(each, "0") for each in _objects(element, "Title")]
    return Chart(kind or "unknown", tuple(series), titles[0].strip('"') if titles else "")


def _kind(plot: etree._Element) -> str:
    name = str(plot.get("type", ""))
    if name != "GogBarColPlot":
        return _KINDS.get(name, name)
    lying = [each for each in plot.iter("{*}property") if each.get("name") == "horizontal"]
    return "bar" if any((each.text or "").lower() == "true" for each in lying) else "column"


def _series(element: etree._Element) -> Series:
    return Series(
        values=_dimension(element, _VALUES),
        categories=_dimension(element, _LABELS),
        name=_dimension(element, _NAME),
    )


def _dimension(element: etree._Element, number: str) -> str:
    for data in element.iterchildren("{*}data"):
        for each in data.iterchildren("{*}dimension"):
            if each.get("id") == number:
                return (each.text or "").replace("$", "")
    return ""
