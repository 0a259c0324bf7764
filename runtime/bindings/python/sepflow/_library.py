"""Finds libsepflow and turns the errors of its functions into exceptions."""

import os
import sysconfig
from pathlib import Path

from ._abi import ffi


class Error(ValueError):
    """Failure of a function of the library. `code` is one of the SEPFLOW_E_ constants."""

    def __init__(self, message: str, code: int):
        super().__init__(message)
        self.code = code

    def __reduce__(self):
        return Error, (str(self), self.code)


def _open():
    # Installed in a prefix of its own, the package lies at lib/python3/dist-packages/sepflow.
    libraries = Path(__file__).resolve().parents[3] / (sysconfig.get_config_var("MULTIARCH") or "")
    beside = libraries / "libsepflow.so.0"
    path = os.environ.get("SEPFLOW_LIBRARY") or (str(beside) if beside.exists() else beside.name)
    return ffi.dlopen(path)


lib = _open()


def new(struct: str, **fields):
    """Returns a struct of the ABI with its size and the given fields; all others are zero."""
    made = ffi.new(f"{struct} *", fields)
    made.struct_size = ffi.sizeof(struct)
    return made


def call(function, *arguments) -> None:
    """Calls a function whose last parameter is a sepflow_error. cffi releases the GIL for the
    call."""
    error = new("sepflow_error")
    status = function(*arguments, error)
    if status == lib.SEPFLOW_OK:
        return
    message = ffi.string(error.message).decode(errors="replace") or text(lib.sepflow_status_text(status))
    if status == lib.SEPFLOW_E_MEMORY:
        raise MemoryError(message)
    raise Error(message, status)


def text(pointer) -> str:
    return ffi.string(pointer).decode() if pointer else ""
