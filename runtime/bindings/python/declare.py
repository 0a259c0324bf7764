"""declare.py CC INCLUDE OUT: makes sepflow/_abi.py from sepflow.h with cffi, so that no struct is
written twice."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from cffi import FFI

compiler, include, out = sys.argv[1:]

with tempfile.TemporaryDirectory() as empty:
    for name in ("stddef.h", "stdint.h"):  # cffi knows their types by itself
        Path(empty, name).touch()
    declarations = subprocess.run(
        [compiler, "-E", "-P", "-xc", "-nostdinc", "-U__GNUC__", "-I", empty, "-I", include, "-"],
        input="#include <sepflow/sepflow.h>\n", capture_output=True, text=True, check=True,
    ).stdout
declarations = re.sub(r"^static inline .*?^\}", "", declarations, flags=re.DOTALL | re.MULTILINE)

ffi = FFI()
ffi.cdef(declarations)
ffi.set_source("sepflow._abi", None)
ffi.emit_python_code(out)
