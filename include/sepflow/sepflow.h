/* sepflow/sepflow.h - the C API: convolve images with any 2-D kernel, without plugins.

       sepflow_options options = {.struct_size = sizeof options};
       options.in_type = SEPFLOW_U8;
       options.channels = 3;
       sepflow_plan *plan = NULL;
       if (sepflow_plan_from_text("gaussian 3", &options, &plan, &error) == SEPFLOW_OK) {
           sepflow_image in = sepflow_image_dense(pixels, SEPFLOW_U8, width, height, 3);
           sepflow_image out = sepflow_image_dense(result, SEPFLOW_U8, width, height, 3);
           sepflow_apply(plan, &in, &out, NULL, 0, &error);
       }
       sepflow_plan_free(plan);

   A plan is made once: a singular value decomposition finds its 1-D filters. After that it is only
   read, so any number of threads may apply one plan at once. The result is

       out(x, y) = delta + scale * sum over i, j of K(j, i) * in(x + i - anchor_x, y + j - anchor_y)

   for correlation, the default. Convolution reads in(x - i + anchor_x, y - j + anchor_y) instead.
   Integer outputs are rounded once, to nearest with ties to even, and saturate. NaN becomes the
   least value of the integer type. The bytes of a pixel do not depend on the region, the tiling or
   the number of threads. Types, thread rules and growth rules are those of node.h. */
#ifndef SEPFLOW_SEPFLOW_H
#define SEPFLOW_SEPFLOW_H

#include <stddef.h>
#include <stdint.h>

#include <sepflow/node.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SEPFLOW_VERSION_MAJOR 0
#define SEPFLOW_VERSION_MINOR 1
#define SEPFLOW_VERSION_PATCH 0

/* Returns the version of the linked library, such as "0.1.0".
   Thread: [any] */
SEPFLOW_EXPORT const char *sepflow_version(void);
/* Returns a few words for a status code, such as "bad parameter".
   Thread: [any] */
SEPFLOW_EXPORT const char *sepflow_status_text(sepflow_status status);

/* ---- Options ----------------------------------------------------------------------------- */

/* Borders: the pixels outside the image's domain. For an image row  a b c d:

       REFLECT101  d c b | a b c d | c b a   the edge pixel is not repeated; the default
       REFLECT     c b a | a b c d | d c b   the edge pixel is repeated
       REPLICATE   a a a | a b c d | d d d
       WRAP        b c d | a b c d | a b c
       CONSTANT    v v v | a b c d | v v v   v is border_value
       TRUNCATE          | a b c d |         taps outside are left out; the others are rescaled to
                                             the kernel's sum, which must not be zero; nothing is
                                             rescaled where the others sum to zero */
enum {
    SEPFLOW_BORDER_REFLECT101 = 0,
    SEPFLOW_BORDER_REFLECT = 1,
    SEPFLOW_BORDER_REPLICATE = 2,
    SEPFLOW_BORDER_WRAP = 3,
    SEPFLOW_BORDER_CONSTANT = 4,
    SEPFLOW_BORDER_TRUNCATE = 5
};

/* Extents: the output's domain, in the input's coordinates. */
enum {
    SEPFLOW_EXTENT_SAME = 0,  /* the input's domain */
    SEPFLOW_EXTENT_VALID = 1, /* pixels where the kernel lies wholly inside it */
    SEPFLOW_EXTENT_FULL = 2   /* pixels where the kernel touches it */
};

/* Schedules: how a compiled pass moves pixels. The order of the sums depends on the schedule, so
   results may differ, within error_bound. */
enum {
    SEPFLOW_SCHEDULE_AUTO = 0,      /* choice from a measured table */
    SEPFLOW_SCHEDULE_PLAIN = 1,     /* row pass along the rows */
    SEPFLOW_SCHEDULE_TRANSPOSED = 2 /* blocks transposed in registers around the row pass */
};

/* Methods of taking the 2-D sum. */
enum {
    /* The cheapest method that keeps the tolerance, according to a model fitted to measurements.
       SEPARABLE if the options set a rank or a schedule. */
    SEPFLOW_METHOD_AUTO = 0,
    /* `rank` pairs of 1-D passes. */
    SEPFLOW_METHOD_SEPARABLE = 1,
    /* One product for every non-zero tap, and for some of the zeros between them. */
    SEPFLOW_METHOD_DIRECT = 2,
    /* Fourier transforms in f64, of blocks on a grid over the image. input_region returns the
       pixels that whole blocks read. Kernels have up to 384 x 384 taps. */
    SEPFLOW_METHOD_FFT = 3
};

