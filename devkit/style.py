"""The project's own rules that no linter has: sizes, names, ids, the language of literals, machine paths."""

import ast
import csv
import re
import subprocess
import xml.etree.ElementTree as ET

from .settings import ROOT, our_addons
from .style_order import order_problems

MODEL_FOLDERS = ("models", "wizards", "reports")
CODE_LINES, CLASS_LINES, METHOD_LINES, FIELDS, VIEW_LINES, TEST_LINES = 350, 300, 40, 35, 350, 400
CHINESE = re.compile(r"[\u3400-\u9fff\uff01-\uffee]")
# a path of somebody's machine works nowhere else
MACHINE_PATH = re.compile(r"(?<![\w.])/(work|root|Users|home/[a-z]\w*|tmp/[\w-]+)/")
ID_TAGS = {"record", "template", "menuitem", "asset"}
TEXT = {
    ".py",
    ".js",
    ".xml",
    ".csv",
    ".md",
    ".sh",
    ".toml",
    ".cfg",
    ".ini",
    ".txt",
    ".po",
    ".pot",
    ".css",
    ".scss",
}


def problems():
    """Every offence as `file:line: sentence`."""
    found = []
    for path in _files():
        for line, sentence in _file_problems(path):
            found.append(f"{path.relative_to(ROOT)}:{line}: {sentence}")
    return found


def _files():
    """What git knows or would add; without git, everything outside hidden folders."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(
            command, cwd=ROOT, check=True, text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ).stdout.splitlines()
    except (OSError, subprocess.CalledProcessError):
        listed = [
            str(p.relative_to(ROOT))
            for p in ROOT.rglob("*")
            if not p.relative_to(ROOT).parts[0].startswith(".")
        ]
    return [ROOT / name for name in listed if (ROOT / name).is_file()]


def _file_problems(path):
    if path.suffix not in TEXT and path.name not in ("dev", "run", "Makefile"):
        return
    text = path.read_text(encoding="utf-8", errors="replace")
    yield from _machine_paths(text)
    parts = path.relative_to(ROOT).parts
    in_addon = parts[0] in our_addons()
    if path.suffix == ".py" or path.name == "dev":
        yield from _python_problems(path, text, parts, in_addon)
    elif path.suffix == ".js" and in_addon and "tests" not in parts:
        yield from _chinese_javascript(text)
    elif path.suffix == ".xml" and in_addon and "static" not in parts:
        yield from _xml_problems(path, text, parts)
    elif path.suffix == ".csv" and in_addon and path.name == "ir.model.access.csv":
        yield from _access_problems(text)


def _machine_paths(text):
    for number, line in enumerate(text.splitlines(), 1):
        found = MACHINE_PATH.search(line)
        if found:
            yield number, f"path of one machine: {found.group()}"


# -- Python
def _python_problems(path, text, parts, in_addon):
    tree = ast.parse(text)
    is_test = "tests" in parts
    limit = TEST_LINES if is_test else CODE_LINES
    lines = len(text.splitlines())
    if lines > limit:
        yield 1, f"{lines} lines, at most {limit}"
    yield from _sizes(tree)
    if in_addon and not is_test:
        yield from _chinese_literals(tree)
    if in_addon and parts[1] in MODEL_FOLDERS:
        yield from _model_problems(path, tree, parts[1])


def _sizes(tree):
    for node in ast.walk(tree):
        lines = getattr(node, "end_lineno", 0) - getattr(node, "lineno", 0) + 1
        if isinstance(node, ast.ClassDef) and lines > CLASS_LINES:
            yield node.lineno, f"class {node.name} has {lines} lines, at most {CLASS_LINES}"
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and lines > METHOD_LINES:
            yield node.lineno, f"{node.name} has {lines} lines, at most {METHOD_LINES}"


def _chinese_literals(tree):
    """Code speaks English, i18n translates it; docstrings may name the Chinese trade word."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and ast.get_docstring(node, clean=False) is not None
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            if CHINESE.search(node.value):
                yield node.lineno, "Chinese in a literal: write English and translate it in i18n"


def _model_problems(path, tree, folder):
    models = [node for node in tree.body if isinstance(node, ast.ClassDef) and model_name(node)]
    if len(models) > 1:
        yield models[1].lineno, f"{len(models)} models in one file"
    for node in models:
        name = model_name(node)
        if folder != "reports" and path.stem != name.replace(".", "_"):
            yield node.lineno, f"model {name} belongs into {name.replace('.', '_')}.py"
        wanted = "".join(word.capitalize() for word in re.split(r"[._]", name))
        if folder != "reports" and node.name != wanted:
            yield node.lineno, f"class {node.name} should be called {wanted}"
        count = sum(1 for item in node.body if is_field(item))
        if count > FIELDS:
            yield node.lineno, f"{count} fields, at most {FIELDS}"
        yield from order_problems(node)


def model_name(node):
    """The model a class defines or extends, or None for other classes."""
    values = {}
    for item in node.body:
        if isinstance(item, ast.Assign) and isinstance(item.targets[0], ast.Name):
            values[item.targets[0].id] = item.value
    for attribute in ("_name", "_inherit"):
        value = values.get(attribute)
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            return value.value
    return None


def is_field(item):
    """`name = fields.Char(…)`"""
    return (
        isinstance(item, ast.Assign)
        and isinstance(item.value, ast.Call)
        and isinstance(item.value.func, ast.Attribute)
        and isinstance(item.value.func.value, ast.Name)
        and item.value.func.value.id == "fields"
    )


# -- the other languages
def _chinese_javascript(text):
    code = re.sub(r"/\*.*?\*/", lambda m: "\n" * m.group().count("\n"), text, flags=re.S)
    for number, line in enumerate(code.splitlines(), 1):
        if CHINESE.search(re.sub(r"//.*", "", line)):
            yield number, "Chinese in a literal: write English and translate it in i18n"


def _xml_problems(path, text, parts):
    lines = len(text.splitlines())
    if (parts[1] == "views" or path.stem.endswith("_views")) and lines > VIEW_LINES:
        yield 1, f"{lines} lines, at most {VIEW_LINES}"
    for node in ET.fromstring(text.encode()).iter():
        name = node.get("id", "") if node.tag in ID_TAGS else ""
        if name and "." not in name and not name.startswith("sbo_"):
            yield _line_of(text, name), f"id {name} does not start with sbo_"


def _access_problems(text):
    for number, row in enumerate(csv.DictReader(text.splitlines()), 2):
        if not re.match(r"(access_)?sbo_", row["id"]):
            yield number, f"id {row['id']} does not start with sbo_"


def _line_of(text, name):
    return text[: max(0, text.find(f'id="{name}"'))].count("\n") + 1
