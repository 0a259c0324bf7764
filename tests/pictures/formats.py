"""Filters one file of each kind into each format, looks with other programs' eyes at what is left
of pixels and metadata, and compares that with the table in runtime/command/README.md. With --write,
writes the table."""

import argparse
import io
import os
import re
import struct
import subprocess
import sys
import zlib

try:
    import numpy
    import tifffile
    from PIL import Image, ImageCms, PngImagePlugin
except ImportError as missing:
    print(f"SKIPPED: {missing}")
    sys.exit(77)

BEGIN, END = "<!-- tests/pictures/formats.py makes this table -->", "<!-- end of the table -->"
OUTPUTS = (".png", ".jpg", ".webp", ".tif", ".ppm", ".pfm", ".csv")
# Kinds of metadata: the letter in the table, and the word for it in the line on losses.
KINDS = {"c": "colour profile", "e": "Exif", "x": "XMP", "p": "IPTC", "o": "orientation",
         "r": "resolution", "t": "texts"}
W, H = 21, 16

ARTIST, RATING, CAPTION, COMMENT = b"Ann Artist", b'xmp:Rating="4"', b"A caption", b"A comment"
SHARP = b"\xff\xd8\xff\xdb" + b"SHARPFACE" * 9
XMP = (b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
       b'<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="4"/></rdf:RDF></x:xmpmeta>')
IPTC = b"\x1c\x02\x78" + struct.pack(">H", len(CAPTION)) + CAPTION
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def ramp(channels, top=255, dtype=numpy.uint8):
    """A picture whose values all differ from their neighbours', up to `top`."""
    y, x, c = numpy.mgrid[0:H, 0:W, 0:channels]
    return ((x * 11 + y * 7 + c * 5) % 256 * (top / 255)).astype(dtype)


def smooth(channels):
    """What JPEG keeps nearly as it is."""
    y, x, c = numpy.mgrid[0:H, 0:W, 0:channels]
    return (60 + x * 3 + y * 4 + c * 10).astype(numpy.uint8)


def exif():
    """Orientation 6, an artist, and a thumbnail in the second directory."""
    entry = lambda tag, kind, count, value: struct.pack("<HHII", tag, kind, count, value)
    first = struct.pack("<H", 2) + entry(0x0112, 3, 1, 6) + entry(0x013B, 2, 11, 38) + struct.pack("<I", 50)
    second = struct.pack("<H", 2) + entry(0x0201, 4, 1, 80) + entry(0x0202, 4, 1, len(SHARP)) + struct.pack("<I", 0)
    return b"II*\0\x08\0\0\0" + first + ARTIST + b"\0\0" + second + SHARP


def jpeg():
    picture = smooth(3)
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=100, subsampling=0, dpi=(300, 300), icc_profile=PROFILE)
    segment = lambda marker, data: b"\xff" + marker + struct.pack(">H", len(data) + 2) + data
    resource = lambda number, data: (b"8BIM" + struct.pack(">HHI", number, 0, len(data)) + data + b"\0" * (len(data) % 2))
    more = (segment(b"\xe1", b"Exif\0\0" + exif()) + segment(b"\xe1", b"http://ns.adobe.com/xap/1.0/\0" + XMP) +
            segment(b"\xed", b"Photoshop 3.0\0" + resource(1028, IPTC) + resource(1036, SHARP)) + segment(b"\xfe", COMMENT))
    data = file.getvalue()
    # JFIF comes first.
    end = 4 + struct.unpack(">H", data[4:6])[0]
    return data[:end] + more + data[end:], numpy.asarray(Image.open(io.BytesIO(data))), "cexport"


def png():
    picture = ramp(4)
    info = PngImagePlugin.PngInfo()
    info.add_text("Title", COMMENT.decode())
    info.add_itxt("XML:com.adobe.xmp", XMP.decode())
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG", pnginfo=info, exif=exif(), icc_profile=PROFILE, dpi=(300, 300))
    return file.getvalue(), picture, "cexort"


def png_of(width, height, bits, colour, rows, more=b""):
    chunk = lambda name, data: struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)) + more +
            chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row.tobytes() for row in rows))) + chunk(b"IEND", b""))


