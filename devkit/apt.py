"""Debian packages as a source of files: fetched by apt, checked by apt, unpacked, never installed."""

import os
import pwd
import re
import shutil
import subprocess
import tarfile

from .console import Missing, Ticker, folder_size, megabytes, say
from .settings import STATE

KEYRINGS = (
    "/usr/share/keyrings/debian-archive-keyring.gpg",
    "/usr/share/keyrings/debian-archive-keyring.pgp",
)
# a project's own update must not run the machine's update hooks
NO_HOOKS = (
    "#clear APT::Update::Post-Invoke;\n#clear APT::Update::Post-Invoke-Success;\n#clear DPkg::Post-Invoke;\n"
)


def available():
    """Whether this machine has apt at all."""
    return bool(shutil.which("apt-get") and shutil.which("dpkg-deb"))


def keyring():
    """The Debian archive's keys, or None on another distribution."""
    return next((k for k in KEYRINGS if os.path.exists(k)), None)


def codename():
    """bookworm, trixie …"""
    with open("/etc/os-release") as lines:
        return next((x.split("=")[1].strip('"\n ') for x in lines if x.startswith("VERSION_CODENAME=")), "")


def debian_sources():
    """(uri, suite) of the Debian archive among this machine's sources, in whatever format they are."""
    if not keyring():
        return []
    fmt = "$(REPO_URI)|$(RELEASE)|$(COMPONENT)"
    found = subprocess.run(
        ["apt-get", "indextargets", "--no-release-info", "--format", fmt, "Created-By: Packages"],
        stdout=subprocess.PIPE,
        text=True,
    )
    lines = {tuple(line.split("|")) for line in found.stdout.splitlines() if line.count("|") == 2}
    name = codename()
    suites = {
        name,
        f"{name}-updates",
        f"{name}-security",
        "stable",
        "oldstable",
        "testing",
        "sid",
        "unstable",
    }
    return sorted(
        (uri, suite)
        for uri, suite, component in lines
        if component == "main" and suite in suites and not uri.startswith("cdrom")
    )


def deb822(sources):
    """(uri, suite) pairs as apt reads them, trusted by Debian's own keys only."""
    return "\n".join(
        f"Types: deb\nURIs: {uri}\nSuites: {suite}\nComponents: main\nSigned-By: {keyring()}\n"
        for uri, suite in sources
    )