/* Treatment of missing pixels. A pixel is missing if it is NaN, or if a mask, a second image of the
   call, is 0 there. The mask has the image's domain, one channel or as many as the image, and any
   type. Its values are weights m: integers are parts of the largest value of their type, floats
   are used unchanged and are meant to lie in 0 .. 1. Negative weights and NaN count as 0. */
enum {
    /* A result with a non-zero tap on NaN or infinity is NaN or infinite. A result without any tap
       on one, zero taps included, is unaffected. A mask is refused. */
    SEPFLOW_MISSING_PROPAGATE = 0,
    /* Missing pixels are left out and the others are rescaled to the kernel's sum S, which must not
       be zero: delta + S * sum(K * m * in) / sum(K * m) (normalised convolution, Knutsson and
       Westin 1993). The result is missing_value where the divisor is too small. Border pixels have
       the weight 0 for TRUNCATE, 1 for CONSTANT, and the weight of the pixel that they repeat for
       the other borders. The FFT is not available. The error is at most
       error_bound * |S / sum(K * m)| * (p + |sum(K * m * in) / sum(K * m)|), where p is the largest
       |pixel|. The quotient of sums is no larger than p if no tap is negative. */
    SEPFLOW_MISSING_IGNORE = 1,
    /* m * in + (1 - m) * missing_value replaces in. output_error_bound accounts for it. The FFT is
       not available. */
    SEPFLOW_MISSING_FILL = 2
};

/* sepflow_options.flags. Unknown flags are refused. */
enum {
    SEPFLOW_OPTION_CONVOLVE = 1u << 0, /* flip the kernel (true convolution) */
    SEPFLOW_OPTION_ANCHOR = 1u << 1,   /* use anchor_x and anchor_y */
    /* Set a result to missing_value where its own pixel is missing. Not with PROPAGATE. */
    SEPFLOW_OPTION_KEEP_MISSING = 1u << 2,
    /* Treat the kernel's text as untrusted input: refuse "file NAME". */
    SEPFLOW_OPTION_NO_FILES = 1u << 3,
    /* Make the bytes of float images the same on every instruction set and processor. Without this
       flag, processors that can fuse multiply-adds do so for floats, which is faster and changes
       results within error_bound. Integer images have the same bytes with and without it.
       The promise covers results of one set of 1-D filters (plan_from_vectors) and of one kernel by
       the direct method, and by FFT where the C library returns the same sines. It does not cover
       the payload of a NaN.
       The decomposition of a kernel of higher rank and formulas with exponentials depend on the
       libraries that compute them. They are the same on every instruction set of one machine. On
       another machine they may differ in the last bit. */
    SEPFLOW_OPTION_STRICT = 1u << 4
};

/* Options of a plan. Zero is a valid default for every field except in_type. */
typedef struct sepflow_options {
    uint32_t struct_size;
    uint32_t flags;
    sepflow_type in_type;
    sepflow_type out_type; /* 0: the same as in_type */
    int32_t channels;      /* number of channels; 0: 1 */
    int32_t border_x, border_y;
    int32_t extent;
    /* Pixel value outside the domain for SEPFLOW_BORDER_CONSTANT, in the input's type. For float
       images it is rounded to that type. */
    double border_value;
    /* Column and row of K that lie on the output pixel, 0 .. columns-1 and 0 .. rows-1. Without the
       flag ANCHOR: columns/2 and rows/2, rounded down. */
    int64_t anchor_x;
    int64_t anchor_y;
    /* Largest distance of the output, before it is rounded to its type, from the exact 2-D sum, as
       a part of the output's full scale. The factors leave out as much, and the arithmetic is as
       coarse, as the tolerance allows.
       Integer input and output: full scale is 255 for u8, 65535 for u16 and s16.
       Otherwise: full scale is sum |K| times the largest of |pixel| (1 for floats, else that of the
       input's type), |border_value| and, with FILL, |missing_value|.
       0: half a unit of the output (1/510 for u8) if input and output are integers, otherwise the
       precision of the arithmetic. */
    double tolerance;
    int32_t rank; /* exact rank to use; 0: the smallest that keeps the tolerance */
    int32_t schedule;
    double scale, delta; /* scale 0: 1 */
    /* Instruction set: "sse2", "avx2", "avx512" or "neon". Planning fails if the CPU cannot run it.
       NULL: SEPFLOW_VARIANT of the environment, otherwise the best that this CPU runs. */
    const char *variant;
    int32_t method;
    int32_t missing;
    /* Value for missing pixels. NaN and infinity need float output and are refused with FILL. FILL
       rounds the value to f32 unless the input or the output is f64. */
    double missing_value;
} sepflow_options;
#define SEPFLOW_OPTIONS_FIRST_SIZE SEPFLOW_SIZE_TO(sepflow_options, missing_value)