def png_16():
    picture = ramp(3, 65535, numpy.uint16)
    return png_of(W, H, 16, 2, picture.astype(">u2")), picture, ""


def png_palette():
    palette = Image.fromarray(smooth(3)).convert("P", palette=Image.ADAPTIVE, colors=16)
    file = io.BytesIO()
    palette.save(file, "PNG", bits=4)
    return file.getvalue(), numpy.asarray(palette.convert("RGB")), ""


def webp():
    picture = ramp(4)
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "WEBP", lossless=True, exact=True, exif=exif(), xmp=XMP, icc_profile=PROFILE)
    return file.getvalue(), picture, "cexo"


def gif():
    """Two frames of 128 greys without transparency. Codes of 8 bits stay so if the table is cleared
    early."""
    greys = smooth(1)[:, :, 0] // 2
    clear, end, rest = 128, 129, greys.tobytes()
    codes = b""
    while rest:
        codes, rest = codes + bytes([clear]) + rest[:100], rest[100:]
    codes += bytes([end])
    blocks = b"".join(bytes([len(codes[i:i + 255])]) + codes[i:i + 255] for i in range(0, len(codes), 255))
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, W, H, 0) + b"\x07" + blocks + b"\0"
    palette = b"".join(bytes([2 * level] * 3) for level in range(128))
    head = b"GIF89a" + struct.pack("<HHBBB", W, H, 0xF6, 0, 0) + palette
    return head + frame + frame + b";", numpy.repeat(greys[:, :, None] * 2, 3, axis=2), ""


def tiff(picture, has="", **more):
    file = io.BytesIO()
    tags = []
    if has:
        resource = b"8BIM" + struct.pack(">HHI", 1028, 0, len(IPTC)) + IPTC + b"\0" * (len(IPTC) % 2)
        tags = [(274, 3, 1, 6, True), (700, 1, len(XMP), XMP, True), (34377, 1, len(resource), resource, True),
                (34675, 7, len(PROFILE), PROFILE, True)]
        more.update(resolution=(300, 300), resolutionunit=2, description=COMMENT.decode())
    tifffile.imwrite(file, picture, metadata=None, software="", extratags=tags, **more)
    return file.getvalue(), picture, has


def tiff_rgba():
    return tiff(ramp(4), "cxport", photometric="rgb", extrasamples=["unassalpha"])


def tiff_bands():
    return tiff(ramp(5), photometric="minisblack", planarconfig="contig")


