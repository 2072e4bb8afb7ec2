"""A private PostgreSQL cluster on a Unix socket; or the server that PGHOST names."""

import os
import pwd
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from .console import Missing, say
from .settings import IS_ROOT, STATE, short_hash

ROLE = "odoo"  # not postgres: Odoo refuses that one
# a development server may lose everything in a crash, and is faster for it
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "256MB",
    "max_connections": "200",
    "jit": "off",
    # needs nothing of /dev/shm, which containers often close
    "dynamic_shared_memory_type": "mmap",
    "max_wal_size": "4GB",
    "autovacuum_naptime": "30s",
}


class Postgres:
    """The server `./dev` works with."""

    def __init__(self):
        self.external = bool(os.environ.get("PGHOST"))
        self.folder, self.user = STATE / "pg", None
        if IS_ROOT:
            # root may not run PostgreSQL, and the user that may cannot enter root's folders
            self.user = _existing_user("postgres", "nobody")
            self.folder = Path(os.sep, "var", "tmp", f"odoo-dev-{short_hash(STATE)}")
        self.data = self.folder / "data"
        # a socket's path has at most 107 bytes, and goes through a command line
        self.socket = str(self.folder / "run")
        if len(self.socket) > 80 or not re.fullmatch(r"[\w./-]+", self.socket):
            self.socket = f"{tempfile.gettempdir()}/odoo-dev-{os.geteuid()}-{short_hash(STATE)}"

    def environment(self):
        """What libpq and Odoo need to find the server."""
        if self.external:
            return {}
        return {"PGHOST": self.socket, "PGUSER": ROLE, "PGPORT": "5432"}

    def start(self):
        """Create the cluster if need be and start it unless it runs."""
        if self.external:
            if os.environ.get("PGUSER", "") == "postgres":
                raise Missing("Odoo refuses to work as the database role postgres: set PGUSER to another one")
            return
        self._make_folders()
        if self.running():
            return
        if not (self.data / "PG_VERSION").exists():
            self._create()
        options = {**SETTINGS, "unix_socket_directories": self.socket}
        line = " ".join(f"-c {key}={value}" for key, value in options.items())
        log = self.data / "server.log"
        result = self._run("pg_ctl", "-D", self.data, "-w", "-l", log, "-o", line, "start")
        if result.returncode:
            raise Missing("PostgreSQL did not start:\n" + log.read_text()[-1500:])

    def running(self):
        """Whether our server answers."""
        return (self.data / "postmaster.pid").exists() and not self._run(
            "pg_ctl", "-D", self.data, "status"
        ).returncode

    def stop(self):
        """Stop our server; another's is not ours to stop."""
        if not self.external and self.folder.exists() and self.running():
            self._run("pg_ctl", "-D", self.data, "-m", "fast", "-w", "stop")
            return True
        return False

    def folders(self):
        """Everything the server keeps on disk."""
        return [self.folder, Path(self.socket)]

    def _create(self):
        say("creating a private PostgreSQL server")
        result = self._run(
            "initdb", "-D", self.data, "-U", ROLE, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"
        )
        if result.returncode:
            raise Missing("PostgreSQL's data folder cannot be made:\n" + result.stdout[-1500:])

    def _make_folders(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.folder.stat().st_uid != os.geteuid():
            raise Missing(f"{self.folder} belongs to somebody else")
        self.folder.chmod(0o755)
        for folder in (Path(self.socket), self.data):
            folder.mkdir(exist_ok=True, mode=0o700)
            folder.chmod(0o700)
            if self.user:
                shutil.chown(folder, self.user, pwd.getpwnam(self.user).pw_gid)

    def _run(self, program, *args):
        """One of PostgreSQL's programs, as the user that may run it."""
        from .postgres_binaries import find

        programs, libraries = find(self.folder)
        env = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
        env.update(LC_ALL="C", LD_LIBRARY_PATH=libraries, HOME=str(self.folder))
        other = {}
        if self.user:
            entry = pwd.getpwnam(self.user)
            other = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": [], "cwd": "/"}
        # pg_ctl's server keeps what it inherits: no pipe of ours, or reading it would never end
        with tempfile.TemporaryFile("w+") as output:
            result = subprocess.run(
                [str(programs / program), *map(str, args)],
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                **other,
            )
            output.seek(0)
            result.stdout = output.read()
        return result


def _existing_user(*names):
    for name in names:
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise Missing("PostgreSQL cannot run as root and this machine has no user postgres or nobody")
