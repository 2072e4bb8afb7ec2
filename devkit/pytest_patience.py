"""pytest plugin: Odoo's limits on the browser, widened.

They are meant for machines of their own; on a busy one a Chromium that takes eleven seconds to start makes
Odoo skip the tour, and a skipped tour is a failed run. A test that hangs still ends, only later.
"""

PATIENCE = 4


class Factor:
    """Stands in for ChromeBrowser.throttling_factor, by which Odoo multiplies its limits."""

    def __get__(self, browser, owner=None):
        return max(PATIENCE, browser.__dict__.get("throttling_factor", 1)) if browser else PATIENCE

    def __set__(self, browser, value):
        browser.__dict__["throttling_factor"] = value


def pytest_sessionstart():
    """Odoo is configured by now, no test has run."""
    from odoo.tests import common

    common.CHECK_BROWSER_ITERATIONS *= PATIENCE
    common.ChromeBrowser.throttling_factor = Factor()
    _widen(common.ChromeBrowser, "_json_command", 3)
    _widen(common.HttpCase, "url_open", 12)
    _widen(common.HttpCase, "make_jsonrpc_request", 12)


def _widen(owner, name, seconds):
    """Another default for a method's `timeout`."""
    method = getattr(owner, name)

    def patient(self, *args, **kwargs):
        kwargs.setdefault("timeout", seconds * PATIENCE)
        return method(self, *args, **kwargs)

    setattr(owner, name, patient)
