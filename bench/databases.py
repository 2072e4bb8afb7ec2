"""The databases that are measured: a filled Odoo without us, and copies of it with our addon and its people."""
import os
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
PREFIX = os.environ.get("BENCH_PREFIX", "bench_")
# What the fill needs beyond what our addon depends on.
FILL_NEEDS = "sale_management,crm"


class Databases:
    """Makes the databases of one scale; the filled one is kept from run to run, the others are made anew."""

    def __init__(self, odoo, scale, salespeople, today):
        self.odoo, self.scale, self.salespeople, self.today = odoo, scale, salespeople, today
        self.name = f"{PREFIX}{scale:g}_{salespeople}".replace(".", "_")
        self.install_seconds = None

    def plain(self, fresh=False):
        """Odoo with three years of sales and without our addon: 200,000 orders at scale 1."""
        name = f"{self.name}_plain"
        if fresh or name not in self.odoo.databases():
            part = f"{name}_part"
            self.odoo.clone(os.environ["DEV_BARE_DEPENDENCIES"], part)
            self.odoo.run(part, "-i", FILL_NEEDS, "--log-level=warn")
            subprocess.run([sys.executable, HERE / "fill.py", part, f"--scale={self.scale}",
                            f"--users={self.salespeople}", f"--today={self.today}"], env=self.odoo.env, check=True)
            self.odoo.drop(name)
            self.odoo.rename(part, name)
        return name

    def installed(self):
        """The same with our addon installed on top of the full tables, which takes ``install_seconds``."""
        name = f"{self.name}_ours"
        self.odoo.clone(self.plain(), name)
        started = time.perf_counter()
        self.odoo.run(name, "-i", "sales_back_office", "--log-level=warn")
        self.install_seconds = time.perf_counter() - started
        return name

    def staffed(self, installed, clerks):
        """A copy of the installed one in which so many clerks share the customers and orders."""
        name = f"{self.name}_c{clerks}"
        self.odoo.clone(installed, name)
        for script in ("people.sql", "order_papers.sql"):
            text = (HERE / script).read_text().replace(":clerks", str(clerks)).replace(":today", self.today)
            for statement in text.split(";\n"):
                if statement.strip():
                    self.odoo.sql(name, statement)
        self.odoo.sql(name, "VACUUM (ANALYZE)")
        return name
