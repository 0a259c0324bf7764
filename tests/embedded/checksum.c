/* A checksum over what the filters of cases.h make of integer images: one number, the same on every
   target. Needs no system; each says it in its own way: checksum_linux.c, checksum_arm_64.c without
   a system, checksum_wasm.js. */
#include FILTERS

#include "checksum.h"

#include "modes.h"

enum { W = 150, H = 40 };
enum { is_integer_u8 = 1, is_integer_u16 = 1, is_integer_s16 = 1, is_integer_f32 = 0 };

typedef uint8_t type_u8;
typedef uint16_t type_u16;
typedef int16_t type_s16;
typedef float type_f32;

#define JOIN_(a, b, c) a##b##c
#define JOIN(a, b, c) JOIN_(a, b, c)

static union {
    uint8_t bytes[W * H * MAX_CHANNELS * 4];
    float align;
} in, out;

static uint32_t hash; /* FNV-1a */

static void add(const uint8_t *bytes, size_t count) {
    size_t i;
    for (i = 0; i < count; ++i) hash = (hash ^ bytes[i]) * 16777619u;
}

#define CASE(name, kernel, in_type, out_type, channels, border_x, border_y, border_value, delta, \
             anchor)                                                                             \
    static void name##_add(void) {                                                               \
        static JOIN(name, SUFFIX, _state) state;                                                 \
        JOIN(name, SUFFIX, )                                                                     \
        (&state, (const type_##in_type *)(const void *)in.bytes, W * (channels),                 \
         (type_##out_type *)(void *)out.bytes, W * (channels), W, H);                            \
        if (is_integer_##in_type) add(out.bytes, W *H *(channels) * sizeof(type_##out_type));    \
    }
#include "cases.h"
#undef CASE

uint32_t checksum(void) {
    uint32_t number = 1;
    size_t i;
    hash = 2166136261u;
    for (i = 0; i < sizeof in.bytes; ++i) {
        number = number * 1664525u + 1013904223u;
        in.bytes[i] = (uint8_t)(number >> 24);
    }
#define CASE(name, ...) name##_add();
#include "cases.h"
#undef CASE
    return hash;
}
