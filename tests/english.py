#!/usr/bin/env python3
"""english.py [FILE ...]: checks the English of our sources and README.md, or of the given files.

Comments are at most 100 columns wide. Comments in C and C++ open with none of OPENINGS. Comments
and messages hold no phrase of PHRASES. Each finding is one line; with any, the status is 1."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("generators", "include", "plugins", "runtime", "tests")
LEFT_OUT = {ROOT / "tests/abi/0.1", Path(__file__).resolve()}  # frozen; this list of phrases
WIDTH = 100
OPENINGS = ("Of", "What", "Those", "Nothing", "That", "By")
# Phrase: its replacement. The verb "save" is right, the preposition is not.
PHRASES = {
    r"(?:(?<=,)|all|any|none|nothing|anything|no one|is) save": "except",
    r"save for": "except for",
    r"told": "reported, given, set",
    r"(?:(?<=\s)beside|beside(?=\s))": "next to, compared with, in addition to",
    r"so many": "a number by name, as in N bytes",
    r"to be had": "available",
    r"all the same": "still",
    r"of use": "useful",
    r"makes? no sense": "invalid, and the limit",
    r"heed(?:s|ed)?": "honour",
    r"hands? (?:\w+ )?on": "pass through",
    r"who (?:is|are) not trusted": "untrusted",
    r"takes? it along": "end it",
}
C = re.compile(
    r"""(?P<comment>//[^\n]*(?:\n[ \t]*//[^\n]*)*|/\*.*?\*/)"""
    r"""|(?P<text>R"\(.*?\)"|(?:"(?:\\.|[^"\\\n])*"\s*)+|`[^`]*`)|'(?:\\.|[^'\\\n])+'""", re.DOTALL)
PYTHON = re.compile(
    r"""(?P<comment>#[^\n]*(?:\n[ \t]*#[^\n]*)*|\"{3}.*?\"{3})"""
    r"""|(?P<text>(?:"(?:\\.|[^"\\\n])*"\s*)+|'(?:\\.|[^'\\\n])*')""", re.DOTALL)
SHELL = re.compile(
    r"""(?P<comment>(?<!\S)#[^\n]*(?:\n[ \t]*#[^\n]*)*)"""
    r"""|(?P<text><<'?END'?\n.*?\nEND\n|"(?:\\.|[^"\\])*"|'[^']*')""", re.DOTALL)
C_FILES = (".c", ".h", ".cpp", ".hpp", ".in")
LANGUAGES = {".py": PYTHON, ".md": re.compile("(?P<text>.+)", re.DOTALL)}
LANGUAGES.update(dict.fromkeys((*C_FILES, ".rs", ".go", ".java", ".js", ".ts"), C))
LANGUAGES.update(dict.fromkeys((".sh", ".cmake", ".txt", ""), SHELL))


def sources():
    yield from (ROOT / "dev", ROOT / "CMakeLists.txt", ROOT / "README.md")
    for file in sorted(file for room in ROOMS for file in (ROOT / room).rglob("*.*")):
        is_prose = file.suffix in (".md", ".txt") and file.name != "CMakeLists.txt"
        if file.suffix in LANGUAGES and not is_prose and not {file, *file.parents} & LEFT_OUT:
            yield file


def findings(file):
    source = file.read_text(encoding="utf-8")
    for match in LANGUAGES[file.suffix].finditer(source):
        first, found = source.count("\n", 0, match.start()), match.group()
        if match.lastgroup == "comment":
            for line, text in enumerate(source.split("\n")[first:][:found.count("\n") + 1], first):
                if len(text) > WIDTH:
                    yield line, f"the comment is {len(text)} columns wide, more than {WIDTH}"
            word = re.match(r"[/*!<\s]*(\w*)", found).group(1)
            if file.suffix in C_FILES and word in OPENINGS:
                yield first, f"the comment opens with '{word}'; open with a verb or a noun"
        for phrase, better in PHRASES.items() if match.lastgroup else ():
            spaced = r"(?<!\w)" + phrase.replace(" ", r'[\s/*#"]+') + r"\b"
            for hit in re.finditer(spaced, found, re.IGNORECASE):
                line = first + found.count("\n", 0, hit.start())
                yield line, f"'{' '.join(hit.group().split())}'; write {better}"


def main():
    files = [Path(name).resolve() for name in sys.argv[1:]] or sources()
    wrong = [f"{f.relative_to(ROOT)}:{n + 1}: {what}" for f in files for n, what in findings(f)]
    sys.stderr.writelines(line + "\n" for line in wrong)
    return bool(wrong)


sys.exit(main())
