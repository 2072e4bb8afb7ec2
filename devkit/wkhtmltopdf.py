#!/usr/bin/env python3
"""wkhtmltopdf's command line, as far as Odoo uses it, printed by headless Chromium.

For development machines without a wkhtmltopdf with patched Qt, which no distribution packages. Headers and
footers are rendered per page with the same query string and laid over the pages; documents are marked by
outlines, because Odoo splits the file there.
"""

import base64
import io
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import urllib.parse
from dataclasses import dataclass, field
from pathlib import Path

from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, TextStringObject

FLAGS = {
    "--quiet",
    "-q",
    "--disable-local-file-access",
    "--enable-local-file-access",
    "--header-line",
    "--disable-smart-shrinking",
    "--print-media-type",
    "--no-stop-slow-scripts",
}
TWO_VALUES = {"--cookie", "--custom-header", "--replace"}
SIZES = {
    "A3": (297, 420),
    "A4": (210, 297),
    "A5": (148, 210),
    "A6": (105, 148),
    "B5": (176, 250),
    "Letter": (215.9, 279.4),
    "Legal": (215.9, 355.6),
}
SCALE = 0.8  # patched Qt prints CSS pixels smaller; found by laying pages over each other
# ours comes first in PATH, by the name that Odoo looks for
PROGRAMS = ("chromium", "google-chrome", "chromium-browser", "google-chrome-stable", "chromium-headless-shell")
# pages are files that ask Odoo for their styles and fonts: --disable-web-security lets the fonts through
SWITCHES = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-web-security",
    "--no-first-run",
    "--disable-extensions",
    "--disable-background-networking",
    "--font-render-hinting=none",
    "--remote-debugging-pipe",
)
TRANSPARENT = "html, body { background: transparent !important; }"
VERSION = "wkhtmltopdf 0.12.6 (with patched qt)"  # what Odoo looks for


@dataclass
class Order:
    """One command line."""

    options: dict = field(default_factory=dict)
    cookies: list = field(default_factory=list)
    files: list = field(default_factory=list)

    @classmethod
    def parse(cls, arguments):
        """wkhtmltopdf's own grammar: options, bodies, and the target last."""
        order, rest = cls(), list(arguments)
        while rest:
            name = rest.pop(0)
            if name in TWO_VALUES:
                pair = (rest.pop(0), rest.pop(0))
                order.cookies += [pair] if name == "--cookie" else []
            elif name in FLAGS or not name.startswith("-"):
                order.files += [] if name in FLAGS else [name]
            else:
                order.options[name] = rest.pop(0)
        return order

    def inches(self, name, default):
        """A length given in mm, as Chromium wants it."""
        return float(str(self.options.get(name, default)).removesuffix("mm")) / 25.4

    def paper(self):
        """Width and height in inches."""
        width, height = (mm / 25.4 for mm in SIZES.get(self.options.get("--page-size"), SIZES["A4"]))
        if "--page-width" in self.options:
            width, height = self.inches("--page-width", 210), self.inches("--page-height", 297)
        landscape = self.options.get("--orientation", "").lower() == "landscape"
        return (height, width) if landscape else (width, height)


class Chromium:
    """A headless Chromium, spoken to through a pipe."""

    def __init__(self):
        program = next((p for p in map(shutil.which, PROGRAMS) if p), None)
        if not program:
            sys.exit("wkhtmltopdf: no chromium in PATH")
        self.profile = tempfile.mkdtemp(prefix="wkhtmltopdf")
        self.buffer, self.count, self.events, self.session = b"", 0, [], None
        child_reads, self.writing = os.pipe()
        self.reading, child_writes = os.pipe()
        command = [program, *SWITCHES, f"--user-data-dir={self.profile}", "about:blank"]
        self.process = subprocess.Popen(
            command,
            preexec_fn=lambda: _set_up_child(child_reads, child_writes),
            close_fds=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(child_reads)
        os.close(child_writes)
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.call("Page.enable")
        self.call("Network.enable")

    def receive(self):
        """The next message; they are separated by a zero byte."""
        while b"\0" not in self.buffer:
            chunk = os.read(self.reading, 1 << 20)
            if not chunk:
                sys.exit("wkhtmltopdf: chromium ended")
            self.buffer += chunk
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **params):
        """Call and wait for the answer; events that come in between are kept."""
        self.count += 1
        message = {"id": self.count, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.writing, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") != self.count:
                self.events.append(answer.get("method"))
            elif "error" in answer:
                sys.exit(f"wkhtmltopdf: {method}: {answer['error']}")
            else:
                return answer["result"]

    def pdf(self, url, css=None, **params):
        """Print a page once it is loaded with its fonts."""
        self.events.clear()
        self.call("Page.navigate", url=url)
        while "Page.loadEventFired" not in self.events:
            self.events.append(self.receive().get("method"))
        if css:
            code = "document.head.appendChild(document.createElement('style')).textContent = " + json.dumps(
                css
            )
            self.call("Runtime.evaluate", expression=code)
        self.call("Runtime.evaluate", expression="document.fonts.ready.then(() => 1)", awaitPromise=True)
        printed = self.call("Page.printToPDF", printBackground=True, scale=SCALE, **params)
        return PdfReader(io.BytesIO(base64.b64decode(printed["data"])))

    def close(self):
        """End the browser and drop its profile."""
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.profile, ignore_errors=True)