def tiff_pages():
    stack = numpy.stack([ramp(1)[:, :, 0], ramp(1)[:, :, 0] // 2])
    file = io.BytesIO()
    tifffile.imwrite(file, stack, photometric="minisblack", software="", metadata={"axes": "ZYX"}, ome=True)
    return file.getvalue(), stack[0][:, :, None], ""


def tiff_floats():
    return tiff(ramp(1, 1, numpy.float32)[:, :, 0])[0], ramp(1, 1, numpy.float32), ""


def tiff_signed():
    picture = (ramp(1, 255, numpy.int16) - 100) * 90
    return tiff(picture[:, :, 0])[0], picture, ""


def ppm():
    return b"P6 %d %d 255\n" % (W, H) + smooth(3).tobytes(), smooth(3), ""


def pgm_16():
    picture = ramp(1, 65535, numpy.uint16)
    return b"P5 %d %d 65535\n" % (W, H) + picture.astype(">u2").tobytes(), picture, ""


def pfm():
    picture = ramp(1, 1, numpy.float32)
    return b"Pf %d %d -1\n" % (W, H) + picture[::-1].astype("<f4").tobytes(), picture, ""


def csv():
    picture = ramp(1, 1, numpy.float64)
    rows = "\n".join(",".join(repr(float(v)) for v in row) for row in picture[:, :, 0])
    return rows.encode() + b"\n", picture, ""


def exr():
    """Three channels of 16-bit floats, sorted by name."""
    picture = (ramp(3) / 256).astype(numpy.float16)
    attribute = lambda name, kind, value: name + b"\0" + kind + b"\0" + struct.pack("<I", len(value)) + value
    channels = b"".join(name + b"\0" + struct.pack("<IIII", 1, 0, 1, 1) for name in (b"B", b"G", b"R")) + b"\0"
    window = struct.pack("<iiii", 0, 0, W - 1, H - 1)
    head = (struct.pack("<II", 20000630, 2) + attribute(b"channels", b"chlist", channels) +
            attribute(b"compression", b"compression", b"\0") + attribute(b"dataWindow", b"box2i", window) +
            attribute(b"displayWindow", b"box2i", window) + attribute(b"lineOrder", b"lineOrder", b"\0") +
            attribute(b"pixelAspectRatio", b"float", struct.pack("<f", 1)) +
            attribute(b"screenWindowCenter", b"v2f", struct.pack("<ff", 0, 0)) +
            attribute(b"screenWindowWidth", b"float", struct.pack("<f", 1)) + b"\0")
    lines = [b"".join(picture[y, :, c].astype("<f2").tobytes() for c in (2, 1, 0)) for y in range(H)]
    first = len(head) + 8 * H
    table = b"".join(struct.pack("<Q", first + y * (8 + len(lines[0]))) for y in range(H))
    return (head + table + b"".join(struct.pack("<ii", y, len(line)) + line for y, line in enumerate(lines)),
            picture.astype(numpy.float32), "")


def radiance():
    mantissas = (128 + ramp(3) // 2).astype(numpy.uint8)
    pixels = numpy.dstack([mantissas, numpy.full((H, W), 128, numpy.uint8)])
    # Of 256 times 2 to an exponent, which is 0; as the format's author has it, a mantissa is the
    # middle of its step.
    return (b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y %d +X %d\n" % (H, W) + pixels.tobytes(),
            ((mantissas + 0.5) / 256).astype(numpy.float32), "")


def tga():
    head = struct.pack("<BBBHHBHHHHBB", 0, 0, 2, 0, 0, 0, 0, 0, W, H, 24, 0)
    return head + smooth(3)[::-1, :, ::-1].tobytes(), smooth(3), ""


def fits():
    card = lambda name, value: f"{name:8}= {value:>20}".ljust(80).encode()
    head = (card("SIMPLE", "T") + card("BITPIX", "8") + card("NAXIS", "2") + card("NAXIS1", str(W)) +
            card("NAXIS2", str(H)) + b"END".ljust(80))
    data = smooth(1)[::-1].tobytes()  # from the bottom
    pad = lambda block, fill: block + fill * (-len(block) % 2880)
    return pad(head, b" ") + pad(data, b"\0"), smooth(1), ""


INPUTS = (("JPEG", ".jpg", jpeg), ("PNG, alpha", ".png", png), ("PNG, 16 bits", ".png", png_16),
          ("PNG, palette", ".png", png_palette), ("WebP, alpha", ".webp", webp), ("GIF, animated", ".gif", gif),
          ("TIFF, alpha", ".tif", tiff_rgba), ("TIFF, five bands", ".tif", tiff_bands),
          ("TIFF, OME stack", ".tif", tiff_pages), ("TIFF, f32", ".tif", tiff_floats), ("TIFF, s16", ".tif", tiff_signed),
          ("PPM", ".ppm", ppm), ("PGM, 16 bits", ".pgm", pgm_16), ("PFM", ".pfm", pfm), ("CSV", ".csv", csv),
          ("OpenEXR", ".exr", exr), ("Radiance", ".hdr", radiance), ("TGA", ".tga", tga), ("FITS", ".fits", fits))


def read_png(data):
    """Of 16 bits, whatever Pillow thinks of them; others are Pillow's."""
    width, height, bits, colour = struct.unpack(">IIBB", data[16:26])
    if bits != 16:
        return numpy.asarray(Image.open(io.BytesIO(data)))
    at, packed = 8, b""
    while at < len(data):
        length, name = struct.unpack(">I4s", data[at:at + 8])
        packed += data[at + 8:at + 8 + length] if name == b"IDAT" else b""
        at += 12 + length
    channels = {0: 1, 2: 3, 4: 2, 6: 4}[colour]
    size = 2 * channels
    rows, above = numpy.frombuffer(zlib.decompress(packed), numpy.uint8).reshape(height, 1 + width * size), None
    result = numpy.zeros((height, width * size), numpy.uint8)
    for y in range(height):  # undoes PNG's filters
        kind, row = rows[y, 0], rows[y, 1:].astype(int)
        above = result[y - 1].astype(int) if y else numpy.zeros(width * size, int)
        for i in range(width * size):
            left = int(result[y, i - size]) if i >= size else 0
            corner = int(above[i - size]) if i >= size else 0
            up = above[i]
            estimate = left + up - corner
            near = min((abs(estimate - v), k, v) for k, v in enumerate((left, up, corner)))[2]
            result[y, i] = (row[i] + (0, left, up, (left + up) // 2, near)[kind]) & 255
    return result.view(">u2").reshape(height, width, channels)


def read_pixels(path):
    suffix = os.path.splitext(path)[1]
    with open(path, "rb") as file:
        data = file.read()
    if suffix == ".csv":
        pixels = numpy.loadtxt(io.BytesIO(data), delimiter=",", ndmin=2)
    elif suffix in (".ppm", ".pgm", ".pfm"):
        magic, width, height, top = data.split(None, 4)[:4]
        kind = "<f4" if suffix == ".pfm" else ">u2" if int(top) > 255 else "u1"
        count = int(width) * int(height) * (3 if magic in (b"P6", b"PF") else 1)
        pixels = numpy.frombuffer(data[-count * numpy.dtype(kind).itemsize:], kind).reshape(int(height), int(width), -1)
        pixels = pixels[::-1] if suffix == ".pfm" else pixels
    elif suffix == ".tif":
        pixels = tifffile.imread(io.BytesIO(data))
    elif suffix == ".png":
        pixels = read_png(data)
    else:
        pixels = numpy.asarray(Image.open(io.BytesIO(data)))
    return (pixels if pixels.ndim == 3 else pixels[:, :, None]), data


def dpi_of(path, data):
    """Pixels per inch by another reader; None where the file has none."""
    suffix = os.path.splitext(path)[1]
    if suffix == ".tif":
        tags = tifffile.TiffFile(io.BytesIO(data)).pages[0].tags
        if 282 not in tags or tags[296].value == 1:  # a ratio of width to height
            return None
        above, below = tags[282].value
        return above / below * (2.54 if tags[296].value == 3 else 1)
    if suffix in (".png", ".jpg"):
        dpi = Image.open(io.BytesIO(data)).info.get("dpi")
        return dpi[0] if dpi and (suffix == ".png" or data[13] != 0) else None
    return None


def kinds_of(path, data):
    """The letters of what a file holds."""
    suffix = os.path.splitext(path)[1]
    found = {"e": ARTIST in data, "x": RATING in data, "p": CAPTION in data, "t": COMMENT in data,
             "r": dpi_of(path, data) is not None}
    if suffix == ".tif":
        tags = tifffile.TiffFile(io.BytesIO(data)).pages[0].tags
        found["c"] = 34675 in tags and tags[34675].value == PROFILE
        found["o"] = 274 in tags and tags[274].value == 6
    elif suffix in (".png", ".jpg", ".webp"):
        picture = Image.open(io.BytesIO(data))
        found["c"] = picture.info.get("icc_profile") == PROFILE
        found["o"] = picture.getexif().get(0x0112) == 6
    return "".join(letter for letter in KINDS if found.get(letter))


def likeness(given, got):
    """= for the same values, ~ for nearly, or what is wrong."""
    if got.shape[2] != given.shape[2]:
        grey_as_colours = given.shape[2] < 3 and numpy.array_equal(numpy.repeat(given[:, :, :1], 3, axis=2), got[:, :, :3])
        return "=" if grey_as_colours else f"{got.shape[2]} channels"
    if numpy.array_equal(given.astype(numpy.float64), got.astype(numpy.float64)):
        return "="
    return "~" if numpy.abs(given.astype(float) - got).max() <= 8 else "wrong"


class Formats:
    def __init__(self, command, folder):
        self.command, self.folder, self.failures = command, folder, []

    def fail(self, text):
        self.failures.append(text)
        print("FAILED", text)

    def run(self, *arguments):
        return subprocess.run([self.command, "filter", *arguments, "-q", "-k", "identity"], capture_output=True, text=True,
                              cwd=self.folder)

    def cell(self, label, suffix, given, has, to):
        """What is left of one kind of file in one format."""
        to = ".pgm" if to == ".ppm" and given.shape[2] == 1 else to
        name, out = "in" + suffix, "out" + to
        result = self.run(name, out)
        where = f"{label} to {to}"
        if result.returncode != 0:
            if "; use " not in result.stderr:
                self.fail(f"{where}: no way out: {result.stderr.strip()}")
            return "-"
        got, data = read_pixels(os.path.join(self.folder, out))
        kept = kinds_of(out, data)
        for letter, word in KINDS.items():
            is_lost, is_said = letter in has and letter not in kept, re.search(rf"[:,] {word}(,|$)", result.stderr.strip())
            if is_lost != bool(is_said):
                self.fail(f"{where}: {word}: lost {is_lost}, said {bool(is_said)}: {result.stderr.strip()}")
            if letter in kept and letter not in has:
                self.fail(f"{where}: gained {word}")
        if len(result.stderr.splitlines()) > 1:
            self.fail(f"{where}: more than one line: {result.stderr}")
        if b"SHARPFACE" in data:
            self.fail(f"{where}: the thumbnail is there")
        dpi = dpi_of(out, data)
        if dpi is not None and abs(dpi - 300) > 1:
            self.fail(f"{where}: {dpi} dpi")
        if suffix == ".gif" or "stack" in label:
            if "pages; only the first is read" not in result.stderr:
                self.fail(f"{where}: nothing is said of pages: {result.stderr.strip()}")
            pages = tifffile.TiffFile(io.BytesIO(data)) if to == ".tif" else None
            if pages and (len(pages.pages) != 1 or pages.is_ome or pages.series[0].shape[:2] != (H, W)):
                self.fail(f"{where}: pages that are not there")
        if label.startswith("TIFF, five") and to == ".tif":
            extra = tifffile.TiffFile(io.BytesIO(data)).pages[0].tags[338].value
            if tuple(extra) != (0, 0, 0, 0):
                self.fail(f"{where}: extra samples {extra}")
        like = likeness(given, got)
        if like not in "=~" or (like == "~" and to != ".jpg"):
            self.fail(f"{where}: {like}")
        return (like + " " + kept).strip()

    def table(self):
        lines = ["| from, with | " + " | ".join(".ppm .pgm" if to == ".ppm" else to for to in OUTPUTS) + " |",
                 "|---|" + "---|" * len(OUTPUTS)]
        for label, suffix, make in INPUTS:
            data, given, has = make()
            with open(os.path.join(self.folder, "in" + suffix), "wb") as file:
                file.write(data)
            first = label + (f" `{has}`" if has else "")
            cells = [self.cell(label, suffix, given, has, to) for to in OUTPUTS]
            lines.append(f"| {first} | " + " | ".join("refused" if cell == "-" else f"`{cell}`" for cell in cells) + " |")
        return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--command", required=True)
    parser.add_argument("--readme", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--write", action="store_true")
    o = parser.parse_args()
    os.makedirs(o.work, exist_ok=True)
    formats = Formats(os.path.abspath(o.command), o.work)
    made = formats.table()
    with open(o.readme, encoding="utf-8") as file:
        text = file.read()
    before, rest = text.split(BEGIN, 1)
    committed, after = rest.split(END, 1)
    if o.write:
        with open(o.readme, "w", encoding="utf-8") as file:
            file.write(before + BEGIN + "\n\n" + made + "\n\n" + END + after)
    elif committed.strip() != made:
        formats.fail("the table in " + o.readme + " is another; formats.py --write writes what was found:\n" + made)
    print(f"{len(INPUTS) * len(OUTPUTS)} pairs of formats, {len(formats.failures)} failures")
    return 1 if formats.failures else 0


if __name__ == "__main__":
    sys.exit(main())
