"""The demo's bank pages in the browser of the bank's own tests."""

import http.client
import sys
import urllib.parse
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2] / "bank/tests"))
from browser import Browser

PATIENCE = 60


class Pages:
    """A visitor of the pages at a URL, and the page that they see."""

    def __init__(self, url):
        self.place = urllib.parse.urlsplit(url)
        self.browser, self.shown = Browser(self, "127.0.0.1"), None

    def connect(self):
        return http.client.HTTPConnection(self.place.hostname, self.place.port, timeout=PATIENCE)

    @property
    def page(self):
        return self.shown.text

    def get(self, path):
        self.shown = self.browser.get(path)
        return self.page

    def post(self, path, **fields):
        """Sends a form of the page that is shown."""
        hidden = self.shown.hidden(path)
        assert hidden is not None, f"{self.shown.path} has no form for {path}: {self.page}"
        self.shown = self.browser.send(path, hidden | fields)
        return self.page
