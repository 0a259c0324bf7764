/* sepflow/sepflow.h - direct calls: convolve images with any 2-D kernel, without plugins.

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

   A plan is made once (a singular value decomposition finds its 1-D filters) and is then only read:
   any number of threads may apply one plan at once. The result is

       out(x, y) = delta + scale * sum over i, j of K(j, i) * in(x + i - anchor_x, y + j - anchor_y)

   for correlation, the default; convolution reads in(x - i + anchor_x, y - j + anchor_y). Integer
   outputs are rounded once, to nearest with ties to even, and saturate; NaN becomes their least.
   The bytes of a pixel do not depend on the region, the tiling or the number of threads. Types,
   thread tags and growth rules are those of node.h. */
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

/* "0.1.0", of the library that is linked.  [any] */
SEPFLOW_EXPORT const char *sepflow_version(void);
/* A few words for a status code: "bad parameter".  [any] */
SEPFLOW_EXPORT const char *sepflow_status_text(sepflow_status status);

/* ---- Options ----------------------------------------------------------------------------- */

/* What lies outside the image's domain. For an image row  a b c d:

       REFLECT101  d c b | a b c d | c b a   the edge pixel is not repeated; the default
       REFLECT     c b a | a b c d | d c b   the edge pixel is repeated
       REPLICATE   a a a | a b c d | d d d
       WRAP        b c d | a b c d | a b c
       CONSTANT    v v v | a b c d | v v v   v is border_value
       TRUNCATE          | a b c d |         taps outside are left out and the others rescaled to
                                             the kernel's sum, which must not be zero; where those
                                             sum to zero themselves, nothing is rescaled */
enum {
    SEPFLOW_BORDER_REFLECT101 = 0,
    SEPFLOW_BORDER_REFLECT = 1,
    SEPFLOW_BORDER_REPLICATE = 2,
    SEPFLOW_BORDER_WRAP = 3,
    SEPFLOW_BORDER_CONSTANT = 4,
    SEPFLOW_BORDER_TRUNCATE = 5
};

/* Which pixels the output has, in the input's coordinates. */
enum {
    SEPFLOW_EXTENT_SAME = 0,  /* the input's domain */
    SEPFLOW_EXTENT_VALID = 1, /* where the kernel lies wholly inside it */
    SEPFLOW_EXTENT_FULL = 2   /* where it touches it */
};

/* How a compiled pass moves pixels. Sums are taken in another order, so results may differ, within error_bound. */
enum {
    SEPFLOW_SCHEDULE_AUTO = 0,      /* by a measured table */
    SEPFLOW_SCHEDULE_PLAIN = 1,     /* row pass along the rows */
    SEPFLOW_SCHEDULE_TRANSPOSED = 2 /* blocks transposed in registers around the row pass */
};

/* How the 2-D sum is taken. */
enum {
    /* The cheapest that keeps the tolerance, by a model fitted to measurements; SEPARABLE if a rank
       or a schedule is asked for. */
    SEPFLOW_METHOD_AUTO = 0,
    /* `rank` pairs of 1-D passes. */
    SEPFLOW_METHOD_SEPARABLE = 1,
    /* One product for every tap that is not zero, and for some zeros between them. */
    SEPFLOW_METHOD_DIRECT = 2,
    /* Fourier transforms of blocks that lie on a grid over the image, in f64. input_region says
       what whole blocks read. Kernels of up to 384 x 384 taps. */
    SEPFLOW_METHOD_FFT = 3
};

/* What becomes of pixels that are missing: those that are NaN, and those that a mask, a second image of the call, makes 0.
   The mask has the image's domain, one channel or as many as the image, and any type. Its values are weights m: of an integer
   type, parts of the largest value; of floats as they are, meant to lie in 0 .. 1; negative ones and NaN count as 0. */
enum {
    /* Results with a non-zero tap on NaN or infinity are NaN or infinite. Results without any tap
       on one, zero taps included, are unaffected. No mask is taken. */
    SEPFLOW_MISSING_PROPAGATE = 0,
    /* They are left out and the others rescaled to the kernel's sum S, which must not be zero:
       delta + S * sum(K * m * in) / sum(K * m) (normalised convolution, Knutsson and Westin 1993);
       the missing_value where too little is left to divide by. The border TRUNCATE has the weight
       0, other pixels outside that of what stands for them, CONSTANT 1. Not by FFT. The error is at
       most error_bound * |S / sum(K * m)| times the sum of the largest |pixel| and of
       |sum(K * m * in) / sum(K * m)|, which is no larger if no tap is negative. */
    SEPFLOW_MISSING_IGNORE = 1,
    /* in is taken as m * in + (1 - m) * missing_value, which output_error_bound knows. Not by FFT. */
    SEPFLOW_MISSING_FILL = 2
};

