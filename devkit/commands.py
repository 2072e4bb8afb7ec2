"""The commands that work with an Odoo: run, shell, pot, load, bench."""

import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

from . import machine, translations
from .console import Missing, say
from .databases import Templates, install
from .settings import LOGINS, MAIN, ROOT, STATE, our_addons
from .steps import lock, tree_hash


def run(options, rest):
    """Odoo in the foreground, on a demo database that is kept from call to call."""
    _check_port(options.port)
    odoo = machine.ready()
    database = options.database or "demo" + machine.checkout_suffix()
    if not options.database:
        _demo_database(odoo, database, options.fresh)
    elif database not in odoo.databases():
        raise Missing(f"there is no database {database}; there are: {', '.join(odoo.databases())}")
    command = odoo.command(
        "-d",
        database,
        f"--db-filter=^{database}$",
        f"--http-port={options.port}",
        "--max-cron-threads=1",
        "--log-level=warn",
        *rest,
    )
    return _serve(odoo, command, database, options.port)


def shell(options, rest):
    """A Python prompt with `env`."""
    odoo = machine.ready()
    database = options.database or "demo" + machine.checkout_suffix()
    if not options.database:
        _demo_database(odoo, database, False)
    return subprocess.run(odoo.command("shell", "-d", database, "--no-http", *rest), env=odoo.env).returncode


def pot(_options, _rest):
    """Terms out of the code into i18n/, translations kept."""
    odoo = machine.ready()
    bridges = our_addons()[1:]
    templates = Templates(odoo).get("bare", *(["demo"] if bridges else []))
    # demo records are not terms: the main addon comes from a database without them
    return translations.update(odoo, {MAIN: templates[0], **dict.fromkeys(bridges, templates[-1])})


def load(options, _rest):
    """Call the loader on a database without demo data; it ends with a month assessed and on paper."""
    folder = Path(options.folder or ROOT.parent / "shared" / "data" / "northwind").resolve()
    if not folder.is_dir():
        raise Missing(f"there is no folder {folder}")
    if not (ROOT / "loader").is_dir():
        raise Missing("there is no loader/")
    odoo = machine.ready()
    database = "load" + machine.checkout_suffix()
    (template,) = Templates(odoo).get("bare")
    say(f"loading {folder} into the database {database}")
    odoo.clone(template, database)
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        f"from loader import northwind\nnorthwind.load(env, {str(folder)!r})\nenv.cr.commit()\n"
        f"northwind.assess(env, pdf={str(STATE / 'scorecards.pdf')!r})\nenv.cr.commit()\n"
    )
    command = odoo.command("shell", "-d", database, "--no-http", "--log-level=warn")
    done = subprocess.run(command, env=odoo.env, input=code, text=True)
    if done.returncode == 0:
        say(f"loaded; look at it with ./dev run --database {database}")
    return done.returncode


def bench(_options, rest):
    """bench/run.py with the server, the addons path and the two templates in its environment."""
    script = ROOT / "bench" / "run.py"
    if not script.exists():
        raise Missing("there is no bench/run.py")
    odoo = machine.ready()
    env = dict(odoo.env, **Templates(odoo).environment(), PYTHONPATH=str(ROOT))
    return subprocess.run([sys.executable, script, *rest], env=env).returncode


def _demo_database(odoo, database, fresh):
    """Made from the template, updated when the addon changed, otherwise left as the person left it."""
    stamp = STATE / f"{database}.stamp"
    key = " ".join(tree_hash(ROOT / addon, skip=("tests",)) for addon in our_addons())
    with lock(database):
        if fresh or database not in odoo.databases() or not stamp.exists():
            (template,) = Templates(odoo).get("demo")
            odoo.clone(template, database)
        elif stamp.read_text() != key:
            say("the addon changed: updating the database")
            known = {
                name
                for (name,) in odoo.sql(database, "SELECT name FROM ir_module_module WHERE state='installed'")
            }
            new = [addon for addon in our_addons() if addon not in known]
            install(odoo, database, new or [MAIN], "-u", MAIN, "--with-demo")
        stamp.write_text(key)


def _check_port(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Missing(f"port {port} is taken; choose another one: ./dev run --port {port + 1}") from error


def _serve(odoo, command, database, port):
    """Run the server, say so when it answers, pass on the signal that ends it."""
    # a session of its own: Ctrl-C reaches it once, through us; twice would be a forced end
    process = subprocess.Popen(command, env=odoo.env, stdin=subprocess.DEVNULL, start_new_session=True)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_args: process.terminate())
    threading.Thread(target=_announce, args=(odoo, process, database, port), daemon=True).start()
    process.wait()
    return 0 if process.returncode in (0, -signal.SIGTERM, -signal.SIGINT) else process.returncode


def _announce(odoo, process, database, port):
    url = f"http://127.0.0.1:{port}"
    while process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/web/health", timeout=5):
                break
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    if process.poll() is None:
        known = {login for (login,) in odoo.sql(database, "SELECT login FROM res_users WHERE active")}
        print(f"\n  Odoo runs at {url}   (Ctrl-C stops it)\n", flush=True)
        for login, role in LOGINS:
            if login in known:
                print(f"    {login:12} password {login:12} {role}", flush=True)
        print(flush=True)
