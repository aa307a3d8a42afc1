"""Viewer: the page on which people look at the episodes of a store, served or as static files.

After store in the flow.

    shelf.py     reads stores, an episode or a screen at a time
    payload.py   what the page is told, as JSON
    page.py      the page's own files
    server.py    the page on 127.0.0.1
    export.py    the same page as files
    static/      the page: plain HTML, CSS and JavaScript; it shows what it is told as text
"""
