"""The addon as an earlier release had it, out of git's history.

A release is found by the version in its manifest: tags may not travel with a clone. Its state is that of the
last commit on the branch with that version.
"""

import ast
import io
import subprocess
import zipfile

from .console import Missing
from .settings import MAIN, ROOT, STATE
from .steps import build_once, lock

MANIFEST = f"{MAIN}/__manifest__.py"


def extract(version):
    """The folder with the main addon of a release, for an addons path; made once per commit."""
    commit = last_commit(version)

    def fill(folder):
        packed = _git("archive", "--format=zip", commit, MAIN, text=False)
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            archive.extractall(folder)

    (STATE / "releases").mkdir(parents=True, exist_ok=True)
    with lock("releases"):
        return build_once(STATE / "releases" / commit, commit, fill)


def addons_path(current, version):
    """An addons path with this repository's folder replaced by that of an earlier release."""
    return ",".join(str(extract(version)) if folder == str(ROOT) else folder for folder in current.split(","))


def current():
    """The version in the manifest as it is now."""
    return _version((ROOT / MANIFEST).read_text(encoding="utf-8"))


def before(version):
    """The version that stood in the manifest before this one."""
    passed = False
    for _commit, found in _history():
        if passed and found != version:
            return found
        passed = passed or found == version
    raise Missing(_not_found(f"a release before {version}"))


def last_commit(version, root=ROOT):
    """The newest commit of the branch whose manifest says this version."""
    for commit, found in _history(root):
        if found == version:
            return commit
    raise Missing(_not_found(f"version {version}", root))


def _not_found(what, root=ROOT):
    sentence = f"the git history has no commit of {MAIN} with {what}"
    if _git("rev-parse", "--is-shallow-repository", root=root).strip() == "true":
        sentence += ": this clone is shallow, “git fetch --unshallow” brings the rest"
    return sentence


def _history(root=ROOT):
    """(commit, version of the main addon), newest first, along the branch itself."""
    commits = _git("rev-list", "--first-parent", "HEAD", root=root).split()
    names = "".join(f"{commit}:{MANIFEST}\n" for commit in commits)
    blobs = _git("cat-file", "--batch-check=%(objectname)", root=root, input=names).splitlines()
    versions = {}
    for commit, blob in zip(commits, blobs, strict=True):
        if blob.endswith(" missing"):
            return
        if blob not in versions:
            versions[blob] = _version(_git("cat-file", "blob", blob, root=root))
        yield commit, versions[blob]


def _version(manifest):
    return ast.literal_eval(manifest)["version"]


def _git(*arguments, root=ROOT, text=True, **options):
    # the checkout may belong to another user, as on a build machine; we only read
    command = ["git", "-c", "safe.directory=*", *arguments]
    try:
        done = subprocess.run(command, cwd=root, check=True, capture_output=True, text=text, **options)
    except FileNotFoundError as error:
        raise Missing("earlier releases come out of git's history, and there is no git here") from error
    except subprocess.CalledProcessError as error:
        reason = error.stderr if text else error.stderr.decode(errors="replace")
        raise Missing(f"earlier releases come out of git's history: {reason.strip()}") from error
    return done.stdout
