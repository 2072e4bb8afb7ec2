"""Odoo as a program and its databases; also what `tests/` and `bench/` use, through environment variables."""

import os
import shutil
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psycopg2
from psycopg2.sql import SQL, Identifier

from .console import CHILDREN

DATA = "DEV_DATA_DIR"


def free_port():
    """A TCP port nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Odoo:
    """Odoo with the environment it runs in: PG* name the server, ODOO_RC addons path and data folder."""

    def __init__(self, env=None):
        self.env = dict(env or os.environ)
        self.data = Path(self.env[DATA])

    # -- the program
    def command(self, *args):
        """`odoo …` as a list for subprocess; measured when DEV_COVERAGE_RC is set."""
        rc = self.env.get("DEV_COVERAGE_RC")
        measured = ["-m", "coverage", "run", f"--rcfile={rc}"] if rc else []
        return [sys.executable, *measured, "-m", "odoo", *map(str, args)]

    def popen(self, *args, **kwargs):
        """Start Odoo; the caller ends it, or the end of `./dev` does."""
        kwargs.setdefault("env", self.env)
        process = subprocess.Popen(self.command(*args), **kwargs)
        CHILDREN.append(process)
        return process

    def run(self, database, *args, check=True, **kwargs):
        """Odoo on one database until it is done: `run(db, "-u", "sales_back_office")`."""
        kwargs.setdefault("env", self.env)
        done = subprocess.run(
            self.command("-d", database, "--no-http", "--stop-after-init", *args),
            text=True,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            **kwargs,
        )
        return _checked(done) if check else done

    def shell(self, database, code, args=(), check=True, **kwargs):
        """What `code` prints in `odoo shell`; it has `env`, and commits itself."""
        kwargs.setdefault("env", self.env)
        command = self.command("shell", "-d", database, "--no-http", "--log-level=warn", *args)
        done = subprocess.run(command, text=True, input=code, capture_output=True, **kwargs)
        return _checked(done).stdout if check else done

    # -- its databases
    def connect(self, database="postgres"):
        """A psycopg2 connection in autocommit."""
        names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD"}
        given = {key: self.env[name] for key, name in names.items() if self.env.get(name)}
        connection = psycopg2.connect(dbname=database, **given)
        connection.autocommit = True
        return connection

    def sql(self, database, statement, params=None):
        """Rows of one statement."""
        with closing(self.connect(database)) as connection, connection.cursor() as cursor:
            cursor.execute(statement, params)
            return cursor.fetchall() if cursor.description else []

    def databases(self):
        """Names of all databases of the server."""
        return [
            name
            for (name,) in self.sql("postgres", "SELECT datname FROM pg_database WHERE NOT datistemplate")
        ]

    def clone(self, template, name):
        """A copy of a database that nobody is connected to; attachments are hard links."""
        self.drop(name)
        with closing(self.connect()) as connection, connection.cursor() as cursor:
            # copying files beats writing everything through the log, where there is a choice
            files = SQL(" STRATEGY FILE_COPY" if connection.server_version >= 150000 else "")
            cursor.execute(
                SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(name), Identifier(template)) + files
            )
        source = self.filestore(template)
        if source.exists():
            shutil.copytree(source, self.filestore(name), copy_function=os.link)
        return name

    def drop(self, name):
        """Remove a database, whoever is connected to it, and its files."""
        self.sql("postgres", SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))
        shutil.rmtree(self.filestore(name), ignore_errors=True)

    def rename(self, old, new):
        """Give a database its final name."""
        self.sql("postgres", SQL("ALTER DATABASE {} RENAME TO {}").format(Identifier(old), Identifier(new)))
        if self.filestore(old).exists():
            shutil.rmtree(self.filestore(new), ignore_errors=True)
            self.filestore(old).rename(self.filestore(new))

    def filestore(self, name):
        """Where a database keeps its attachments."""
        return self.data / "filestore" / name


def _checked(done):
    """Fail with what Odoo said: the traceback, not the exit code, is what one needs to see."""
    if done.returncode:
        raise RuntimeError(f"odoo ended with {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-6000:]}")
    return done
