"""The figures of one run, as Markdown for people and JSON for comparing."""

from __future__ import annotations

from typing import Any


def markdown(figures: dict[str, Any]) -> str:
    """Tables of one run."""
    machine = figures["machine"]
    lines = [
        f"Machine: {machine['cpu']}, {machine['cores']} cores, {machine['memory_gb']} GB, "
        f"Python {machine['python']}; noise {figures['noise']['before']:.2f} before and "
        f"{figures['noise']['after']:.2f} after (1.00 = idle), load average "
        f"{figures['noise']['load_average']:.1f}.",
        "",
        "| conversations | turns | p50 ms | p95 ms | turns/s | CPU ms a turn |",
        "|--:|--:|--:|--:|--:|--:|",
    ]
    for load in figures["loads"]:
        lines.append(
            f"| {load['conversations']} | {load['turns']} | {load['p50_ms']:.0f} | "
            f"{load['p95_ms']:.0f} | {load['turns_per_s']:.1f} | {load['cpu_ms_per_turn']:.1f} |"
        )
    alone = figures["loads"][0]
    lines += ["", "One conversation, where the time of a turn goes (p50):", ""]
    lines += ["| part | ms |", "|---|--:|"]
    lines += [f"| {name} | {value:.1f} |" for name, value in alone["parts_ms"].items()]
    lines += ["", "| process | CPU ms a turn | idle CPU ms/s | PSS MB | RSS MB |"]
    lines.append("|---|--:|--:|--:|--:|")
    for name, size in figures["memory"].items():
        busy = alone["cpu_ms_by_part"].get(name, 0.0)
        idle = figures["idle_cpu_ms_per_s"].get(name, 0.0)
        lines.append(
            f"| {name} ({size['processes']}) | {busy:.1f} | {idle:.1f} | "
            f"{size['pss_mb']:.0f} | {size['rss_mb']:.0f} |"
        )
    lines.append(
        f"| **total** | {alone['cpu_ms_per_turn']:.1f} | "
        f"{sum(figures['idle_cpu_ms_per_s'].values()):.1f} | "
        f"{figures['memory_total']['pss_mb']:.0f} | {figures['memory_total']['rss_mb']:.0f} |"
    )
    starts = figures["starts"]
    lines += [
        "",
        f"Memory after all loads: {figures['memory_after_total']['pss_mb']:.0f} MB PSS.",
        f"Start until ready: new database {_start(starts['first'])}, "
        f"second time {_start(starts['second'])}.",
    ]
    return "\n".join(lines)


def _start(start: dict[str, Any]) -> str:
    return f"{start['seconds']:.1f} s" + (" with training" if start["trained"] else "")
