"""A load of customers who log in at the bank's pages and transfer money, while the bank is killed: five have
tokens with a counter, so that they need not wait for the next code, and three have tokens with a clock and a
step of one second. `customer.py` has what each of them does.
"""

import random
import threading

import books
from customer import WITH_COUNTER, Customer
from spoiled import unnoticed

WITH_CLOCK = 3
OPTIONS = ("--internet-banking", "--bank-number", "9999", "--new-payees-after", "0", "--new-payees-limit", "999999999999",
           "--behind-tls", "--forwarded", "--enrol-per-minute", "1000000", "--connections", "6")


class Transfers:
    """All customers, what they have asked for, and what they were told."""

    def __init__(self, bank, randomness):
        self.bank, self.lock, self.stop = bank, threading.Lock(), threading.Event()
        self.wrong, self.lost, self.repeated = [], 0, 0
        many = WITH_COUNTER + WITH_CLOCK
        self.customers = [Customer(self, number, many, random.Random(randomness.randrange(2**32)))
                          for number in range(1, many + 1)]
        self.told = books.Told({customer.contract: customer.credential for customer in self.customers})
        self.threads = []

    def sign_up(self):
        """Makes contracts, accounts and tokens, while the bank has nothing else to do."""
        for customer in self.customers:
            customer.sign_up()
            customer.log_in()

    def begin(self):
        self.threads = [threading.Thread(target=customer.live, daemon=True) for customer in self.customers]
        for thread in self.threads:
            thread.start()

    def end(self):
        """Lets each customer finish what was begun, and then try what must not go."""
        self.stop.set()
        for thread in self.threads:
            thread.join()
        for customer in self.customers:
            customer.finish()

    def judge(self):
        """What does not hold; the bank is stopped for good."""
        self.bank.kill()
        found = books.read(self.bank)
        wrong = self.wrong + [f"{name}: {line}" for name, line in books.judge(found, self.told)]
        if not self.repeated:
            wrong.append("no order was sent again")
        # Spoiled books tell something only where those that are spoiled are in order.
        return wrong or unnoticed(found, self.told)

    def summary(self):
        orders, logins = self.told.orders.values(), sum(self.told.logins.values())
        given_up = sum(order.given_up for order in orders)
        return (f"{logins} logins, {len(orders)} orders, {self.repeated} of their sendings again, {given_up} given up, "
                f"{self.lost} pages cut")

    def booked(self):
        with self.lock:
            return sum(order.receipt is not None for order in self.told.orders.values())

    def fault(self, line):
        with self.lock:
            self.wrong.append(line)
