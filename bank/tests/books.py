"""What the bank's database holds after a load of transfers, and whether it is what customers asked for and
were told.

Each comparison has a name, and `spoiled.py` has ways to spoil books that it must notice.
"""

import collections
import json
import sqlite3
import subprocess

QUERIES = {
    "accounts": "SELECT id, contract_id, balance FROM account",
    "bookings": "SELECT number, payer, receiver, amount FROM booking",
    "transfers": "SELECT booking, contract_id, request_key, bank, branch, account_number FROM transfer",
    "history": "SELECT number, contract_id, event, credential_id, step, request_key, failures FROM history ORDER BY number",
    "notices": "SELECT contract_id, event FROM notice",
    "credentials": "SELECT id, confirmed, locked, suspended, revoked, spent FROM credential",
    "contracts": "SELECT id, credential_id FROM contract",
}

# From how many refused passwords on the next login is told to the registered address (docs/bank.md).
MANY_REFUSED = 5


def read(bank):
    """The rows of each table, of a service that does not run."""
    url = bank.environment["WARIFU_DATABASE"]
    return {name: _rows(url, query) for name, query in QUERIES.items()}


def _rows(url, query):
    if url.startswith("postgres://"):
        command = ["psql", url, "--no-psqlrc", "-At", "-v", "ON_ERROR_STOP=1",
                   "-c", f"SELECT row_to_json(found) FROM ({query}) AS found"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return [json.loads(line) for line in done.stdout.splitlines()]
    connection = sqlite3.connect(url)
    connection.row_factory = sqlite3.Row
    try:
        return [dict(row) for row in connection.execute(query)]
    finally:
        connection.close()


class Order:
    """A transfer that a customer asked for, and what they were told of it."""

    def __init__(self, contract, payer, payee, amount, fields):
        self.contract, self.payer, self.payee, self.amount = contract, payer, payee, amount
        self.fields, self.key = fields, fields["key"]  # as the page of confirmation has them
        self.steps = set()  # of the codes that were sent with it
        self.receipt = None  # its number, once it was told
        self.given_up = False  # not asked for until it was told


class Told:
    """What customers asked for and were told: `Order`s by contract and key, logins by contract, and what was
    paid in at the beginning."""

    def __init__(self, credentials):
        self.credentials = credentials  # contract -> credential
        self.orders, self.logins, self.paid_in = {}, collections.Counter(), {}


def judge(books, told):
    """What does not hold, as (comparison, line)."""
    return [(name, line) for name, compare in COMPARISONS.items() for line in compare(books, told)]


def balances(books, _):
    """Each balance is what the bookings come to, all of them together are nothing, and no customer owes."""
    come_to = collections.Counter()
    for booking in books["bookings"]:
        come_to[booking["payer"]] -= booking["amount"]
        come_to[booking["receiver"]] += booking["amount"]
    for account in books["accounts"]:
        if account["balance"] != come_to[account["id"]]:
            yield f"{account['id']} has {account['balance']}, and its bookings come to {come_to[account['id']]}"
        if account["contract_id"] and account["balance"] < 0:
            yield f"{account['id']} owes {account['balance']}"
    if total := sum(account["balance"] for account in books["accounts"]):
        yield f"all accounts together have {total}"


def bookings(books, told):
    """Each booking is a transfer, or what was paid in at the beginning."""
    transfers = collections.Counter(transfer["booking"] for transfer in books["transfers"])
    paid_in = collections.Counter()
    for booking in books["bookings"]:
        if booking["payer"] == "cash":
            paid_in[booking["receiver"]] += booking["amount"]
        elif transfers[booking["number"]] != 1:
            yield f"booking {booking['number']} is {transfers[booking['number']]} transfers"
    if paid_in != told.paid_in:
        yield f"paid in: {dict(paid_in)}"
    numbers = {booking["number"] for booking in books["bookings"]}
    yield from (f"transfer {number} has no booking" for number in transfers if number not in numbers)


def asked(books, told):
    """What is booked was asked for, as it is booked."""
    booked = {booking["number"]: booking for booking in books["bookings"]}
    for transfer in books["transfers"]:
        order = told.orders.get((transfer["contract_id"], transfer["request_key"]))
        booking = booked.get(transfer["booking"], {})
        is_paid = (booking.get("payer"), booking.get("amount"))
        payee = tuple(transfer[name] for name in ("bank", "branch", "account_number"))
        if order is None or is_paid != (order.payer, order.amount) or payee != order.payee:
            yield f"nobody has asked for transfer {transfer['booking']}"


def receipts(books, told):
    """Each order that was asked for until it was told is booked once, and told as it is booked; one that was
    given up, once at the most."""
    booked = collections.defaultdict(list)
    for transfer in books["transfers"]:
        booked[transfer["contract_id"], transfer["request_key"]].append(transfer["booking"])
    for name, order in told.orders.items():
        if len(booked[name]) > 1 or (order.receipt is None and not order.given_up):
            yield f"an order of {order.contract} has the transfers {booked[name]}, and was told {order.receipt}"
        elif order.receipt is not None and booked[name] != [order.receipt]:
            yield f"transfer {order.receipt} was told, and booked is {booked[name]}"


def events(books, told):
    """Each transfer is in the history once, with a step whose code was sent with that order."""
    recorded = collections.defaultdict(list)
    for event in books["history"]:
        if event["event"] == "transferred":
            recorded[event["contract_id"], event["request_key"]].append(event)
    transfers = {(transfer["contract_id"], transfer["request_key"]) for transfer in books["transfers"]}
    for name in transfers | set(recorded):
        found = recorded[name]
        if len(found) != 1 or name not in transfers:
            yield f"a transfer of {name[0]} is {len(found)} times in the history"
            continue
        order, [event] = told.orders.get(name), found
        if event["credential_id"] != told.credentials[name[0]]:
            yield f"a transfer of {name[0]} was allowed by {event['credential_id']}"
        if order and event["step"] not in order.steps:
            yield f"a transfer of {name[0]} has the step {event['step']}, and was asked for with {order.steps}"


def steps(books, _):
    """No step of a credential is accepted twice, nor one after a later one; and its state is where the last
    one has left it: not behind, and no code is spent for nothing."""
    last = {}
    for event in books["history"]:
        if event["step"] is None:
            continue
        credential = event["credential_id"]
        if event["step"] <= last.get(credential, -1):
            yield f"{credential}: step {event['step']} was accepted after {last[credential]}"
        last[credential] = event["step"]
    spent = {credential["id"]: credential["spent"] for credential in books["credentials"]}
    for credential, step in last.items():
        if spent.get(credential) != step:
            yield f"{credential}: its last act has the step {step}, and its state {spent.get(credential)}"


def logins(books, told):
    """Each login that was told is in the history."""
    recorded = collections.Counter(e["contract_id"] for e in books["history"] if e["event"] == "logged_in")
    for contract, times in told.logins.items():
        if recorded[contract] < times:
            yield f"{contract} was told of {times} logins, and {recorded[contract]} are recorded"


def notices(books, _):
    """There are as many notices as events to be told of: many refused passwords too, as logins that were cut are."""
    told_of = ("transferred", "token_registered")
    is_told = lambda event: event["event"] in told_of or (event["failures"] or 0) >= MANY_REFUSED
    count = lambda rows: collections.Counter((row["contract_id"], row["event"]) for row in rows)
    recorded = count(event for event in books["history"] if is_told(event))
    noticed = count(books["notices"])
    for name in recorded.keys() | noticed.keys():
        if recorded[name] != noticed[name]:
            yield f"{name}: {recorded[name]} in the history, {noticed[name]} notices"


def credentials(books, told):
    """Each contract has its credential still, and that is whole."""
    bound = {contract["id"]: contract["credential_id"] for contract in books["contracts"]}
    there = {credential["id"]: credential for credential in books["credentials"]}
    for contract, credential in told.credentials.items():
        found = there.get(credential)
        flags = found and tuple(found[name] for name in ("confirmed", "locked", "suspended", "revoked"))
        if bound.get(contract) != credential or flags != (1, 0, 0, 0):
            yield f"{contract} has {bound.get(contract)}, which is {found}"


COMPARISONS = {compare.__name__: compare for compare in
               (balances, bookings, asked, receipts, events, steps, logins, notices, credentials)}
