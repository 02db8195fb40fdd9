"""Imported ahead by who will make audit pages and released data, or render: what those import or compile first."""

from kiemso.ballast import without

# openpyxl imports it for values that we never write; a process that has pandas has imported openpyxl before.
with without("numpy"):
    from kiemso import spreadsheet  # noqa: F401
    from kiemso.reader import openxml  # noqa: F401  (the copies of this process that read need not import it)

from kiemso import audit, changelog, dataset, markup, page, render  # noqa: F401
from kiemso.number import separators

page.prepare()
separators(["1"])  # which reads the locales' data
