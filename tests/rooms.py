"""rooms.py BUILD: includes point only to rooms of earlier lines, and no file has two targets."""

import json
import os
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

# A file may include its own room and those of the lines above. Rooms of one line do not know each
# other.
ORDER = """\
    include
    generators
    runtime/base
    runtime/kernel runtime/fourier
    runtime/factor
    runtime/plan
    runtime/execute
    runtime/api runtime/host runtime/bindings
    runtime/command/process
    runtime/command/files
    runtime/command/verbs runtime/check runtime/embedded
    runtime/command
    plugins/kit
    plugins/separable plugins/arithmetic
    plugins/hosted
    plugins/example plugins/frei0r plugins/gegl plugins/gstreamer plugins/openfx \
        plugins/vapoursynth plugins/vips
    tests
"""
FOLDERS = ("generators", "include", "plugins", "runtime", "tests")
LEVELS = {room: level for level, rooms in enumerate(ORDER.split("\n")) for room in rooms.split()}

# Compiled several times on purpose: for each instruction set, and for each fault.
TEMPLATES = (
    "runtime/fourier/block_convolver.cpp",
    "tests/check/faulty_entry.cpp",
    "tests/unit/host/bad_plugin.c",
    "tests/unit/host/faulty_node.cpp",
)
# The tree once more, with the headers of a later minor version.
LATER = "tests/abi/later/"


def room_of(path):
    """The longest folder of the path that is a room."""
    folders = [str(folder) for folder in Path(path).parents if str(folder) in LEVELS]
    return folders[0] if folders else None


def included(path, name):
    """The file of the tree that #include NAME means; None for system headers and generated ones."""
    for candidate in (Path(path).parent / name, Path(name), Path("include") / name):
        if (ROOT / candidate).is_file():
            return str(candidate)
    return None


def arrows_back(paths):
    for path in paths:
        room = room_of(path)
        if room is None:
            yield f"{path}: in no room of tests/rooms.py"
            continue
        for name in re.findall(r'^\s*#\s*include\s*[<"]([^">]+)[">]', (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE):
            target = included(path, name)
            other = room_of(target) if target else room
            if other != room and (other is None or LEVELS[other] >= LEVELS[room]):
                yield f"{path}: includes {target}; {room} must not know {other}"


def compiled_twice(build):
    targets = {}
    for command in json.loads((build / "compile_commands.json").read_text(encoding="utf-8")):
        output = re.search(r" -o (\S+)", command["command"]).group(1)
        path = os.path.relpath(command["file"], ROOT)
        if path.startswith(FOLDERS) and not output.startswith(LATER):
            targets.setdefault(path, set()).add(re.search(r"CMakeFiles/(\w+)\.dir/", output).group(1))
    for path, names in sorted(targets.items()):
        if len(names) > 1 and path not in TEMPLATES:
            yield f"{path}: compiled into {', '.join(sorted(names))}; give it a target that these link"


def main():
    found = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.*")]
    paths = [str(path.relative_to(ROOT)) for path in found if path.suffix in (".c", ".cpp", ".h", ".hpp")]
    faults = [*arrows_back(paths), *compiled_twice(Path(sys.argv[1]))]
    print("\n".join(faults) or f"{len(paths)} files in order")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
