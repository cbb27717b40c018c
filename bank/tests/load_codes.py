"""A load of codes over the API, while the service is killed, and what its callers were told.

Clients send the codes of counters, each code many times: from several connections at once, and anew after each
kill until it is answered. One sends wrong codes, one suspends and resumes, two send the codes of a clock. What
must hold:

- no code is accepted twice: of all answers at most one says `accepted` for a counter, but for those to
  one request that is sent again under its key, which are the same;
- what was told is kept: a code that was told to be accepted or dead is never accepted later, a failure
  that was told stays counted, and a credential is suspended or not as was told last;
- nothing is lost: a code that nobody was told of can still be used, unless a request that was cut has.
"""

import collections
import random
import threading
import time
import uuid

from bank import Refused, base32, hotp

CLIENTS = 6
CREDENTIALS = 3
LIMIT = 100  # failures until a credential is locked, as the service is told


class Codes:
    """Clients that send codes, and remember what they were told."""

    def __init__(self, bank, randomness):
        self.bank, self.random = bank, randomness
        self.lock = threading.Lock()
        self.stop = threading.Event()
        self.told = collections.defaultdict(list)  # (credential, counter) -> [(name, answer)]
        self.answered = {}  # name -> answer
        self.wrong = []
        self.repeated = self.lost = self.acted = self.failed = 0
        self.next = collections.Counter()
        self.steps = collections.Counter()  # time step -> how often it was told to be accepted
        self.clients = []

    def begin(self):
        for credential in self.credentials():
            seed = self.seed(credential)
            self.bank.post("/v1/credentials",
                           {"id": credential, "seed": base32(seed), "generator": {"type": "hotp"}})
            self.bank.post(f"/v1/credentials/{credential}/confirm", {"code": hotp(seed, 0)})
            self.next[credential] = 1
        seeds = [self.random.randrange(2**32) for _ in range(CLIENTS)]
        self.clients = [threading.Thread(target=self.client, args=[random.Random(s)], daemon=True) for s in seeds]
        for credential in ("ACTS0000", "WRNG0000"):
            self.bank.post("/v1/credentials", {"id": credential, "seed": base32(self.seed(credential)),
                                               "generator": {"type": "hotp"}})
            self.bank.post(f"/v1/credentials/{credential}/confirm",
                           {"code": hotp(self.seed(credential), 0)})
        self.bank.post("/v1/credentials", {"id": "STEP0000", "seed": base32(self.seed("STEP0000")),
                                           "generator": {"type": "totp", "period": 1}})
        self.bank.post("/v1/credentials/STEP0000/confirm",
                       {"code": hotp(self.seed("STEP0000"), int(time.time()))})
        self.clients += [threading.Thread(target=target, daemon=True)
                         for target in (self.acts, self.fails, self.clock, self.clock)]
        for client in self.clients:
            client.start()

    def end(self):
        self.stop.set()
        for client in self.clients:
            client.join()

    def client(self, randomness):
        while not self.stop.is_set():
            credential = randomness.choice(self.credentials())
            with self.lock:
                counter = self.next[credential]
            name = str(uuid.uuid4()) if randomness.random() < 0.5 else None
            path = f"/v1/credentials/{credential}/verify"
            body = {"code": hotp(self.seed(credential), counter)}
            # Until it is answered; then at times once more, as a client does that lost the answer.
            times = 1 + (name is not None and randomness.random() < 0.3)
            while times and not self.stop.is_set():
                answer = self.exchange(path, body, name)
                if answer is not None:
                    times -= 1
                    self.note(credential, counter, name, answer)

    def acts(self):
        """Suspends and resumes, and looks what was kept of what was told."""
        path = "/v1/credentials/ACTS0000"
        while True:
            for act, status in (("suspend", "suspended"), ("resume", "active")):
                if self.insist(lambda: self.exchange(f"{path}/{act}", None, None)) is None:
                    return
                view = self.insist(lambda: self.look(path))
                if view is None:
                    return
                self.acted += 1
                if view["status"] != status:
                    self.fault(f"told {status}, kept {view['status']}")

    def fails(self):
        """Sends wrong codes, each of which that is told must stay counted."""
        path = "/v1/credentials/WRNG0000"
        counted = 0
        while not self.stop.is_set():
            answer = self.exchange(f"{path}/verify", {"code": "000000"}, None)
            if answer is None:
                continue
            if answer["verdict"] == "locked":
                if self.insist(lambda: self.exchange(f"{path}/unlock", None, None)) is None:
                    return
                counted = 0
                continue
            failures = LIMIT - answer["left"]
            if failures <= counted:
                self.fault(f"{counted} failures were told, and then {failures}")
            counted, self.failed = failures, self.failed + 1

    def clock(self):
        """Sends the codes of the present steps, over and over; another does the same at once."""
        path = "/v1/credentials/STEP0000"
        while not self.stop.is_set():
            now = int(time.time())
            for step in (now - 1, now, now + 1):
                answer = self.exchange(f"{path}/verify", {"code": hotp(self.seed("STEP0000"), step)}, None)
                if answer is None:
                    continue
                if answer["verdict"] == "accepted":
                    with self.lock:
                        self.steps[answer["step"]] += 1
                elif answer["verdict"] == "locked":  # codes that came too late, after a restart
                    self.insist(lambda: self.exchange(f"{path}/unlock", None, None))
                elif answer["verdict"] not in ("replayed", "wrong", "out_of_sync"):
                    self.fault(f"STEP0000, {step}: {answer}")

    def insist(self, ask):
        """The answer, however often it takes; none once the load ends."""
        while not self.stop.is_set():
            answer = ask()
            if answer is not None:
                return answer
        return None

    def look(self, path):
        try:
            return self.bank.get(path)
        except Exception:
            self.bank.pause()
        return None

    def fault(self, line):
        with self.lock:
            self.wrong.append(line)

    def exchange(self, path, body, name):
        try:
            return self.bank.post(path, body, name=name)
        except Refused as refused:
            # 503 is an answer too: nothing was judged, or nobody can tell. Anything else is a fault.
            if refused.args[0] != 503:
                with self.lock:
                    self.wrong.append(f"{path}: {refused}")
        except Exception:
            with self.lock:
                self.lost += 1
            self.bank.pause()
        return None

    def note(self, credential, counter, name, answer):
        with self.lock:
            if name in self.answered:
                self.repeated += 1
                if self.answered[name] != answer:
                    self.wrong.append(f"one request, two answers: {self.answered[name]} and {answer}")
            elif name:
                self.answered[name] = answer
            self.told[credential, counter].append((name, answer))
            # Accepted, or accepted by a request whose answer was cut: either way the next one's turn.
            if answer["verdict"] in ("accepted", "replayed"):
                self.next[credential] = max(self.next[credential], counter + 1)

    def accepted(self):
        with self.lock:
            answers = [answer for told in self.told.values() for _, answer in told]
        return sum(answer["verdict"] == "accepted" for answer in answers)

    def judge(self):
        """What does not hold."""
        wrong = list(self.wrong)
        wrong += [f"step {step} was accepted {times} times" for step, times in self.steps.items() if times > 1]
        if len(self.steps) < 3:
            wrong.append(f"only {len(self.steps)} steps of a clock were accepted")
        for (credential, counter), told in self.told.items():
            by_request = collections.Counter()
            for at, (name, answer) in enumerate(told):
                if answer["verdict"] == "accepted":
                    by_request[name or at] += 1
                    if answer["counter"] != counter:
                        wrong.append(f"{credential}: the code of {counter} accepted as {answer}")
                elif answer["verdict"] not in ("replayed", "wrong"):
                    wrong.append(f"{credential}, {counter}: {answer}")
            if len(by_request) > 1:
                wrong.append(f"{credential}: the code of {counter} was accepted {len(by_request)} times")
        for credential in self.credentials():
            path = f"/v1/credentials/{credential}/verify"
            seed, following = self.seed(credential), self.next[credential]
            # A request that was cut, and never sent again, may have spent it.
            fresh = self.bank.post(path, {"code": hotp(seed, following)})
            if fresh["verdict"] not in ("accepted", "replayed"):
                wrong.append(f"{credential}: the next code is {fresh}")
            for counter in range(max(0, following - 50), following):
                again = self.bank.post(path, {"code": hotp(seed, counter)})
                if again["verdict"] == "accepted":
                    wrong.append(f"{credential}: the code of {counter} was dead, and is accepted now")
        return wrong

    @staticmethod
    def credentials():
        return [f"KILL{number:04}" for number in range(CREDENTIALS)]

    @staticmethod
    def seed(credential):
        return credential.encode() * 2
