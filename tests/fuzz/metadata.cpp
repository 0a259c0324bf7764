// Metadata of files. The first byte says what the rest is: Exif data, XMP, Photoshop's resources,
// or a file whose header is read. The kept part holds no picture, and is kept again as it is.
#include "runtime/command/files/embedded_pictures.h"
#include "runtime/command/files/exif.h"
#include "runtime/command/files/file_facts.h"
#include "tests/fuzz/directory.h"
#include "tests/fuzz/input.h"

namespace {

using fuzz::require;
using namespace sepflow::command;

void check_exif(const std::string &data) {
    const ExifImage image = {30, 20, 6};
    const Exif kept = exif_without_pictures(data, image);
    require(kept.data.size() <= 4 * data.size() + 64,
            "no more than there was: directories may overlap");
    // libexif sorts tags, and only the next time their values.
    const Exif again = exif_without_pictures(kept.data, image);
    require(again.data.size() == kept.data.size(), "the same Exif data");
    require(exif_without_pictures(again.data, image).data == again.data, "in the same order");
    require(!again.had_picture && !again.had_maker_note, "no picture");
}

void check_xmp(const std::string &packet) {
    const std::string kept = text_without_pictures(packet);
    require(kept.size() <= packet.size(), "no more than there was");
    require(kept.find(std::string(256, 'A')) == kept.npos, "no picture");
}

void check_iptc(const std::string &resources) {
    const std::string kept = iptc_text(resources);
    require(kept.size() <= resources.size(), "no more than there was");
    require(iptc_text(kept) == kept, "the same texts");
    if (!kept.empty()) require(iptc_text(photoshop_resource(kept)) == kept, "as a resource, too");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const fuzz::Directory directory;
    fuzz::Input input(data, size);
    const uint32_t kind = input.below(4);
    const std::string content = input.rest();
    if (kind == 0) check_exif(content);
    if (kind == 1) check_xmp(content);
    if (kind == 2) check_iptc(content);
    if (kind == 3) (void)facts_of(directory.write("in", content));
    return 0;
}
