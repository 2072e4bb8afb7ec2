"""The result table, as markdown and as JSON."""
import json
import os
import platform
from datetime import datetime, timezone


def machine(odoo, database):
    """What the figures were measured on, without names."""
    [[version]] = odoo.sql(database, "SHOW server_version")
    names = ("shared_buffers", "work_mem", "fsync", "jit")
    settings = {name: odoo.sql(database, f"SHOW {name}")[0][0] for name in names}
    with open("/proc/meminfo") as lines:
        memory = int(next(lines).split()[1]) // 2**20
    return {
        "date": datetime.now(timezone.utc).strftime("%Y-%m-%d"), "cores": os.cpu_count(), "memory_gb": memory,
        "load": round(os.getloadavg()[1], 1), "postgresql": version.split()[0], "settings": settings,
        "python": platform.python_version(),
    }


def markdown(rows, facts):
    """The table of RESULTS.md."""
    lines = [
        "| what | ours | reference | ratio | target | queries ours / reference | |",
        "|---|--:|--:|--:|--:|--:|---|",
    ]
    for row in rows:
        target = row["target"]
        missed = " **missed**" if target and row["ratio"] > target else ""
        lines.append("| {what} | {ours} | {reference} ({against}) | {ratio:.2f} | {target}{missed} | {queries} / "
                     "{reference_queries} | {note} |".format(
                         **{"note": "", **row, "ours": _time(row["ours_ms"]), "reference": _time(row["reference_ms"]),
                            "target": f"≤ {target:g}" if target else "–", "missed": missed}))
    settings = ", ".join(f"{name} {value}" for name, value in facts["settings"].items())
    head = (
        "{date}: {cores} cores (load {load}), {memory_gb} GB, PostgreSQL {postgresql} ({settings}), Python {python}; "
        "scale {scale:g}: {orders:,} confirmed orders, {findings:,} findings written. Medians; installation on the "
        "full tables {install:.0f} s.").format(**{**facts, "settings": settings})
    return "\n".join([head, "", *lines, ""])


def write(folder, rows, facts):
    """results.json and RESULTS.md in a folder."""
    folder.mkdir(exist_ok=True)
    (folder / "results.json").write_text(json.dumps({"facts": facts, "rows": rows}, indent=1))
    (folder / "RESULTS.md").write_text(markdown(rows, facts))
    return markdown(rows, facts)


def _time(ms):
    return f"{ms / 1000:,.2f} s" if ms >= 1000 else f"{ms:,.1f} ms"
