/* Blurs a picture row by row, as a camera delivers it, in no more memory than the state of the
   filter. Writes PGM. */
#include <stdio.h>

#include "blur.h"

enum { W = 640, H = 480 };

static blur_state state;

static void expose(int y, unsigned char *row) {
    for (int x = 0; x < W; ++x) row[x] = (x / 40 + y / 40) % 2 ? 230 : 25;
}

int main(void) {
    unsigned char row[W], blurred[W];
    if (blur_begin(&state, W, H) != 0) return 1;
    printf("P5\n%d %d\n255\n", W, H);
    for (int y = 0; y < H; ++y) {
        expose(y, row);
        blur_feed(&state, row);
        while (blur_take(&state, blurred)) fwrite(blurred, 1, W, stdout);
    }
    return 0;
}
