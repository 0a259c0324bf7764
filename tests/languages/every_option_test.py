"""Every binding can set what sepflow.h can: each field of sepflow_options, each word of its
constants with the header's value, each flag and each pixel type. A field that the header gains is
red here until the bindings follow."""

import re
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BINDINGS = ROOT / "runtime" / "bindings"

ENUMS = ("BORDER", "EXTENT", "SCHEDULE", "METHOD", "MISSING")
FLAGS = "OPTION"


def text(path):
    return Path(path).read_text(encoding="utf-8")


def without_comments(source):
    return re.sub(r"/\*.*?\*/|//[^\n]*", "", source, flags=re.DOTALL)


def fields(header):
    """The names of sepflow_options, without the size that every struct has."""
    struct = re.search(r"typedef struct sepflow_options \{(.*?)\} sepflow_options;", without_comments(header), re.DOTALL)
    names = re.findall(r"(\w+)\s*[,;]", struct.group(1))
    return [name for name in names if name != "struct_size"]


def constants(header, group):
    """{"REFLECT101": 0, ...} of SEPFLOW_BORDER_..."""
    found = re.findall(rf"SEPFLOW_{group}_(\w+) = (\w+)(?: << (\d+))?", without_comments(header))
    return {name: int(value.rstrip("u"), 0) << int(shift or 0) for name, value, shift in found}


def part(path, start, end):
    """The text between two marks, such as the code that fills the struct; empty without the first
    mark."""
    return text(path).partition(start)[2].partition(end)[0]


def words(source):
    return set(re.findall(r"\w+", source))


def numbered(source):
    """{"REFLECT101": 0} of a list of words in the order of their values, or with values of their
    own."""
    named = re.findall(r"(\w+)(?:: u32)? = (\d+)(?: << (\d+))?", source)
    if named:
        return {name.upper(): int(value) << int(shift or 0) for name, value, shift in named}
    return {name.upper(): place for place, name in enumerate(re.findall(r"\w+", source))}


# The code that fills the struct, by language. C++, Go and Python read constants from the header
# itself.
FILLED = {
    "cpp": lambda: part(BINDINGS / "cpp/sepflow.hpp", "sepflow_options o{};", "return o;"),
    "go": lambda: part(BINDINGS / "go/plan.go", "var c C.sepflow_options", "return c, nil"),
    "java": lambda: " ".join(re.findall(r"options\.(\w+) \|?= ", text(BINDINGS / "java/org/sepflow/Options.java"))),
    "node": lambda: part(BINDINGS / "node/index.js", "abi.make('sepflow_options', {", "});"),
    "python": lambda: part(BINDINGS / "python/sepflow/_options.py", "def struct(", "return options"),
    "rust": lambda: part(BINDINGS / "rust/src/lib.rs", "let mut o: ffi::sepflow_options", "let mut plan"),
}


def enum_of(language, group):
    """The words of a group of constants as a language writes them, with their values; None where it
    reads the header."""
    name = group.capitalize()
    if language == "rust":
        return numbered(part(BINDINGS / "rust/src/lib.rs", f"pub enum {name} {{", "}"))
    if language == "java":
        return numbered(part(BINDINGS / "java/org/sepflow/Options.java", f"enum {name} {{", "}"))
    if language == "node":
        return numbered(part(BINDINGS / "node/index.js", f"    {group.lower()}: [", "]"))
    return None


def flags_of(language):
    if language == "rust":
        return numbered("\n".join(re.findall(r"^const .*$", text(BINDINGS / "rust/src/lib.rs"), re.MULTILINE)))
    if language == "java":
        return numbered(part(BINDINGS / "java/org/sepflow/Options.java", "private static final int ", ";"))
    if language == "node":
        return numbered(part(BINDINGS / "node/index.js", "const CONVOLVE", ";").replace("= 1", "CONVOLVE = 1", 1))
    return None


def missing_fields(header):
    return {language: set(fields(header)) - words(filled()) for language, filled in FILLED.items()}


class EveryOption(unittest.TestCase):
    def setUp(self):
        self.header = text(ROOT / "include/sepflow/sepflow.h")

    def test_every_field_can_be_set(self):
        self.assertGreater(len(fields(self.header)), 18)
        for language, missing in missing_fields(self.header).items():
            with self.subTest(language):
                self.assertEqual(missing, set())

    def test_every_word_has_its_value(self):
        for group in ENUMS:
            expected = constants(self.header, group)
            self.assertGreater(len(expected), 2)
            for language in FILLED:
                found = enum_of(language, group)
                with self.subTest(language, group=group):
                    if language == "go":
                        self.assertEqual(set(expected) - set(re.findall(rf"C\.SEPFLOW_{group}_(\w+)",
                                                                        text(BINDINGS / "go/plan.go"))), set())
                    elif found is not None:
                        self.assertEqual(found, expected)

    def test_every_flag_can_be_set(self):
        expected = constants(self.header, FLAGS)
        self.assertGreater(len(expected), 4)
        for language, filled in FILLED.items():
            with self.subTest(language):
                found = flags_of(language)
                if found is not None:
                    self.assertEqual(found, expected)
                elif language != "cpp":  # whose flags are C's
                    source = text(BINDINGS / "python/sepflow/_options.py") if language == "python" else filled()
                    self.assertEqual(set(expected) - set(re.findall(r"SEPFLOW_OPTION_(\w+)", source)), set())

    def test_every_pixel_type_can_be_set(self):
        types = re.findall(r"SEPFLOW_([USF]\d+) = (\w+)", text(ROOT / "include/sepflow/node.h"))
        self.assertGreater(len(types), 5)
        for name, value in types:
            with self.subTest(name):
                for path in ("cpp/sepflow.hpp", "go/image.go", "python/sepflow/_image.py"):
                    self.assertIn(f"SEPFLOW_{name}", text(BINDINGS / path), path)
                self.assertRegex(text(BINDINGS / "rust/src/image.rs"), rf"TYPE: i32 = {value};")
                self.assertIn(f"{name}({value},", text(BINDINGS / "java/org/sepflow/PixelType.java"))
                self.assertIn(f"{name.lower()}: {{type: {value},", text(BINDINGS / "node/index.js"))
                self.assertIn(f"'{name.lower()}'", text(BINDINGS / "node/index.d.ts"))

    def test_what_node_takes_it_declares(self):
        declared = part(BINDINGS / "node/index.d.ts", "interface Options {", "}")
        self.assertEqual(set(re.findall(r"^    (\w+)\??:", declared, re.MULTILINE)),
                         words(part(BINDINGS / "node/index.js", "const optionNames = [", "]")))
        for group in ENUMS:
            for word in constants(self.header, group):
                self.assertIn(f"'{word.lower()}'", text(BINDINGS / "node/index.d.ts"))

    def test_an_option_that_is_added_is_seen_to_be_missing(self):
        grown = self.header.replace("} sepflow_options;", "    double new_option;\n} sepflow_options;")
        for language, missing in missing_fields(grown).items():
            self.assertIn("new_option", missing, language)


if __name__ == "__main__":
    unittest.main()
