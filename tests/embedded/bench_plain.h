/* The same filter as a firmware author would write it by hand: two loops, one down the columns, one
   along the rows, over taps in a table; u8 in 8-bit fixed point, f32 in f32. PLAIN looks up every
   pixel through the border; APART does so only at the ends of a row, so that the compiler may
   vectorise the rest. `between` is as large as the image. */
enum { LENGTH = sizeof taps / sizeof *taps, RADIUS = LENGTH / 2 };

static pixel between[W * H];

static int inside(int i, int size) {
    return i < 0 ? 0 : i >= size ? size - 1 : i;
}

#ifdef IS_FLOAT
typedef float sum_type;
static pixel rounded(float sum) {
    return sum;
}
#else
typedef int sum_type;
static pixel rounded(int sum) {
    return (pixel)((sum + 128) >> 8);
}
#endif

static pixel across(const pixel *row, int x, int w) {
    sum_type sum = 0;
    for (int k = 0; k < LENGTH; ++k) sum += taps[k] * row[inside(x + k - RADIUS, w)];
    return rounded(sum);
}

static void filter(const pixel *in, pixel *out, int w, int h) {
    for (int y = 0; y < h; ++y) {
        for (int x = 0; x < w; ++x) {
            sum_type sum = 0;
            for (int k = 0; k < LENGTH; ++k) sum += taps[k] * in[inside(y + k - RADIUS, h) * w + x];
            between[y * w + x] = rounded(sum);
        }
    }
    for (int y = 0; y < h; ++y) {
        const pixel *row = between + y * w;
#ifdef APART
        int x = 0;
        for (; x < RADIUS; ++x) out[y * w + x] = across(row, x, w);
        for (; x < w - RADIUS; ++x) {
            sum_type sum = 0;
            for (int k = 0; k < LENGTH; ++k) sum += taps[k] * row[x + k - RADIUS];
            out[y * w + x] = rounded(sum);
        }
        for (; x < w; ++x) out[y * w + x] = across(row, x, w);
#else
        for (int x = 0; x < w; ++x) out[y * w + x] = across(row, x, w);
#endif
    }
}