class Apt:
    """apt-get with a state of its own, so that it needs no root and changes nothing on the machine."""

    def __init__(self, name, sources=None, status="/var/lib/dpkg/status"):
        """`sources`: (uri, suite) pairs, or None for the machine's own; `status`: what is installed."""
        self.folder = STATE / "apt" / name
        for sub in ("lists/partial", "archives/partial", "log", "sources"):
            (self.folder / sub).mkdir(parents=True, exist_ok=True)
        config = self.folder / "apt.conf"
        config.write_text(NO_HOOKS)
        self.env = dict(os.environ, APT_CONFIG=str(config), LC_ALL="C")
        options = {
            "Dir::State": self.folder,
            "Dir::State::lists": self.folder / "lists",
            "Dir::State::status": status,
            "Dir::Cache": self.folder,
            "Dir::Log": self.folder / "log",
            "Debug::NoLocking": 1,
            "Acquire::Languages": "none",
            "Acquire::Retries": 3,
            "APT::Install-Recommends": "false",
            "APT::Update::Error-Mode": "any",
            "APT::Update::Post-Invoke-Success::": "true",
            "APT::Sandbox::User": pwd.getpwuid(os.geteuid()).pw_name,
        }
        if sources:
            (self.folder / "sources" / "debian.sources").write_text(deb822(sources))
            options["Dir::Etc::sourcelist"] = os.devnull
            options["Dir::Etc::sourceparts"] = self.folder / "sources"
        self.options = ["-q"] + [x for key, value in options.items() for x in ("-o", f"{key}={value}")]
        self.updated = False

    def get(self, *args, **kwargs):
        """Run apt-get; everything it says is in the result's stdout."""
        return subprocess.run(
            ["apt-get", *self.options, *args],
            env=self.env,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            **kwargs,
        )

    def update(self):
        """Fetch the index once."""
        if self.updated:
            return
        result = self.get("update")
        if result.returncode and "is expired" in result.stdout:
            say("the mirror's index is older than its Valid-Until: going on, signatures are still checked")
            self.options += ["-o", "Acquire::Check-Valid-Until=false"]
            result = self.get("update")
        if result.returncode:
            raise Missing("the Debian package index cannot be fetched:\n" + _last_lines(result.stdout))
        self.updated = True

    def names(self, pattern):
        """Known package names that match a regular expression."""
        self.update()
        result = subprocess.run(
            ["apt-cache", *self.options, "pkgnames"], env=self.env, text=True, stdout=subprocess.PIPE
        )
        return [name for name in result.stdout.split() if re.fullmatch(pattern, name)]

    def download(self, *packages):
        """Just these packages."""
        return self._fetch(packages, self.folder / "debs", ["download", *packages])

    def download_with_libraries(self, *packages):
        """These packages and all they need that the machine has not got."""
        return self._fetch(
            packages, self.folder / "archives", ["-y", "install", "--download-only", "--reinstall", *packages]
        )

    def _fetch(self, packages, folder, command):
        self.update()
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "partial").mkdir(parents=True)
        plan = self.get("--print-uris", *command).stdout
        total = sum(int(size) for size in re.findall(r"^'\S+' \S+\.deb (\d+)", plan, re.M))
        say(f"fetching {', '.join(packages)}: {megabytes(total)} from Debian")
        with Ticker(lambda: f"{megabytes(folder_size(folder))} of {megabytes(total)}"):
            result = self.get(*command, cwd=folder)
        if result.returncode:
            raise Missing(f"Debian's {' '.join(packages)} cannot be fetched:\n{_last_lines(result.stdout)}")
        return sorted(folder.glob("*.deb"))

    def forget(self):
        """Drop the downloaded files once unpacked."""
        for name in ("debs", "archives"):
            shutil.rmtree(self.folder / name, ignore_errors=True)


def own(name="own"):
    """apt on this machine's own suite: Debian's entries alone where there are any, so that a dead third-party
    source cannot stop us."""
    return Apt(name, debian_sources())


def unstable():
    """Debian unstable through the mirror this machine already uses."""
    mirror = next(
        (uri for uri, suite in debian_sources() if "security" not in uri and "-" not in suite), None
    )
    if not mirror:
        raise Missing("no Debian mirror among this machine's package sources")
    status = STATE / "apt" / "no-status"
    status.parent.mkdir(parents=True, exist_ok=True)
    status.touch()
    return Apt("unstable", [(mirror, "sid")], status)


def unpack(deb, folder, want=None):
    """Unpack a package, or of a large one only the members `want(name)` accepts."""
    if want is None:
        subprocess.run(["dpkg", "-x", str(deb), str(folder)], check=True)
        return
    process = subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(deb)], stdout=subprocess.PIPE)
    with tarfile.open(fileobj=process.stdout, mode="r|") as members:
        for member in members:
            if want(member.name):
                members.extract(member, folder, set_attrs=False)
    if process.wait():
        raise Missing(f"{deb} cannot be unpacked")


def unpack_all(apt, packages, folder, libraries=False):
    """Fetch and unpack packages into one folder."""
    fetch = apt.download_with_libraries if libraries else apt.download
    for deb in fetch(*packages):
        unpack(deb, folder)
    apt.forget()


def library_path(folder):
    """LD_LIBRARY_PATH for programs of an unpacked package."""
    found = {
        p.parent
        for pattern in ("usr/lib/*-linux-gnu*/**/*.so*", "lib/*-linux-gnu*/**/*.so*")
        for p in folder.glob(pattern)
    }
    return ":".join(str(p) for p in sorted(found))


def _last_lines(text, count=6):
    return "\n".join(text.strip().splitlines()[-count:])
