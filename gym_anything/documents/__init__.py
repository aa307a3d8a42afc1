"""Documents: read and write the kinds of file that tasks are about. Before task in the flow.

Home             the only way to an agent's files     read_workbook   .ods, .xlsx, .csv
DocumentError    the agent's document is at fault     read_text       encoding, newlines
writers.render   a task's documents as bytes          parse_number    "1.234,50 €"
business         plausible business content           compare         what was changed
"""

from gym_anything.documents.errors import DocumentError, MissingDocumentError
from gym_anything.documents.home import Home, HomeLimits
from gym_anything.documents.number import parse_number, same_number
from gym_anything.documents.spreadsheet import read_workbook
from gym_anything.documents.text import Text, read_text
from gym_anything.documents.workbook import Cell, Sheet, Workbook

__all__ = [
    "Cell",
    "DocumentError",
    "Home",
    "HomeLimits",
    "MissingDocumentError",
    "Sheet",
    "Text",
    "Workbook",
    "parse_number",
    "read_text",
    "read_workbook",
    "same_number",
]
