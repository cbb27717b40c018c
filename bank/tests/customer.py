"""A customer of the bank, as they behave while it is killed.

A customer fills in an order, sends it with a code, and after each connection that breaks sends the same order
again until there is a receipt: sometimes with the same code, sometimes with a fresh one, as one who waits for
the token to change; sometimes twice at once, as one who clicks twice. At times two orders are sent at once with
one code, and at times an order is given up after its connection broke.
"""

import threading
import time

import books
from bank import Refused, base32, hotp
from browser import Broken, Browser

WITH_COUNTER = 5  # customers up to this number; later ones have a clock
DIGITS = 8  # so that two neighbouring codes are the same one time in 10^8
PAID_IN = 10_000_000
PATIENCE = 300  # seconds, for what must succeed now and then between two kills


class Impatient(Exception):
    """What must succeed in the end has not."""


class Customer:
    """One customer, their browser and their token."""

    def __init__(self, load, number, many, randomness):
        self.load, self.bank, self.random = load, load.bank, randomness
        self.contract, self.credential = f"{number:010}", f"PAYS{number:04}"
        self.payer, self.neighbour = f"001-1-{number:07}", f"{number % many + 1:07}"
        self.has_clock = number > WITH_COUNTER
        self.seed = self.credential.encode() * 2
        self.password = f"password of {self.credential}"
        self.browser = Browser(load.bank, f"198.51.100.{number}")
        self.step = 0  # the last one whose code was sent
        self.passed = 0  # up to this one codes may be spent by what was given up

    def sign_up(self):
        """A contract, an account with money, and a token that is registered at the pages."""
        self.bank.run("contract", "add", self.contract, "--name", self.credential, "--address",
                      "customer@mail.example", "--password-file", self.bank.secret_file(self.password))
        self.bank.run("contract", "open-account", self.contract, "--branch", "001", "--number", self.payer[-7:],
                      "--holder", self.credential, "--paid-in", str(PAID_IN))
        self.load.told.paid_in[self.payer] = PAID_IN
        kind = {"type": "totp", "period": 1} if self.has_clock else {"type": "hotp"}
        self.bank.post("/v1/credentials", {"id": self.credential, "seed": base32(self.seed),
                                           "generator": kind | {"digits": DIGITS}})
        page = self.send("/registration", "/registration", contract=self.contract, password=self.password)
        for _ in range(4):  # a clock's code may come too late; more failures bring a wait
            self.step = int(time.time()) if self.has_clock else 0
            page = self.send(page, "/registration/token", credential=self.credential, code=self.code(self.step),
                             code_at_login=self.random.choice(("yes", "no")))
            if page.says("Your token is registered"):
                return
        raise SystemExit(f"{self.contract} has no token:\n{page.text}")

    def live(self):
        try:
            while not self.load.stop.is_set():
                if self.random.random() < 0.04:
                    self.log_in()
                elif self.random.random() < 0.25:
                    self.two_with_one_code()
                else:
                    self.insist(self.fill_in())
        except Impatient as impatient:
            self.load.fault(f"{self.contract}: {impatient}")
        except (Exception, SystemExit) as error:  # a customer who stays away is no load
            self.load.fault(f"{self.contract}: {type(error).__name__}: {error}")

    def finish(self):
        """With nothing to disturb it: what was told is told again, a spent code is refused, a fresh one is not."""
        last = self.fill_in()
        self.insist(last)
        form_token = last.fields["form_token"]
        with self.load.lock:
            told = [order for order in self.load.told.orders.values()
                    if order.contract == self.contract and order.receipt is not None]
        for order in told[-20:]:
            page = self.browser.send("/transfer/order", order.fields | {"form_token": form_token, "code": self.again()})
            if not self.take(order, page):
                self.load.fault(f"{self.contract}: transfer {order.receipt} is answered {page.status} now")
        order = self.fill_in()
        page = self.browser.send("/transfer/order", order.fields | {"code": self.again(order)})
        # A clock's code may be too old by now to be known for a spent one.
        if page.status != 422 or not (self.has_clock or page.says("used already")):
            self.load.fault(f"{self.contract}: a spent code is answered {page.status}")
        self.insist(order)
        self.send("/main", "/logout")

    # What the token shows.

    def code(self, step):
        return hotp(self.seed, step, DIGITS)

    def fresh(self, *orders):
        """The next code, which is noted with the orders that it is sent with."""
        if self.has_clock:
            while self.step >= int(time.time()):
                time.sleep(0.02)
            self.step = int(time.time())
        else:
            self.step += 1
        return self.again(*orders)

    def again(self, *orders):
        """The same code once more."""
        for order in orders:
            order.steps.add(self.step)
        return self.code(self.step)

    # What the customer does at the pages.

    def log_in(self):
        """Until it is done. A login that is cut counts as one that failed: staff forget those."""
        for _ in self.tries():
            self.browser.cookie = None
            page = self.send("/", "/login", contract=self.contract, password=self.password)
            if page.path == "/login/code":
                page = self.send(page, "/login/code", code=self.fresh())
            if page.path == "/main" and page.status == 200:
                with self.load.lock:
                    self.load.told.logins[self.contract] += 1
                return
            # The login may have gone on, and only its answer was cut: then the form is of a session that has ended.
            if page.path != "/" and not page.says("This page has expired"):
                self.helped(page)

    def fill_in(self):
        """An order that nothing stands against but its code."""
        payee = (("9999", "001", self.neighbour) if self.random.random() < 0.5
                 else ("0001", "002", f"{self.random.randrange(20):07}"))
        amount = self.random.randint(1, 500)
        for _ in self.tries():
            page = self.send("/transfer", "/transfer", **{"from": self.payer, "bank": payee[0], "branch": payee[1],
                             "kind": "ordinary", "number": payee[2], "name": "payee", "amount": str(amount)})
            fields = page.hidden("/transfer/order")
            if page.status == 200 and fields:
                order = books.Order(self.contract, self.payer, payee, amount, fields)
                with self.load.lock:
                    self.load.told.orders[self.contract, order.key] = order
                return order
            self.helped(page)

    def insist(self, order):
        """Sends the order until there is a receipt; or gives it up once its connection has broken."""
        code, fresh, cut = self.fresh(order), 0, False
        for tried in self.tries():
            if tried:
                with self.load.lock:
                    self.load.repeated += 1
            pages = self.at_once((order, code), times=1 + (self.random.random() < 0.2))
            if order.receipt is not None:
                return
            cut |= None in pages
            if cut and not self.load.stop.is_set() and self.random.random() < 0.05:
                order.given_up = True
                if not self.has_clock:
                    # The next order begins with the same code: too many that are passed over, and the bank
                    # does not know the token any more.
                    self.passed = self.step
                    self.step -= fresh + 1
                return
            refused = [page for page in pages if page and page.status != 503]
            for page in refused:
                self.helped(page)
            if refused:
                code = self.fresh(order)
            elif fresh < 2 and self.random.random() < 0.5:
                code, fresh = self.fresh(order), fresh + 1

    def two_with_one_code(self):
        first, second = self.fill_in(), self.fill_in()
        code = self.fresh(first, second)
        self.at_once((first, code), (second, code))
        for order in (first, second):
            if order.receipt is None:
                self.insist(order)

    def at_once(self, *sent, times=1):
        """The answers to orders that are sent at the same moment; none where the connection broke."""
        pages, together = [], threading.Barrier(len(sent) * times)

        def one(order, code):
            # A browser of its own, as a second tab is: with the same cookie.
            tab = Browser(self.bank, self.browser.address)
            tab.cookie = self.browser.cookie
            try:
                try:
                    tab.connect()
                finally:
                    together.wait()
                page = tab.send("/transfer/order", order.fields | {"code": code})
                self.take(order, page)
            except Broken:
                page = None
                with self.load.lock:
                    self.load.lost += 1
                self.bank.pause()
            pages.append(page)

        if len(sent) * times == 1:
            one(*sent[0])
            return pages
        tabs = [threading.Thread(target=one, args=each) for each in sent for _ in range(times)]
        for tab in tabs:
            tab.start()
        for tab in tabs:
            tab.join()
        return pages

    def take(self, order, page):
        """Whether it is a receipt, which is noted. Of one order there is one."""
        if page.status != 200 or not page.says("Your transfer is done"):
            return False
        number = int(page.cell("Receipt number"))
        with self.load.lock:
            if order.receipt not in (None, number):
                self.load.wrong.append(f"one order, two receipts: {order.receipt} and {number}")
            order.receipt = number
        return True

    def helped(self, page):
        """Does what a refusal asks for, or calls the bank; a refusal that should not be is a fault."""
        if page.status == 503 or page.says("used already"):
            return
        if page.says("too many failures, so we have paused"):
            self.bank.run("contract", "unlock", self.contract)
        elif page.path == "/":
            self.log_in()
        elif self.has_clock and any(page.says(text) for text in ("password is wrong", "clock of your token is off")):
            pass  # it came too late, which the tries that are counted must not add up to
        elif self.step <= self.passed and page.says("password is wrong"):
            pass  # what was given up went on, by a later code: one that is spent for longer is like a wrong one
        elif self.has_clock and page.says("locked after too many"):
            self.unlock()
        elif page.status != 200 or page.says('role="alert"'):
            self.load.fault(f"{self.contract}: {page.path} answers {page.status}: {page.text[-700:]}")

    def unlock(self):
        for _ in self.tries():
            try:
                return self.bank.post(f"/v1/credentials/{self.credential}/unlock")
            except (OSError, Refused):
                self.bank.pause()

    def send(self, shown, action, **fields):
        """Sends the form of a page, or of the page at a path, until it is answered."""
        for _ in self.tries():
            try:
                page = self.browser.get(shown) if isinstance(shown, str) else shown
                hidden = page.hidden(action)
                return self.browser.send(action, hidden | fields) if hidden else page
            except Broken:
                with self.load.lock:
                    self.load.lost += 1
                self.bank.pause()

    def tries(self):
        """Numbers from 0, until patience is over."""
        until, number = time.monotonic() + PATIENCE, 0
        while time.monotonic() < until:
            yield number
            number += 1
        raise Impatient(f"not done in {PATIENCE} s")
