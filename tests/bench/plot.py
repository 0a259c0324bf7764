"""Draws time against taps from the JSON of `./dev bench speed`: plot.py IN.json OUT.svg"""
import json
import sys

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams.update({"svg.hashsalt": "sepflow", "svg.fonttype": "none", "font.size": 9})
import matplotlib.pyplot as pyplot

CONTENDERS = {
    "sepflow": ("Sepflow", "#0b62a4", "o-"),
    "sepFilter2D": ("OpenCV sepFilter2D", "#c0392b", "s-"),
    "GaussianBlur": ("OpenCV GaussianBlur", "#e08e79", "v-"),
    "filter2D": ("OpenCV filter2D", "#999999", "x:"),
    "vips": ("libvips convsep", "#7d3c98", "d:"),
    "scipy": ("SciPy correlate1d", "#3d8c40", "+:"),
}
KINDS = {"sym": "symmetric", "anti": "antisymmetric", "any": "arbitrary"}


def main(source, target):
    with open(source) as file:
        report = json.load(file)
    panels = {}
    for row in report["rows"]:
        panels.setdefault((row["type"], row["kind"], row["size"], row["threads"]), []).append(row)
    columns = min(2, len(panels))
    lines = -(-len(panels) // columns)
    figure, axes = pyplot.subplots(lines, columns, figsize=(5 * columns, 3.6 * lines), squeeze=False)
    for axis in axes.flat[len(panels):]:
        axis.remove()
    for axis, ((kind_of_pixel, kind, size, threads), rows) in zip(axes.flat, panels.items()):
        rows.sort(key=lambda row: row["taps"])
        draw(axis, rows)
        axis.set_title(f"{kind_of_pixel}, {KINDS[kind]} taps, {size}, {threads} thread{'s'[:threads > 1]}", fontsize=9)
    labelled = {}
    for axis in figure.axes:
        for handle, label in zip(*axis.get_legend_handles_labels()):
            labelled[label] = handle
    figure.legend(labelled.values(), labelled.keys(), loc="upper center", ncol=4, fontsize=8, frameon=False)
    machine = report["machine"]
    about = f"{machine['cpu']}, {machine['date']}, OpenCV {machine['opencv']}"
    figure.text(0.01, 0.005, about.replace("$", r"\$"), fontsize=6)  # no formula
    figure.tight_layout(rect=(0, 0.015, 1, 1 - 0.12 / lines))
    figure.savefig(target, metadata={"Date": None})


def draw(axis, rows):
    for name, (label, colour, style) in CONTENDERS.items():
        points = [(row["taps"], row["median_ms"][name]) for row in rows if name in row["median_ms"]]
        if points:
            axis.plot(*zip(*points), style, color=colour, label=label, markersize=3.5, linewidth=1.2)
    taps = [row["taps"] for row in rows]
    limit = [max(row["median_ms"]["memcpy"], row["median_ms"]["fma"]) for row in rows]
    axis.fill_between(taps, limit, color="#dddddd", label="limit: memcpy, multiply-adds")
    axis.set(xscale="log", yscale="log", xlabel="taps", ylabel="ms")
    axis.set_ylim(bottom=min(limit) * 0.7)
    axis.set_xticks(taps, [str(t) for t in taps])
    axis.minorticks_off()


main(*sys.argv[1:])
