"""Spoils copies of books, one way after the other, to see that the comparisons of `books.py` notice: one that
cannot fail is none.
"""

import copy

from books import judge


def unnoticed(books, told):
    """The ways to spoil these books that go unnoticed."""
    missed = []
    for spoil, comparison in SPOILED:
        spoiled = {name: [dict(row) for row in rows] for name, rows in books.items()}
        said = copy.copy(told)
        said.orders = {name: copy.copy(order) for name, order in told.orders.items()}
        spoil(spoiled, said)
        if not any(name == comparison for name, _ in judge(spoiled, said)):
            missed.append(f"{comparison} does not notice: {spoil.__doc__}")
    return missed


def _of_transfer(books, told):
    """The rows of a transfer that was told: itself, its booking, its event."""
    order = next(order for order in told.orders.values() if order.receipt is not None)
    transfer = next(row for row in books["transfers"] if row["booking"] == order.receipt)
    booking = next(row for row in books["bookings"] if row["number"] == order.receipt)
    event = next(row for row in books["history"] if row["request_key"] == order.key)
    return transfer, booking, event


def _move(books, booking, sign):
    for account in books["accounts"]:
        account["balance"] += sign * booking["amount"] * ((account["id"] == booking["receiver"])
                                                          - (account["id"] == booking["payer"]))


def _one_side(books, _):
    """one side of a booking alone"""
    books["accounts"][0]["balance"] += 1


def _booked_again(books, told):
    """a booking that is there twice"""
    _, booking, _ = _of_transfer(books, told)
    books["bookings"].append(booking | {"number": 10**9})
    _move(books, booking, 1)


def _doubled(books, told):
    """a transfer that is there twice, each whole, under one name"""
    transfer, booking, _ = _of_transfer(books, told)
    books["bookings"].append(booking | {"number": 10**9})
    books["transfers"].append(transfer | {"booking": 10**9})
    _move(books, booking, 1)


def _renamed(books, told):
    """a transfer under a name that nobody has used"""
    transfer, _, event = _of_transfer(books, told)
    transfer["request_key"] = event["request_key"] = "another-order-0001"


def _dearer(books, told):
    """a transfer of another amount, in balance"""
    _, booking, _ = _of_transfer(books, told)
    _move(books, booking, -1)
    booking["amount"] += 1
    _move(books, booking, 1)


def _lost(books, told):
    """a transfer that was told and is gone, with all that it left"""
    transfer, booking, event = _of_transfer(books, told)
    _move(books, booking, -1)
    books["transfers"].remove(transfer)
    books["bookings"].remove(booking)
    books["history"].remove(event)


def _never_told(_, told):
    """an order that was never told"""
    next(order for order in told.orders.values() if order.receipt is not None).receipt = None


def _no_event(books, told):
    """a transfer that is not in the history"""
    books["history"].remove(_of_transfer(books, told)[2])


def _without_code(books, told):
    """a transfer for which no code was accepted"""
    _of_transfer(books, told)[2]["step"] = None


def _twice(books, told):
    """one step that is accepted for two acts"""
    event = _of_transfer(books, told)[2]
    books["history"].append(event | {"number": 10**9})


def _behind(books, told):
    """a credential whose state is behind its history"""
    _credential(books, told)["spent"] -= 1


def _for_nothing(books, told):
    """a code that was spent for nothing"""
    _credential(books, told)["spent"] += 1


def _credential(books, told):
    ids = set(told.credentials.values())
    return next(credential for credential in books["credentials"] if credential["id"] in ids)


def _no_login(books, _):
    """a login that is not in the history"""
    books["history"] = [event for event in books["history"] if event["event"] != "logged_in"]


def _no_notice(books, _):
    """a transfer without its notice"""
    books["notices"].remove(next(row for row in books["notices"] if row["event"] == "transferred"))


def _one_more_notice(books, _):
    """a notice of no transfer"""
    books["notices"].append(dict(next(row for row in books["notices"] if row["event"] == "transferred")))


def _no_credential(books, told):
    """a credential that is gone"""
    books["credentials"].remove(_credential(books, told))


def _unbound(books, told):
    """a contract without its credential"""
    next(row for row in books["contracts"] if row["id"] in told.credentials)["credential_id"] = None


SPOILED = [(_one_side, "balances"), (_booked_again, "bookings"), (_doubled, "receipts"), (_renamed, "asked"),
           (_dearer, "asked"), (_lost, "receipts"), (_never_told, "receipts"), (_no_event, "events"),
           (_without_code, "events"), (_twice, "steps"), (_behind, "steps"), (_for_nothing, "steps"),
           (_no_login, "logins"), (_no_notice, "notices"), (_one_more_notice, "notices"),
           (_no_credential, "credentials"), (_unbound, "credentials")]
