"""Starts the real `warifu-bank` for a test, on SQLite or on a PostgreSQL of its own. Standard library alone."""

import base64
import contextlib
import glob
import hashlib
import hmac
import http.client
import json
import os
import pathlib
import shutil
import signal
import struct
import subprocess
import tempfile
import threading
import time


@contextlib.contextmanager
def databases(names):
    """Gives (name, URL or path) of a fresh database of each kind that is asked for."""
    with contextlib.ExitStack() as stack:
        made = []
        for name in names:
            if name == "sqlite":
                made.append((name, None))
            else:
                made.append((name, stack.enter_context(Cluster()).new_database()))
        yield made


class Cluster:
    """A PostgreSQL in a folder that vanishes; it listens on a socket there, and nowhere else."""

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="pg", dir="/tmp")
        self.made = 0
        data = os.path.join(self.folder, "data")
        if os.getuid() == 0:
            shutil.chown(self.folder, "postgres")
        self.run("initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-locale",
                 "--pgdata", data)
        self.log = open(os.path.join(self.folder, "log"), "w")
        command = ["postgres", "-D", data, "-k", self.folder, "-c", "listen_addresses=",
                   "-c", "max_connections=100"]
        self.server = subprocess.Popen(self.command(*command), cwd="/", stdout=self.log, stderr=self.log)
        while subprocess.run(self.command("pg_isready", "-h", self.folder), cwd="/",
                             stdout=subprocess.DEVNULL).returncode != 0:
            if self.server.poll() is not None:
                raise SystemExit(f"PostgreSQL did not start: {self.log.name}")
            time.sleep(0.02)
        return self

    def __exit__(self, *_):
        self.server.send_signal(signal.SIGINT)
        self.server.wait()
        self.log.close()
        shutil.rmtree(self.folder)

    def new_database(self):
        self.made += 1
        name = f"bank{self.made}"
        self.run("createdb", "-h", self.folder, "-U", "postgres", name)
        return f"postgres://postgres@localhost/{name}?host={self.folder}"

    def run(self, *command):
        done = subprocess.run(self.command(*command), cwd="/", stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True)
        if done.returncode != 0:
            raise SystemExit(f"{command[0]}: {done.stdout}")

    def command(self, program, *arguments):
        """PostgreSQL will not run as root; then it runs as the user that its package has made."""
        found = sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{program}"))
        if not found:
            raise SystemExit("no PostgreSQL: install `postgresql`")
        as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"]
        return (as_user if os.getuid() == 0 else []) + [found[-1], *arguments]


class Bank:
    """The service, which can be killed and started again on the same database."""

    def __init__(self, program, url, *options, environment=None):
        self.program, self.options, self.process = os.path.abspath(program), options, None
        self.up = threading.Event()
        self.folder = tempfile.mkdtemp(prefix="warifu-bank")
        self.environment = os.environ | {"WARIFU_DATABASE": url or os.path.join(self.folder, "bank.db")}
        self.environment |= environment or {}
        self.run("init")
        self.key = pathlib.Path(self.folder, "warifu-bank.api-key").read_text()

    def run(self, *arguments):
        done = subprocess.run([self.program, *arguments], cwd=self.folder, env=self.environment,
                              capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(f"warifu-bank {arguments}: {done.stderr}")
        return done.stdout

    def secret_file(self, text):
        """A file that others may not read, as the service wants a password's to be."""
        path = os.path.join(self.folder, "secret")
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)
        return path

    def start(self):
        command = [self.program, "serve", "--listen", "127.0.0.1:0", *self.options]
        with open(os.path.join(self.folder, "log"), "a") as log:
            self.process = subprocess.Popen(command, cwd=self.folder, env=self.environment,
                                            stdout=subprocess.PIPE, stderr=log, text=True)
        line = self.process.stdout.readline()
        if not line.startswith("listening on http://"):
            log = pathlib.Path(self.folder, "log").read_text()
            raise SystemExit(f"it did not start:\n{log[-2000:]}")
        self.address = line.strip().removeprefix("listening on http://")
        self.up.set()

    def pause(self):
        """What a client does whose connection broke: it waits a little, and while the service does not run."""
        time.sleep(0.02)
        self.up.wait(5)

    def kill(self):
        self.up.clear()
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.process = None

    def remove(self):
        if self.process:
            self.kill()
        shutil.rmtree(self.folder)

    def connect(self):
        return http.client.HTTPConnection(self.address, timeout=30)

    def post(self, path, body=None, connection=None, name=None):
        """The answer's body; an error that is no answer is raised."""
        own = connection or self.connect()
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        if name:
            headers["Idempotency-Key"] = name
        own.request("POST", path, json.dumps(body or {}), headers)
        answer = own.getresponse()
        text = answer.read()
        if connection is None:
            own.close()
        if answer.status >= 300:
            raise Refused(answer.status, text)
        return json.loads(text)

    def octets(self, path, message):
        """A message of a token, and the one that answers it."""
        connection = self.connect()
        connection.request("POST", path, message, {"Content-Type": "application/octet-stream"})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        if answer.status != 200:
            raise Refused(answer.status, body)
        return body

    def get(self, path):
        connection = self.connect()
        connection.request("GET", path, headers={"Authorization": f"Bearer {self.key}"})
        answer = json.loads(connection.getresponse().read())
        connection.close()
        return answer


class Refused(Exception):
    """The service answered, and with an error."""


def hotp(seed, counter, digits=6, algorithm=hashlib.sha1):
    """RFC 4226, section 5.3."""
    mac = hmac.new(seed, struct.pack(">Q", counter), algorithm).digest()
    offset = mac[-1] & 15
    value = struct.unpack(">I", mac[offset:offset + 4])[0] & 0x7FFFFFFF
    return f"{value % 10 ** digits:0{digits}}"


def base32(seed):
    return base64.b32encode(seed).decode()