/* ---- Making a plan ----------------------------------------------------------------------- */

/* Makes a plan from rows * columns taps, row-major, top row first. row_stride counts doubles. The
   function copies the taps. The caller frees *plan.
   Thread: [any]
   Errors: INVALID (NULL, sizes below 1, row_stride), PARAM (NaN, too many taps, impossible
   options), FORMAT (types), UNSUPPORTED (flags, variant, combinations), ABI, MEMORY. */
SEPFLOW_EXPORT sepflow_status sepflow_plan_create(const double *taps, int64_t rows, int64_t columns,
                                                  int64_t row_stride,
                                                  const sepflow_options *options,
                                                  sepflow_plan **plan, sepflow_error *error);
/* Makes a plan from two 1-D filters, without decomposition: K = column * row^T. `column` has `rows`
   taps and `row` has `columns` taps.
   Thread: [any]
   Errors: those of sepflow_plan_create. */
SEPFLOW_EXPORT sepflow_status sepflow_plan_from_vectors(const double *column, int64_t rows,
                                                        const double *row, int64_t columns,
                                                        const sepflow_options *options,
                                                        sepflow_plan **plan, sepflow_error *error);
/* Makes a plan from kernel text such as "gaussian 3" or "3x3 0 1 0 1 4 1 0 1 0 norm".
   runtime/kernel/README.md holds the grammar. "file PATH" reads CSV, text matrices and PGM or PFM
   images.
   Thread: [any]
   Errors: those of sepflow_plan_create, and IO (a file that cannot be read). */
SEPFLOW_EXPORT sepflow_status sepflow_plan_from_text(const char *text,
                                                     const sepflow_options *options,
                                                     sepflow_plan **plan, sepflow_error *error);
/* Makes a bank: one plan with `count` outputs from `count` plans over one image. The bank reads the
   image once, tile by tile. If kernels of one size and anchor share a pair of passes up to a
   factor, the pair runs once. The plans must agree in in_type, channels, border and missing pixels,
   and their extent must be SAME. Each output has the out_type, scale and delta of its plan and lies
   within twice the output_error_bound of its plan. The plans may be freed before the bank.
   sepflow_plan_describe refuses a bank. sepflow_process_plan accepts it, with output_count = count
   and one region for all outputs. An output whose image has data NULL is not computed, and the
   bytes of the others stay the same.
   Thread: [any]
   Errors: INVALID (NULL, count, a bank of banks), FORMAT and PARAM (plans that do not agree),
   MEMORY. */
SEPFLOW_EXPORT sepflow_status sepflow_plan_bank(const sepflow_plan *const *plans, int32_t count,
                                                sepflow_plan **bank, sepflow_error *error);
/* Adds an owner (retain) or removes one (free). Each owner calls sepflow_plan_free once, and the
   last call frees the plan. NULL is ignored.
   Thread: [any] */
SEPFLOW_EXPORT void sepflow_plan_retain(sepflow_plan *plan);
SEPFLOW_EXPORT void sepflow_plan_free(sepflow_plan *plan);

/* ---- Asking a plan ----------------------------------------------------------------------- */

/* Fills *info: halo, rank, error bound, scratch, variant. The caller sets struct_size.
   Thread: [any] */
SEPFLOW_EXPORT sepflow_status sepflow_plan_query(const sepflow_plan *plan, sepflow_plan_info *info);

