"""Prints a report to a file from a shell: the PDF program wants a server that answers."""

import logging
import threading
from contextlib import contextmanager
from pathlib import Path

from odoo import http
from werkzeug.serving import make_server

from .reading import LoadError


def print_pdf(env, report, records, path):
    """Write the PDF of `records` to `path` and return the path."""
    with _answering() as url:
        parameters = env["ir.config_parameter"].sudo()
        before = parameters.get_param("report.url")
        parameters.set_param("report.url", url)
        try:
            content, kind = env["ir.actions.report"]._render_qweb_pdf(report, records.ids)
        finally:
            parameters.set_param("report.url", before)
    if kind != "pdf":
        raise LoadError("There is no PDF: wkhtmltopdf is missing.")
    path = Path(path).resolve()
    path.write_bytes(content)
    return path


@contextmanager
def _answering():
    """Odoo on a free port of this machine: the papers' styles are fetched from it."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = make_server("127.0.0.1", 0, http.root, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
