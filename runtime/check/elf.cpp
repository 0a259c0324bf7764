#include "runtime/check/elf.h"

#include <cstring>
#include <elf.h>
#include <fstream>
#include <iterator>
#include <link.h>

#include "runtime/check/verdict.h"

namespace sepflow::check {

namespace {

// A struct of the file, which may be cut short.
template <typename Struct>
Struct at(const std::string &bytes, uint64_t offset) {
    require(offset <= bytes.size() && bytes.size() - offset >= sizeof(Struct),
            "its file is cut short");
    Struct result;
    std::memcpy(&result, bytes.data() + offset, sizeof result);
    return result;
}

bool is_exported(const ElfW(Sym) & symbol) {
    const unsigned char binding = symbol.st_info >> 4, visibility = symbol.st_other & 3;
    const bool is_open = visibility == STV_DEFAULT || visibility == STV_PROTECTED;
    return binding != STB_LOCAL && is_open && symbol.st_shndx != SHN_UNDEF &&
           symbol.st_shndx != SHN_ABS;
}

}  // namespace

std::vector<std::string> exported_symbols(const std::string &file) {
    std::ifstream stream(file, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
    const auto header = at<ElfW(Ehdr)>(bytes, 0);
    require(std::memcmp(header.e_ident, ELFMAG, SELFMAG) == 0, "its file is not an ELF file");
    std::vector<std::string> names;
    for (unsigned i = 0; i < header.e_shnum; ++i) {
        const auto section =
            at<ElfW(Shdr)>(bytes, header.e_shoff + uint64_t{i} * header.e_shentsize);
        if (section.sh_type != SHT_DYNSYM || section.sh_entsize == 0) continue;
        const auto strings =
            at<ElfW(Shdr)>(bytes, header.e_shoff + uint64_t{section.sh_link} * header.e_shentsize);
        for (uint64_t s = 0; s < section.sh_size / section.sh_entsize; ++s) {
            const auto symbol = at<ElfW(Sym)>(bytes, section.sh_offset + s * section.sh_entsize);
            const uint64_t name = strings.sh_offset + symbol.st_name;
            require(name < bytes.size(), "its file is cut short");
            if (is_exported(symbol)) names.emplace_back(bytes.data() + name);
        }
    }
    return names;
}

}  // namespace sepflow::check
