/* Requirements of the runner: the filters of its target, and a way to get requests and to give
   results. */
#ifndef RUNNER_H
#define RUNNER_H

#include <stdio.h>

#include FILTERS /* written by CMakeLists.txt: includes the headers of all filters of a target */

#include "modes.h"

static int receive(void *to, int bytes) {
    return fread(to, 1, (size_t)bytes, stdin) == (size_t)bytes;
}
static int deliver(const void *from, int bytes) {
    return fwrite(from, 1, (size_t)bytes, stdout) == (size_t)bytes;
}

#endif
