/* One contender of the table of bench.sh: filters an image a given number of times, or says how
   much memory it needs in addition to the image. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { W = 640, H = 16 };

#ifdef IS_FLOAT
typedef float pixel;
#else
typedef uint8_t pixel;
#endif

#ifdef FILTER
#include FILTER
static blur_state state;
enum { SCRATCH = sizeof state };
static void filter(const pixel *in, pixel *out, int w, int h) {
    blur(&state, in, w, out, w, w, h);
}
#else
static const pixel taps[] = {TAPS};
#include "bench_plain.h"
enum { SCRATCH = sizeof between / H * 480 };
#endif

static pixel in[W * H], out[W * H];

__attribute__((noinline)) void counted(void);
__attribute__((noinline)) void counted(void) {
    filter(in, out, W, H);
}

int main(int argc, char **argv) {
    if (argc < 2) return printf("%d\n", (int)SCRATCH), 0;
    for (int i = 0; i < W * H; ++i) in[i] = (pixel)(i % 251);
    for (int i = atoi(argv[1]); i > 0; --i) counted();
    return argc > 2 && out[W * H / 2] == 0;
}
