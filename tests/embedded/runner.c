/* Runs the filters of cases.h, compiled for one target, on requests from standard input: four
   numbers (case, mode, width, height) and the pixels. Writes the results. Built with every target's
   C compiler and run under its emulator, or here. */
#include "runner.h"

#include <string.h>

enum { MOST = MAX_WIDTH * MAX_HEIGHT * MAX_CHANNELS * 4, PADDING = 3, CANARY = 0x5a };

typedef uint8_t type_u8;
typedef uint16_t type_u16;
typedef int16_t type_s16;
typedef float type_f32;

#define JOIN_(a, b, c) a##b##c
#define JOIN(a, b, c) JOIN_(a, b, c)
#define OF(name, what) JOIN(name, SUFFIX, what)

/* Each returns 0, or the line that failed. */
#define CASE(name, kernel, in_type, out_type, channels, border_x, border_y, border_value, delta, \
             anchor)                                                                             \
    static OF(name, _state) name##_state;                                                        \
                                                                                                 \
    static int name##_strips(const type_##in_type *in, type_##out_type *out, int w, int h,       \
                             int lazy) {                                                         \
        OF(name, _state) *s = &name##_state;                                                     \
        int fed = 0, taken = 0;                                                                  \
        if (OF(name, _begin)(s, w, h) != 0) return __LINE__;                                     \
        while (taken < h) {                                                                      \
            do {                                                                                 \
                if (!OF(name, _feed)(s, in + fed * w * (channels))) break;                       \
                ++fed;                                                                           \
            } while (lazy);                                                                      \
            if (fed > h) return __LINE__;                                                        \
            while (OF(name, _take)(s, out + taken * w * (channels))) {                           \
                ++taken;                                                                         \
                if (lazy) break;                                                                 \
            }                                                                                    \
        }                                                                                        \
        return fed == h && !OF(name, _feed)(s, in) && !OF(name, _take)(s, out) ? 0 : __LINE__;   \
    }                                                                                            \
                                                                                                 \
    static int name##_whole(const type_##in_type *in, type_##out_type *out, int w, int h) {      \
        return OF(name, )(&name##_state, in, (ptrdiff_t)w * (channels), out,                     \
                          (ptrdiff_t)w * (channels) + PADDING, w, h);                            \
    }                                                                                            \
                                                                                                 \
    /* From the last row up, the result in the place of the image. */                            \
    static int name##_in_place(void *image, int w, int h) {                                      \
        type_##in_type *in = image;                                                              \
        type_##out_type *out = image;                                                            \
        const ptrdiff_t pitch = (ptrdiff_t)w * (channels);                                       \
        return OF(name, )(&name##_state, in + (h - 1) * pitch, -pitch, out + (h - 1) * pitch,    \
                          -pitch, w, h);                                                         \
    }                                                                                            \
                                                                                                 \
    static int name##_run(const int32_t *request, void *in, void *out) {                         \
        const int w = request[2], h = request[3];                                                \
        switch (request[1]) {                                                                    \
            case WHOLE:                                                                          \
                return name##_whole(in, out, w, h);                                              \
            case STRIPS:                                                                         \
                return name##_strips(in, out, w, h, 0);                                          \
            case LAZY:                                                                           \
                return name##_strips(in, out, w, h, 1);                                          \
            case BAD_SIZE:                                                                       \
                return OF(name, _begin)(&name##_state, 0, h) == -1 &&                            \
                               OF(name, _begin)(&name##_state, MAX_WIDTH + 1, h) == -1 &&        \
                               OF(name, _begin)(&name##_state, w, 0) == -1                       \
                           ? 0                                                                   \
                           : __LINE__;                                                           \
            default:                                                                             \
                return name##_in_place(in, w, h);                                                \
        }                                                                                        \
    }
#include "cases.h"
#undef CASE

typedef struct filter {
    int (*run)(const int32_t *request, void *in, void *out);
    int channels, in_bytes, out_bytes;
} filter;

static const filter filters[] = {
#define CASE(name, kernel, in_type, out_type, channels, border_x, border_y, border_value, delta, \
             anchor)                                                                             \
    {name##_run, channels, sizeof(type_##in_type), sizeof(type_##out_type)},
#include "cases.h"
#undef CASE
};

static unsigned char in[MOST], out[MOST + MAX_HEIGHT * PADDING * 4 + PADDING];

static int answer(const int32_t *request) {
    const filter *f = &filters[request[0]];
    const int mode = request[1], h = request[3], row = request[2] * f->channels * f->out_bytes;
    const int pitch = mode == WHOLE ? row + PADDING * f->out_bytes : row;
    int failed, x, y;
    if (!receive(in, request[2] * f->channels * f->in_bytes * h)) return __LINE__;
    memset(out, CANARY, sizeof out);
    failed = f->run(request, in, out);
    if (failed) return failed;
    for (y = 0; y < h; ++y) {
        if (!deliver((mode == IN_PLACE ? in : out) + y * pitch, row)) return __LINE__;
        for (x = row; x < pitch; ++x)
            if (out[y * pitch + x] != CANARY) return __LINE__;
    }
    for (x = 0; x < PADDING; ++x)
        if (out[h * pitch + x] != CANARY) return __LINE__;
    return 0;
}

int main(void) {
    int32_t request[4];
    while (receive(request, sizeof request)) {
        const int failed = answer(request);
        if (failed) return failed % 255 + 1;
    }
    return 0;
}
