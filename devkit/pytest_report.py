"""pytest plugin: what a run did, as json, so that two runs can be added up and an empty one noticed.

Loaded by `./dev test` with -p; writes to the file that DEV_REPORT names.
"""

import json
import os

RANK = {"passed": 0, "skipped": 1, "failed": 2}


class Report:
    """Outcome of each test, reasons of skips, number of browser tours that ended well."""

    def __init__(self):
        self.outcomes, self.skips, self.tours = {}, {}, 0

    def note(self, name, outcome):
        """A test is as bad as the worst of its phases."""
        if RANK[outcome] >= RANK.get(self.outcomes.get(name), -1):
            self.outcomes[name] = outcome

    def pytest_runtest_logreport(self, report):
        """Called by pytest for setup, call and teardown of each test."""
        if report.failed or report.when == "call" or report.skipped:
            self.note(report.nodeid, report.outcome)
        if report.skipped:
            self.skips[report.nodeid] = (
                report.longrepr[2] if isinstance(report.longrepr, tuple) else "expected failure"
            )

    def pytest_collectreport(self, report):
        """A test file that cannot be imported is a failure, a skipped one a skip."""
        if report.failed or report.skipped:
            self.note(report.nodeid or "collection", report.outcome)
        if report.skipped:
            self.skips[report.nodeid] = str(report.longrepr[2])

    def pytest_sessionstart(self):
        """Count tours where Odoo is there at all."""
        try:
            from odoo.tests.common import HttpCase
        except ImportError:
            return
        start_tour = HttpCase.start_tour

        def counted(case, *args, **kwargs):
            result = start_tour(case, *args, **kwargs)
            self.tours += 1
            return result

        HttpCase.start_tour = counted

    def pytest_sessionfinish(self, exitstatus):
        """Leave the result for the runner."""
        counts = {kind: list(self.outcomes.values()).count(kind) for kind in RANK}
        data = dict(counts, tours=self.tours, skips=self.skips, exit=int(exitstatus))
        with open(os.environ["DEV_REPORT"], "w") as handle:
            json.dump(data, handle)


def pytest_configure(config):
    """Register, except in xdist's workers."""
    if os.environ.get("DEV_REPORT") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Report(), "dev-report")
