# filter.py gi|pyvips IN OUT KERNEL BORDER: the operation, found by its name. Ends with 77 where the
# binding is not installed.
import sys

binding, source, target, kernel, border = sys.argv[1:]
try:
    if binding == "pyvips":
        import pyvips
    else:
        import gi
        gi.require_version("Vips", "8.0")
        from gi.repository import GObject, Vips
except (ImportError, ValueError):
    sys.exit(77)

if binding == "pyvips":
    pyvips.Image.new_from_file(source).sepflow(kernel=kernel, border=border).write_to_file(target)
    sys.exit()


def call(name, **arguments):
    operation = Vips.Operation.new(name)
    for argument, value in arguments.items():
        GObject.Object.set_property(operation, argument, value)
    return Vips.cache_operation_build(operation)


Vips.init("filter")
picture = call("tiffload", filename=source).props.out
filtered = call("sepflow", **{"in": picture}, kernel=kernel, border=border).props.out
call("tiffsave", **{"in": filtered}, filename=target)
