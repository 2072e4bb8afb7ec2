"""Coverage of the addon by both suites, subprocesses included."""

import io
import json

import coverage

from .console import say
from .settings import ROOT

ENOUGH = 90


def configure(folder, addons):
    """Write the configuration of this run; returns the environment that makes Odoo processes follow it."""
    rc = folder / "coveragerc"
    sources = "".join(f"\n    {ROOT / addon}" for addon in addons)
    rc.write_text(
        f"[run]\nparallel = true\ndata_file = {folder / 'coverage'}\nsource ={sources}\n"
        "disable_warnings = no-data-collected,module-not-imported\n"
        "omit =\n    */tests/*\n    */__manifest__.py\n    */migrations/*\n"
    )
    return {"DEV_COVERAGE_RC": str(rc)}


def show(folder, addons):
    """The total and the files that fall short, no more."""
    measured = coverage.Coverage(config_file=str(folder / "coveragerc"))
    try:
        measured.combine(strict=True)
        target = folder / "coverage.json"
        measured.json_report(outfile=str(target), ignore_errors=True)
    except coverage.CoverageException as error:
        say(f"no coverage: {error}")
        return
    data = json.loads(target.read_text())
    out = io.StringIO()
    print(f"coverage of {', '.join(addons)}: {data['totals']['percent_covered']:.0f} %", file=out)
    for name, entry in sorted(data["files"].items()):
        summary = entry["summary"]
        if summary["num_statements"] and summary["percent_covered"] < ENOUGH:
            print(
                f"  {summary['percent_covered']:3.0f} %  {name}  lines {_ranges(entry['missing_lines'])}",
                file=out,
            )
    print(out.getvalue(), end="", flush=True)


def _ranges(numbers):
    """1, 2, 3, 7 as 1-3, 7."""
    ranges = []
    for number in numbers:
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in ranges)