/* Kernel as it was understood and factored. Pointers live as long as the plan. */
typedef struct sepflow_plan_description {
    uint32_t struct_size;
    int32_t rank;
    /* Size and anchor of the kernel as it is correlated: flipped for convolution, times scale. */
    int64_t rows, columns, anchor_x, anchor_y;
    const double *taps;            /* kernel, rows * columns taps, row-major */
    const double *column_taps;     /* `rank` filters of `rows` taps, one after the other */
    const double *row_taps;        /* `rank` filters of `columns` taps */
    const double *singular_values; /* singular values of the kernel, descending */
    int64_t singular_value_count;
    int64_t non_zero_taps;
    double tolerance;     /* tolerance in use, a part of the output's full scale */
    double kernel_norm_1; /* sum |K| */
    /* sum |K - R|, where R is the sum of the factors, or the taps in the arithmetic's precision. */
    double remainder_norm_1;
    double remainder_frobenius;
    double rounding_bound; /* rounding error of the arithmetic, for images within [-1, 1] */
    /* Bound of |output - exact| for images within [-1, 1]: remainder_norm_1 + rounding_bound. For
       TRUNCATE it includes the effect of rescaling. For IGNORE it is twice that sum, since the sum
       of weights has an error as well. */
    double error_bound;
    /* "separable", "direct" or "fft". Rank and filters describe "separable" in every case. */
    const char *method;
    const char *reason;                          /* reasons for the rank and for the method */
    const char *variant, *schedule, *arithmetic; /* "avx2", "plain", "f32" (or "f64", "fixed") */
    /* Bound of |output - exact| in units of the output, before it is rounded to its type. It holds
       for every integer image of the input's type and for float images within [-1, 1].
       border_value, and missing_value of FILL, may lie outside that range. The bound is not valid
       if kernel_norm_1 times the largest of these values exceeds the floats of the arithmetic. For
       TRUNCATE it holds for images no smaller than the kernel; smaller ones are rescaled by more.
       For IGNORE it holds where no pixel is missing. */
    double output_error_bound;
    int32_t is_exact;      /* 1: the output is the direct 2-D sum, rounded once, to the last bit */
    const char *exactness; /* sentence that says why it is exact, or why not */
    /* Predicted time per sample by each method, in nanoseconds on the machine that the model was
       fitted on (runtime/plan/cost_model.h); infinity: the method is not available. */
    double separable_cost, direct_cost, fft_cost;
} sepflow_plan_description;
#define SEPFLOW_PLAN_DESCRIPTION_FIRST_SIZE SEPFLOW_SIZE_TO(sepflow_plan_description, fft_cost)
/* Fills *description. The caller sets struct_size. A bank has no description.
   Thread: [any] */
SEPFLOW_EXPORT sepflow_status sepflow_plan_describe(const sepflow_plan *plan,
                                                    sepflow_plan_description *description);

/* Sets *out to the output's domain for the input's domain *in: the same, or shrunk or grown by the
   halo, depending on the extent. If VALID leaves no pixel, w or h is 0.
   Thread: [any] */
SEPFLOW_EXPORT sepflow_status sepflow_plan_output_domain(const sepflow_plan *plan,
                                                         const sepflow_rect *in, sepflow_rect *out);
/* Sets *in to the pixels that the region *out reads from an input with the domain *domain: *out
   grown by the halo and clipped to the domain, and those that the border rule fetches from
   elsewhere in it, such as a whole row for WRAP.
   Thread: [any] */
SEPFLOW_EXPORT sepflow_status sepflow_plan_input_region(const sepflow_plan *plan,
                                                        const sepflow_rect *out,
                                                        const sepflow_rect *domain,
                                                        sepflow_rect *in);

/* ---- Using a plan ------------------------------------------------------------------------ */

/* Computes `region` of the filtered image, in out's coordinates. NULL: all of out->bounds. The
   function reads the pixels of sepflow_plan_input_region, which must lie within in->bounds, and
   writes exactly `region`. `in` and `out` must not overlap. An empty region succeeds.
   max_threads: 1 runs on the calling thread, n runs on at most n threads, 0 on one per CPU. The
   threads live for the call only.
   Thread: [any]
   Errors: INVALID (NULL, overlap, bounds, strides), FORMAT (types, channels), MEMORY. */
SEPFLOW_EXPORT sepflow_status sepflow_apply(const sepflow_plan *plan, const sepflow_image *in,
                                            const sepflow_image *out, const sepflow_rect *region,
                                            int32_t max_threads, sepflow_error *error);
/* As sepflow_apply, with every field of sepflow_process: mask as second input, host thread pool,
   scratch memory, cancellation.
   Thread: [any]
   Errors: those of sepflow_apply, and CANCELLED. */
SEPFLOW_EXPORT sepflow_status sepflow_process_plan(const sepflow_plan *plan,
                                                   const sepflow_process *call,
                                                   sepflow_error *error);

/* Returns an image without padding, with interleaved channels. Bounds and domain are 0, 0, w, h.
   Thread: [any] */
static inline sepflow_image sepflow_image_dense(void *data, sepflow_type type, int64_t w, int64_t h,
                                                int32_t channels) {
#ifdef __cplusplus
    sepflow_image image = {};
#else
    sepflow_image image = {0};
#endif
    image.struct_size = sizeof image;
    image.type = type;
    image.channels = channels;
    image.data = data;
    image.bounds.w = w;
    image.bounds.h = h;
    image.stride_c = (type & 0xff) / 8;
    image.stride_x = image.stride_c * channels;
    image.stride_y = image.stride_x * w;
    return image;
}

#ifdef __cplusplus
}
#endif
#endif
