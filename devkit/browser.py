"""Chromium for tours and PDF, fonts that know Chinese, and a wkhtmltopdf made of both."""

import ctypes
import os
import shlex
import shutil
import subprocess
import sys

from . import apt
from .console import Missing
from .settings import ROOT, STATE, forced
from .steps import build_once

BIN = STATE / "bin"
ODOO_LOOKS_FOR = ("google-chrome", "chromium", "chromium-browser")
HEADLESS = "chromium-headless-shell"
# its data files, named because they may be installed and yet have to lie beside the unpacked program
HEADLESS_PACKAGES = (HEADLESS, "chromium-common")
FONTS = ("fonts-wqy-zenhei", "fonts-dejavu-core", "fonts-liberation")
FONTCONFIG = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
<include ignore_missing="yes">/etc/fonts/fonts.conf</include>
<dir>{fonts}</dir><dir>/usr/share/fonts</dir><cachedir>{cache}</cachedir>
<alias><family>sans-serif</family>
<prefer><family>DejaVu Sans</family><family>WenQuanYi Zen Hei</family></prefer></alias>
</fontconfig>
"""


def provide():
    """Put a browser and wkhtmltopdf into our bin folder where the machine has none; returns variables."""
    if not _installed():
        _wrap_headless()
    if not _patched_wkhtmltopdf():
        shim = shlex.quote(str(ROOT / "devkit" / "wkhtmltopdf.py"))
        _script("wkhtmltopdf", f'exec {shlex.quote(sys.executable)} {shim} "$@"')
    return _fonts()


def barcode_library():
    """Python 3.13's barcodes need cairo, which a bare machine lacks."""
    if sys.version_info < (3, 13) or not apt.available():
        return {}
    try:
        ctypes.CDLL("libcairo.so.2")
        return {}
    except OSError:
        own = apt.own()
        folder = build_once(
            STATE / "cairo", "1", lambda part: apt.unpack_all(own, ["libcairo2"], part, libraries=True)
        )
        return {"LD_LIBRARY_PATH": apt.library_path(folder)}


def _outside(name):
    """A program in PATH that is not ours."""
    path = shutil.which(name)
    return path if path and not path.startswith(str(STATE)) else None


def _installed():
    return not forced("DEV_BROWSER") and any(_outside(name) for name in ODOO_LOOKS_FOR)


def _wrap_headless():
    """Odoo looks for `chromium`; the headless shell alone is a third of it and twice as fast."""
    installed = None if forced("DEV_BROWSER") else _outside(HEADLESS)
    if installed:
        _script("chromium", f'exec {shlex.quote(installed)} "$@"')
        return
    if not apt.available():
        raise Missing("no browser for the tours: install google-chrome or chromium")

    def fill(part):
        apt.unpack_all(apt.own(), HEADLESS_PACKAGES, part, libraries=True)

    folder = build_once(STATE / "chromium", "2", fill)
    program = next(p for p in folder.glob(f"usr/lib/*/{HEADLESS}") if p.is_file())
    libraries = shlex.quote(apt.library_path(folder))
    _script(
        "chromium",
        f'LD_LIBRARY_PATH={libraries}"${{LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}}" '
        f'exec {shlex.quote(str(program))} "$@"',
    )


def _patched_wkhtmltopdf():
    path = _outside("wkhtmltopdf")
    if not path:
        return False
    answer = subprocess.run([path, "--version"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return "with patched qt" in answer.stdout


def _fonts():
    """Without any font the renderer crashes; without a Chinese one it prints boxes."""
    if not forced("DEV_BROWSER") and shutil.which("fc-list"):
        known = subprocess.run(
            ["fc-list", ":lang=zh", "family"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        if known.stdout.strip():
            return {}
    if not apt.available():
        return {}
    folder = build_once(STATE / "fonts", "1", lambda part: apt.unpack_all(apt.own(), FONTS, part))
    config = STATE / "fonts.conf"
    config.write_text(FONTCONFIG.format(fonts=folder, cache=STATE / "cache" / "fontconfig"))
    return {"FONTCONFIG_FILE": str(config)}


def _script(name, line):
    """Written only when it changes: another `./dev` may be running it."""
    BIN.mkdir(parents=True, exist_ok=True)
    path, text = BIN / name, f"#!/bin/sh\n{line}\n"
    if not path.exists() or path.read_text() != text:
        part = path.with_suffix(f".{os.getpid()}")
        part.write_text(text)
        part.chmod(0o755)
        part.rename(path)