def _set_up_child(reads, writes):
    """Chromium's pipe is 3 and 4; Odoo's memory limit is far below what it reserves."""
    reads, writes = os.dup(reads), os.dup(writes)
    os.dup2(reads, 3)
    os.dup2(writes, 4)
    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY,) * 2)


class Printer:
    """Prints the bodies of one order into one file."""

    def __init__(self, order, chromium):
        self.order, self.chromium = order, chromium
        *self.bodies, self.target = order.files
        self.width, self.height = order.paper()
        self.top = order.inches("--margin-top", 10)
        self.bottom = order.inches("--margin-bottom", 10)
        self.writer, self.starts = PdfWriter(), []

    def print(self):
        """Every body, then its header and footer on each page, then the outlines."""
        self._cookies()
        parts = [self._pdf(Path(body).resolve().as_uri(), self.top, self.bottom) for body in self.bodies]
        total = sum(len(part.pages) for part in parts)
        for body, part in zip(self.bodies, parts, strict=True):
            done = len(self.writer.pages)
            self.starts.append(done)
            for number, page in enumerate(part.pages, 1):
                query = {
                    "page": done + number,
                    "topage": total,
                    "sitepage": number,
                    "sitepages": len(part.pages),
                    "frompage": 1,
                    "webpage": body,
                    "section": "",
                    "subsection": "",
                    "subsubsection": "",
                    "title": "",
                    "doctitle": "",
                }
                self._overlay(page, urllib.parse.urlencode(query, quote_via=urllib.parse.quote))
                self.writer.add_page(page)
        self._outlines()
        with open(self.target, "wb") as handle:
            self.writer.write(handle)

    def _overlay(self, page, query):
        """Header and footer are pages of their own, placed by their top margin."""
        spacing = self.order.inches("--header-spacing", 0)
        for option, top in (
            ("--header-html", max(0, self.top - spacing)),
            ("--footer-html", self.height - self.bottom),
        ):
            if option in self.order.options:
                url = f"{Path(self.order.options[option]).resolve().as_uri()}?{query}"
                page.merge_page(self._pdf(url, top, 0, css=TRANSPARENT, pageRanges="1").pages[0])

    def _pdf(self, url, top, bottom, **params):
        return self.chromium.pdf(
            url,
            paperWidth=self.width,
            paperHeight=self.height,
            marginTop=top,
            marginBottom=bottom,
            marginLeft=self.order.inches("--margin-left", 10),
            marginRight=self.order.inches("--margin-right", 10),
            **params,
        )

    def _cookies(self):
        """Odoo's session, so that the page may fetch its images."""
        jar = Path(self.order.options.get("--cookie-jar", ""))
        if jar.is_file():
            first, *rest = jar.read_text().strip().rstrip(";").split(";")
            name, value = first.split("=", 1)
            domain = next((r.split("=")[1] for r in rest if r.strip().startswith("domain=")), None)
            self._cookie(name.strip(), value.strip(), domain=domain, path="/", httpOnly=True)
        base = re.search(rb'<base href="([^"]+)"', Path(self.bodies[0]).read_bytes()) if self.bodies else None
        for name, value in self.order.cookies if base else ():
            self._cookie(name, value, url=base.group(1).decode())

    def _cookie(self, name, value, **where):
        self.chromium.call("Network.setCookie", name=name, value=value, **where)

    def _outlines(self):
        """One top-level entry a document, by a named destination with a page number: what Odoo reads."""
        name, number = NameObject, NumberObject
        destinations = DictionaryObject()
        root = DictionaryObject({name("/Type"): name("/Outlines"), name("/Count"): number(len(self.starts))})
        parent = self.writer._add_object(root)
        items = [
            DictionaryObject(
                {
                    name("/Title"): TextStringObject(str(i + 1)),
                    name("/Dest"): name(f"/doc{i}"),
                    name("/Parent"): parent,
                }
            )
            for i in range(len(self.starts))
        ]
        references = [self.writer._add_object(item) for item in items]
        for i, page in enumerate(self.starts):
            place = [number(page), name("/XYZ"), number(0), number(0), number(0)]
            destinations[name(f"/doc{i}")] = ArrayObject(place)
            if i:
                items[i][name("/Prev")], items[i - 1][name("/Next")] = references[i - 1], references[i]
        root[name("/First")], root[name("/Last")] = references[0], references[-1]
        self.writer._root_object[name("/Outlines")] = parent
        self.writer._root_object[name("/Dests")] = self.writer._add_object(destinations)


def main(arguments):
    """Answer --version, or print."""
    if "--version" in arguments:
        print(VERSION)
        return
    chromium = Chromium()
    try:
        Printer(Order.parse(arguments), chromium).print()
    finally:
        chromium.close()


if __name__ == "__main__":
    main(sys.argv[1:])
