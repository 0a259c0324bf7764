#!/usr/bin/env python3
"""english.py [FILE...]: checks the English of our sources and of README.md, or of the given files.

Comments are at most 100 columns wide, comments in C and C++ open with none of OPENINGS, and neither
comments nor messages hold a phrase of PHRASES. Prints one line per finding and fails if there is any."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("generators", "include", "plugins", "runtime", "tests")
FROZEN = ROOT / "tests/abi/0.1"
WIDTH = 100
OPENINGS = ("Of", "What", "Those", "Nothing", "That", "By")
# The phrase -> the words to write instead. The verb "save" is fine, the preposition is not.
PHRASES = {
    r"(?:,|\ball|\bany|\bnone|\bnothing|\banything|\bnobody|\bone|\bis) save": "except",
    r"save for": "except for",
    r"told": "reported, given, set",
    r"beside": "next to, compared with, in addition to",
    r"so many": "the number by name, such as N",
    r"to be had": "available",
    r"all the same": "still",
    r"of use": "useful",
    r"makes? no sense": "invalid, with the limit",
    r"heed(?:s|ed)?": "honour",
    r"hands? (?:\w+ )?on": "pass through",
    r"who (?:is|are) not trusted": "untrusted",
    r"takes? it along": "end it",
}
C_LIKE = re.compile(
    r"""(?P<comment>//[^\n]*(?:\n[ \t]*//[^\n]*)*|/\*.*?\*/)"""
    r"""|(?P<text>R"\(.*?\)"|(?:"(?:\\.|[^"\\\n])*"\s*)+|`[^`]*`)|'(?:\\.|[^'\\\n])+'""", re.DOTALL)
PYTHON = re.compile(
    r"""(?P<comment>#[^\n]*(?:\n[ \t]*#[^\n]*)*|\"{3}.*?\"{3})"""
    r"""|(?P<text>(?:"(?:\\.|[^"\\\n])*"\s*)+|'(?:\\.|[^'\\\n])*')""", re.DOTALL)
SHELL = re.compile(
    r"""(?P<comment>(?<!\S)#[^\n]*(?:\n[ \t]*#[^\n]*)*)"""
    r"""|(?P<text><<'?END'?\n.*?\nEND\n|"(?:\\.|[^"\\])*"|'[^']*')""", re.DOTALL)
LANGUAGES = dict.fromkeys((".c", ".h", ".cpp", ".hpp", ".in", ".rs", ".go", ".java", ".js", ".ts"), C_LIKE)
LANGUAGES |= dict.fromkeys((".sh", ".cmake", ".txt", ""), SHELL)
LANGUAGES |= {".py": PYTHON, ".md": re.compile(r"(?P<text>.+)", re.DOTALL)}


def sources():
    files = [ROOT / "dev", ROOT / "CMakeLists.txt", ROOT / "README.md"]
    for room in ROOMS:
        files += (file for file in sorted((ROOT / room).rglob("*.*")) if file.suffix != ".md" and file.suffix in LANGUAGES
                  and (file.suffix != ".txt" or file.name == "CMakeLists.txt") and FROZEN not in file.parents)
    return files


def findings(file):
    source = file.read_text(encoding="utf-8")
    for match in LANGUAGES[file.suffix].finditer(source):
        kind, found = match.lastgroup, match.group()
        if kind is None:
            continue
        first = source.count("\n", 0, match.start()) + 1
        if kind == "comment":
            for line in range(first, first + found.count("\n") + 1):
                if (width := len(source.splitlines()[line - 1])) > WIDTH:
                    yield line, f"the comment is {width} columns wide, more than {WIDTH}"
            word = re.match(r"[/*!\s]*(\w*)", found).group(1)
            if file.suffix in (".c", ".h", ".cpp", ".hpp", ".in") and word in OPENINGS:
                yield first, f"the comment opens with '{word}'; open with a verb or a noun"
        joined = re.sub(r"\s*\n[\s/*#]*|\"\s*\"", " ", found)
        for phrase, better in PHRASES.items():
            for hit in re.finditer(rf"{phrase}\b", joined, re.IGNORECASE):
                yield first, f"'{hit.group()}'; write: {better}"


def main():
    wrong = [f"{file.relative_to(ROOT)}:{line}: {finding}" for file in ([ROOT.joinpath(name).resolve() for name in sys.argv[1:]] or sources())
             for line, finding in findings(file)]
    print("\n".join(wrong), file=sys.stderr)
    return 1 if wrong else 0


sys.exit(main())
