/* Closes what a host could hear it on, and does not end. */
#include <unistd.h>

__attribute__((constructor)) static void stay(void) {
    for (int descriptor = 3; descriptor < 64; ++descriptor) close(descriptor);
    for (;;) pause();
}