/* sepflow_options.flags, all must-understand. */
enum {
    SEPFLOW_OPTION_CONVOLVE = 1u << 0, /* flip the kernel (true convolution) */
    SEPFLOW_OPTION_ANCHOR = 1u << 1,   /* anchor_x and anchor_y are given */
    /* Results are missing_value where their own pixel is missing; not with PROPAGATE. */
    SEPFLOW_OPTION_KEEP_MISSING = 1u << 2,
    /* The kernel's text is untrusted input: "file NAME" is refused. */
    SEPFLOW_OPTION_NO_FILES = 1u << 3,
    /* The bytes of float images, too, are the same on every instruction set and processor. Otherwise
       sums of floats are fused where the processor can, which is faster and differs within
       error_bound. What is the same, always for images of integers and with this flag for those of
       floats: the results of one set of 1-D filters (plan_from_vectors), of one kernel directly, and
       by FFT where the C library gives the same sines; save the payload of a NaN. The decomposition of a kernel of
       higher rank, and formulas with exponentials, belong to the libraries they are computed by: the same
       on every instruction set of one machine, though another's may differ by a last bit. */
    SEPFLOW_OPTION_STRICT = 1u << 4
};

/* All zero is a sound default, save for in_type. */
typedef struct sepflow_options {
    uint32_t struct_size;
    uint32_t flags;
    sepflow_type in_type;
    sepflow_type out_type; /* 0: in_type */
    int32_t channels;      /* 0: 1 */
    int32_t border_x, border_y;
    int32_t extent;
    /* Of SEPFLOW_BORDER_CONSTANT: a pixel value of the input's type; floats are rounded to it. */
    double border_value;
    int64_t anchor_x; /* column of K that lies on the output pixel, 0 .. columns-1; without the */
    int64_t anchor_y; /* flag ANCHOR: columns/2 and rows/2, rounded down */
    /* How far the output may be from the exact 2-D sum before it is rounded to its type, as a part
       of its full scale: the factors leave out as much, and arithmetic is as coarse, as keeps it.
       Full scale is 255 for u8, 65535 for u16 and s16, if the input is of integers too; else sum
       |K| times the largest |pixel| of the input's type, 1 for floats (or border_value, or
       missing_value of FILL, where that is larger). 0: half a unit of an integer output, 1/510 for
       u8, if the input is of integers too; else the precision of the arithmetic. */
    double tolerance;
    int32_t rank; /* not 0: exactly this rank */
    int32_t schedule;
    double scale, delta; /* scale 0: 1 */
    const char *variant; /* NULL: the best this CPU runs, or the environment's SEPFLOW_VARIANT;
                            else "sse2", "avx2", "avx512", "neon": fails where it cannot run */
    int32_t method;
    int32_t missing;
    double missing_value; /* not finite only where the output is of floats, and not with FILL, which
                             rounds it to f32 unless the input or the output is of f64 */
} sepflow_options;
#define SEPFLOW_OPTIONS_FIRST_SIZE SEPFLOW_SIZE_TO(sepflow_options, missing_value)

/* ---- Making a plan ----------------------------------------------------------------------- */

/* From rows * columns taps, row-major, top row first; row_stride counts doubles. The taps are
   copied. Errors: INVALID (NULL, sizes below 1, row_stride), PARAM (NaN, too many taps, impossible
   options), FORMAT (types), UNSUPPORTED (flags, variant, combinations), ABI, MEMORY.  [any] */
SEPFLOW_EXPORT sepflow_status sepflow_plan_create(const double *taps, int64_t rows, int64_t columns,
                                                  int64_t row_stride,
                                                  const sepflow_options *options,
                                                  sepflow_plan **plan, sepflow_error *error);
/* From the 1-D filters themselves, K = column * row^T: no decomposition.  [any] */
SEPFLOW_EXPORT sepflow_status sepflow_plan_from_vectors(const double *column, int64_t rows,
                                                        const double *row, int64_t columns,
                                                        const sepflow_options *options,
                                                        sepflow_plan **plan, sepflow_error *error);
/* From kernel text such as "gaussian 3" or "3x3 0 1 0 1 4 1 0 1 0 norm"; the grammar is in
   runtime/kernel/README.md. "file PATH" reads CSV, text matrices and PGM or PFM images.  [any] */
SEPFLOW_EXPORT sepflow_status sepflow_plan_from_text(const char *text,
                                                     const sepflow_options *options,
                                                     sepflow_plan **plan, sepflow_error *error);
/* A bank: several plans over one image as one plan with `count` outputs. The image is read once,
   tile by tile, and pairs of passes that kernels of one size and anchor have in common, but for a
   factor, run once. The plans must agree in what the image is: in_type, channels, border, missing
   pixels; their extent must be SAME. Each output has the out_type, scale and delta of its plan, and
   is within twice its plan's output_error_bound. The plans may be freed before the bank.
   plan_describe does not take a bank; process_plan does, with output_count = count and one region
   for all. An output whose image has data NULL is not computed; the others' bytes stay the same. Errors: INVALID (NULL, count, a bank of banks), FORMAT and PARAM (plans that do not
   agree), MEMORY.  [any] */
SEPFLOW_EXPORT sepflow_status sepflow_plan_bank(const sepflow_plan *const *plans, int32_t count,
                                                sepflow_plan **bank, sepflow_error *error);
