// The results of trying plugins, remembered in a file of the user's cache: a trial costs as much as
// starting a program, and ten seconds where a plugin hangs.
#pragma once

#include <string>

namespace sepflow::host {

struct Verdict {
    enum Kind { kNone, kSound, kHangs, kEnds, kCrashes } kind = kNone;
    int signal = 0;  // of a crash
};

// Returns a text that differs from that of other files and of earlier versions; "" if there is no
// such file.
std::string fingerprint(const std::string &file);

// Returns kNone if a trial is due. A bad verdict counts for an hour, since its cause may pass, such
// as a machine under load. Once a later trial has confirmed it, it counts for good.
Verdict remembered(const std::string &fingerprint);
void remember(const std::string &fingerprint, const Verdict &verdict);

// Returns the file's path. Each machine has its own: where a home is shared, processors and
// libraries may differ. "" with another user's rights or home, which are not trusted.
std::string verdict_file();

}  // namespace sepflow::host
