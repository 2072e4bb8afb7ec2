"""The command line: which command needs what, and how a failure looks."""

import argparse
import signal
import sys
from importlib import import_module

from . import python_env
from .console import CHILDREN, Missing, say

# name: (needs Odoo's source, one line of help)
COMMANDS = {
    "run": (True, "from nothing to a running Odoo with the addon and demo data; Ctrl-C stops it"),
    "test": (
        True,
        "all tests: in Odoo's transactions, in the browser, whole-system; takes pytest's arguments",
    ),
    "test-core": (True, "Odoo's own tests of the modules we build on, with and without our addons, compared"),
    "lint": (False, "ruff, pylint-odoo and the project's own style check"),
    "shell": (True, "odoo shell on the demo database"),
    "pot": (True, "export the terms to translate and merge them into zh_CN.po"),
    "load": (True, "load the order history of a folder into a database of its own"),
    "bench": (True, "run the measurements in bench/"),
    "wheel": (False, "build an installable wheel of each addon into dist/"),
    "stop": (None, "stop the PostgreSQL server that run and test leave running"),
    "clean": (None, "remove everything that ./dev made"),
}
# imported only inside the environment the command needs
MODULES = {
    "test": "tests_runner",
    "test-core": "core_tests",
    "lint": "lint",
    "wheel": "wheels",
    "stop": "housekeeping",
    "clean": "housekeeping",
}


def parser():
    """The arguments of all commands."""
    main_parser = argparse.ArgumentParser(
        prog="./dev", description="Develop, test and try sales_back_office."
    )
    commands = main_parser.add_subparsers(dest="command", metavar="command")
    subs = {
        name: commands.add_parser(name, help=text, description=text)
        for name, (_odoo, text) in COMMANDS.items()
    }
    run = subs["run"]
    run.add_argument("--port", type=int, default=8069)
    run.add_argument("--fresh", action="store_true", help="make the demo database anew")
    run.add_argument("--database", help="another database, such as `load`")
    subs["test-core"].add_argument("--only-with", action="store_true", help="not the run without our addons")
    subs["shell"].add_argument("--database", help="another database")
    subs["load"].add_argument(
        "folder", nargs="?", help="where the csv files are (default: ../shared/data/northwind)"
    )
    return main_parser


def main(arguments):
    """Run a command; ends with its exit code, or one clear sentence."""
    if not arguments:
        parser().print_help()
        return 0
    options, rest = parser().parse_known_args(arguments)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    try:
        return _dispatch(options, [x for x in rest if x != "--"], arguments) or 0
    except Missing as reason:
        say(f"ERROR: {reason}")
        return 1
    except KeyboardInterrupt:
        return 130


def _interrupt(_number, _frame):
    """A thread may be waiting for a child: without this the end would wait for it too."""
    for child in CHILDREN:
        if child.poll() is None:
            child.terminate()
    raise KeyboardInterrupt


def _dispatch(options, rest, arguments):
    needs_odoo = COMMANDS[options.command][0]
    if needs_odoo is not None:
        python_env.enter(arguments, needs_odoo)
    module = import_module(f".{MODULES.get(options.command, 'commands')}", __package__)
    return getattr(module, options.command.replace("-", "_"))(options, rest)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