/* One more owner of the plan; each owner calls free once. NULL is ignored.  [any] */
SEPFLOW_EXPORT void sepflow_plan_retain(sepflow_plan *plan);
SEPFLOW_EXPORT void sepflow_plan_free(sepflow_plan *plan);

/* ---- Asking a plan ----------------------------------------------------------------------- */

/* Fills *info (struct_size set by the caller): halo, rank, error bound, scratch, variant.  [any] */
SEPFLOW_EXPORT sepflow_status sepflow_plan_query(const sepflow_plan *plan, sepflow_plan_info *info);

/* How the kernel was understood and factored; pointers live as long as the plan. */
typedef struct sepflow_plan_description {
    uint32_t struct_size;
    int32_t rank;
    /* Of the kernel as correlated: flipped for convolution, times scale. */
    int64_t rows, columns, anchor_x, anchor_y;
    const double *taps;            /* rows * columns, row-major */
    const double *column_taps;     /* rank filters of `rows` taps, one after the other */
    const double *row_taps;        /* rank filters of `columns` taps */
    const double *singular_values; /* of the kernel, descending */
    int64_t singular_value_count;
    int64_t non_zero_taps;
    double tolerance;     /* the one that was used, of the output's full scale */
    double kernel_norm_1; /* sum |K| */
    /* sum |K - what runs|: factors, or taps in the arithmetic's precision. */
    double remainder_norm_1;
    double remainder_frobenius;
    double rounding_bound; /* of the arithmetic, for images within [-1, 1] */
    double error_bound;    /* |output - exact| for such images: their sum; of TRUNCATE, with what
                              rescaling makes of them; of IGNORE twice, for the sum of weights */
    /* "separable", "direct" or "fft"; rank and filters are those of "separable" even so. */
    const char *method;
    const char *reason;                          /* why this rank; why this method */
    const char *variant, *schedule, *arithmetic; /* "avx2", "plain", "f32" (or "f64", "fixed") */
    /* |output - exact| in units of the output, before it is rounded to its type, for every image of
       the input's type; of floats, within [-1, 1]; border_value, and missing_value of FILL, may lie
       outside. It says nothing where kernel_norm_1 times the largest of these is more than the floats
       of the arithmetic hold. Of TRUNCATE, in images no smaller than the kernel; smaller ones are
       rescaled by more. Of IGNORE, where no pixel is missing. */
    double output_error_bound;
    int32_t is_exact;      /* 1: the output is the direct 2-D sum, rounded once, to the last bit */
    const char *exactness; /* a sentence: why, or why not */
    /* Predicted time of a sample by each method, in nanoseconds on the machine that the model was fitted on
       (runtime/plan/method.cpp); infinite where it cannot be taken. */
    double separable_cost, direct_cost, fft_cost;
} sepflow_plan_description;
#define SEPFLOW_PLAN_DESCRIPTION_FIRST_SIZE SEPFLOW_SIZE_TO(sepflow_plan_description, fft_cost)
SEPFLOW_EXPORT sepflow_status sepflow_plan_describe(const sepflow_plan *plan,
                                                    sepflow_plan_description *description);

/* The output's domain for an input's: the same, or shrunk or grown by the halo (extent). A
   domain that VALID leaves nothing of comes back with w or h zero.  [any] */
SEPFLOW_EXPORT sepflow_status sepflow_plan_output_domain(const sepflow_plan *plan,
                                                         const sepflow_rect *in, sepflow_rect *out);
/* The pixels of an input with the given domain that `out` reads: `out` grown by the halo and
   clipped to the domain, with those that the border rule fetches from elsewhere in it (all of a
   row for WRAP).  [any] */
SEPFLOW_EXPORT sepflow_status sepflow_plan_input_region(const sepflow_plan *plan,
                                                        const sepflow_rect *out,
                                                        const sepflow_rect *domain,
                                                        sepflow_rect *in);

/* ---- Using a plan ------------------------------------------------------------------------ */

/* Computes `region` (in out's coordinates; NULL: all of out->bounds) of the filtered image.
   Reads what input_region says, which must lie within in->bounds; writes exactly region. in and
   out must not overlap. max_threads: 1 serial on this thread, n at most n, 0 one per CPU;
   threads live for the call only. An empty region succeeds. Errors: INVALID (NULL, overlap,
   bounds, strides), FORMAT (types, channels), MEMORY.  [any] */
SEPFLOW_EXPORT sepflow_status sepflow_apply(const sepflow_plan *plan, const sepflow_image *in,
                                            const sepflow_image *out, const sepflow_rect *region,
                                            int32_t max_threads, sepflow_error *error);
/* The same with all that a node's process has: a mask as second input, a pool of the caller's, scratch, cancel.
   [any] */
SEPFLOW_EXPORT sepflow_status sepflow_process_plan(const sepflow_plan *plan,
                                                   const sepflow_process *call,
                                                   sepflow_error *error);

/* An image without padding whose channels are interleaved: bounds and domain are 0, 0, w, h.
   [any] */
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
