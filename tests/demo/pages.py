"""The bank's pages without a browser."""

import re
import urllib.error
import urllib.parse
import urllib.request

PATIENCE = 60


class Pages:
    """The bank's pages, as a browser without JavaScript has them."""

    def __init__(self, url):
        self.url, self.cookies, self.page = url, {}, ""
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), Unfollowed())

    def get(self, path):
        return self.show(urllib.request.Request(self.url + path, headers={"Accept-Language": "en"}))

    def post(self, path, **fields):
        """Sends the form of the page that is shown; the form token is the page's."""
        fields["form_token"] = re.search(r'name="form_token" value="([^"]+)"', self.page)[1]
        body = urllib.parse.urlencode(fields).encode()
        return self.show(urllib.request.Request(self.url + path, body, headers={"Accept-Language": "en"}))

    def show(self, request):
        if self.cookies:
            request.add_header("Cookie", "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        try:
            answer = self.opener.open(request, timeout=PATIENCE)
        except urllib.error.HTTPError as refused:
            answer = refused
        # A browser keeps a __Host- cookie of its own machine without TLS too; urllib does not.
        for cookie in answer.headers.get_all("Set-Cookie", []):
            name, value = cookie.split(";")[0].split("=", 1)
            self.cookies[name] = value
        if answer.headers["Location"]:
            return self.get(answer.headers["Location"].lstrip("/"))
        self.page = answer.read().decode()
        return self.page


class Unfollowed(urllib.request.HTTPRedirectHandler):
    """Leaves redirects to whoever keeps the cookies."""

    def redirect_request(self, *_):
        return None
