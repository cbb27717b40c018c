"""A customer's browser for a test: it keeps its cookie, sends the forms that it is shown, and runs no
JavaScript. Standard library alone."""

import html
import http.client
import re
import urllib.parse


class Broken(Exception):
    """The connection broke: whether the request was carried out is not known."""


class Page:
    """What was answered in the end, after redirects."""

    def __init__(self, path, status, text):
        self.path, self.status, self.text = path, status, text

    def hidden(self, action):
        """The hidden fields of the form that goes to `action`; none if there is no such form."""
        form = re.search(rf'<form method="post" action="{re.escape(action)}">(.*?)</form>', self.text, re.DOTALL)
        if not form:
            return None
        found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form[1])
        return {name: html.unescape(value) for name, value in found}

    def says(self, text):
        return html.escape(text, quote=False) in self.text

    def cell(self, label):
        """What a table has beside a label."""
        found = re.search(rf'<th scope="row">{re.escape(label)}</th><td>([^<]*)</td>', self.text)
        return found and html.unescape(found[1])


class Browser:
    """One visitor, at an address of their own as a proxy before the bank would report it."""

    def __init__(self, bank, address):
        self.bank, self.address, self.cookie = bank, address, None
        self.connection = None

    def connect(self):
        """Opens the connection of the next request, so that nothing stands before its sending."""
        connection = self.bank.connect()
        try:
            connection.connect()
        except OSError as error:
            raise Broken(str(error)) from error
        self.connection = connection

    def get(self, path):
        return self._follow("GET", path, None)

    def send(self, path, fields):
        """Sends the fields of a form, `form_token` among them."""
        return self._follow("POST", path, urllib.parse.urlencode(fields))

    def _follow(self, method, path, body):
        for _ in range(5):
            status, headers, text = self._ask(method, path, body)
            if not 300 <= status < 400:
                return Page(path.partition("?")[0], status, text)
            method, path, body = "GET", headers["Location"], None
        raise AssertionError(f"{path} leads in circles")

    def _ask(self, method, path, body):
        headers = {"Accept-Language": "en", "X-Forwarded-For": self.address}
        if self.cookie:
            headers["Cookie"] = f"__Host-session={self.cookie}"
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection, self.connection = self.connection or self.bank.connect(), None
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        except (OSError, http.client.HTTPException) as error:
            raise Broken(str(error)) from error
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = line.partition(";")[0].partition("=")
            if name == "__Host-session":
                self.cookie = value
        return answer.status, answer.headers, text
