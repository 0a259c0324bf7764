/* sepflow/node.h - the node ABI: all that a plugin and a host share.

   A plugin is a shared library with one exported function, sepflow_entry_v1. It leads to immutable
   descriptors of the plugin's nodes, and they to the functions of each node:

       entry -> node descriptor -> create -> node    (mutable parameters, one thread at a time)
                                     set_param
                                     configure -> plan (immutable, shared, re-entrant)
                                                    plan_info, input_region, process
                                                    plan_release

   All set-up (factoring the kernel, choosing the passes) happens in configure. A plan outlives its
   node and may be processed from any number of threads at once.

   Coordinates: x to the right, y down, both 64-bit, in pixels. A region is half-open: it holds
   x .. x+w-1, y .. y+h-1. Inputs and outputs of a node share one coordinate frame unless
   output_domain says otherwise. All strings are UTF-8, end in NUL, belong to the side that returned
   them and stay valid until deinit (descriptors) or the next call on the same object (the rest).

   Thread tags: [any] any thread at any time; [control] one thread at a time per node; [process] any
   number of threads at once on one plan.

   Only fixed-width integers, float, double and pointers cross this border. No function lets an
   exception out, changes the FPU state, the locale, signals or the environment, or prints.

   Growth rules
   1. Fields are only appended. struct_size is the size of the struct as its writer knew it; a
      reader uses the fields that both sides know and takes the others as zero.
   2. Zero always means "default" or "absent".
   3. A new function is a new pointer at the end and a new minor version, or an extension.
   4. The meaning of a field never changes.
   5. This header shows minor version 0 unless SEPFLOW_ABI_TARGET_MINOR is defined before it; that
      macro also is the abi_minor_needed that a plugin states: the lowest it needs, never the
      newest it knows.
   6. A host loads a plugin if abi_major is equal and abi_minor_needed is at most the host's minor.
   7. Struct layouts are pinned by static assertions in the tests.
   8. The "/N" that ends a node's id rises when its results change beyond the documented bound.
   9. The elements of an array of structs (ports, params, a call's images) lie struct_size of the
      first apart, which need not be the reader's own sizeof. */
#ifndef SEPFLOW_NODE_H
#define SEPFLOW_NODE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SEPFLOW_ABI_MAJOR 1
#ifndef SEPFLOW_ABI_TARGET_MINOR
#define SEPFLOW_ABI_TARGET_MINOR 0
#endif

/* ---- Status and errors ------------------------------------------------------------------- */

typedef int32_t sepflow_status; /* 0 is success, every failure is negative */
enum {
    SEPFLOW_OK = 0,
    SEPFLOW_E_INVALID = -1,     /* a NULL, a bad size, a region or stride that makes no sense */
    SEPFLOW_E_UNSUPPORTED = -2, /* sound, but not offered here; an unknown flag, too */
    SEPFLOW_E_FORMAT = -3,      /* a pixel type or channel count that does not fit */
    SEPFLOW_E_PARAM = -4,       /* a parameter's value; param_index says which */
    SEPFLOW_E_MEMORY = -5,
    SEPFLOW_E_CANCELLED = -6, /* the host asked to stop; not a failure to show */
    SEPFLOW_E_ABI = -7,       /* version or struct_size does not fit */
    SEPFLOW_E_INTERNAL = -8,  /* our bug */
    SEPFLOW_E_NOT_READY = -9, /* a step is missing: no kernel set, an input not connected */
    SEPFLOW_E_IO = -10        /* a file could not be read or written */
};

/* Written by a failing call into the caller's record. Every error argument may be NULL. */
typedef struct sepflow_error {
    uint32_t struct_size;
    sepflow_status code;
    int32_t param_index; /* the parameter at fault, or -1 */
    char message[240];   /* one sentence, names the cause and the remedy where there is one */
} sepflow_error;

/* ---- Regions, pixel types, images -------------------------------------------------------- */

typedef struct sepflow_rect {
    int64_t x, y, w, h;
} sepflow_rect;

typedef int32_t sepflow_type; /* kind * 256 + bits; kinds: 1 unsigned, 2 signed, 3 IEEE 754 float */
enum {
    SEPFLOW_TYPE_NONE = 0,
    SEPFLOW_U8 = 0x108,
    SEPFLOW_U16 = 0x110,
    SEPFLOW_S16 = 0x210,
    SEPFLOW_F16 = 0x310,
    SEPFLOW_F32 = 0x320,
    SEPFLOW_F64 = 0x340
};

/* Pixels in memory. Channel c of pixel (x, y) lies at
       (char *)data + (x - bounds.x) * stride_x + (y - bounds.y) * stride_y + c * stride_c.
   Strides are in bytes, signed (bottom-up images have a negative stride_y) and multiples of the
   type's size, as is the address; a node takes any such, and images of any size. `bounds` is what is
   in memory; `domain` is the whole image and tells an image edge from the edge of a tile:

       +--------------- domain ---------------+
       |        +----- bounds -----+          |   border rules apply outside domain only;
       |        |   pixels here    |          |   inside it, pixels that a call needs must
       |        +------------------+          |   lie within bounds
       +--------------------------------------+                                               */
typedef struct sepflow_image {
    uint32_t struct_size;
    sepflow_type type;
    int32_t channels; /* 1 or more */
    uint32_t flags;   /* 0 */
    void *data;       /* channel 0 of pixel (bounds.x, bounds.y) */
    sepflow_rect bounds;
    sepflow_rect domain; /* all zero: the same as bounds */
    int64_t stride_x, stride_y, stride_c;
} sepflow_image;

/* ---- Parameters -------------------------------------------------------------------------- */

typedef int32_t sepflow_value_type;
enum {
    SEPFLOW_VALUE_NONE = 0,
    SEPFLOW_VALUE_INT = 1,    /* i */
    SEPFLOW_VALUE_FLOAT = 2,  /* f */
    SEPFLOW_VALUE_TEXT = 3,   /* s */
    SEPFLOW_VALUE_CHOICE = 4, /* s, one of the descriptor's choices */
    /* a: rows * columns doubles, row-major, at least one and all finite; or s, the kernel's text */
    SEPFLOW_VALUE_MATRIX = 5
};

typedef struct sepflow_value {
    uint32_t struct_size;
    sepflow_value_type type;
    int64_t rows, columns; /* of a */
    int64_t i;
    double f;
    const char *s;
    const double *a;
} sepflow_value;

/* sepflow_param_desc.flags. */
enum {
    SEPFLOW_PARAM_SETUP = 1u << 0, /* a change needs a new plan */
    SEPFLOW_PARAM_LIVE = 1u << 1,  /* worth showing as a slider: plans are cheap to renew */
    SEPFLOW_PARAM_ADVANCED = 1u << 2,
    SEPFLOW_PARAM_NAN = 1u << 3 /* a FLOAT that may be NaN; all others are finite */
};

typedef struct sepflow_param_desc {
    uint32_t struct_size;
    sepflow_value_type type;
    uint32_t flags;
    uint32_t choice_count;
    const char *id;   /* stable, lower case: "border_x" */
    const char *name; /* to show: "Border, horizontal" */
    const char *doc;  /* a sentence or two */
    const char *unit; /* "pixels", or NULL */
    double min, max;  /* of INT and FLOAT; both 0: no limits */
    double def;       /* default of INT and FLOAT */
    /* of TEXT, CHOICE and MATRIX; NULL: none, the parameter must be set */
    const char *text_default;
    const char *const *choices; /* choice_count of them */
    int64_t max_elements;       /* of MATRIX; 0: no limit */
} sepflow_param_desc;

/* ---- What a plugin calls in its host ----------------------------------------------------- */

/* levels of log. */
enum {
    SEPFLOW_LOG_DEBUG = 0,
    SEPFLOW_LOG_INFO = 1,
    SEPFLOW_LOG_WARNING = 2,
    SEPFLOW_LOG_ERROR = 3,
    SEPFLOW_LOG_HOST_BUG = 4,
    SEPFLOW_LOG_PLUGIN_BUG = 5
};

/* One piece of work: called with i = 0 .. count-1, each exactly once, in any order, on any
   thread. */
typedef void (*sepflow_task)(void *arg, int64_t i);

/* Every callback may be NULL, and the plugin then does without. ctx is handed back to each. */
typedef struct sepflow_host {
    uint32_t struct_size;
    int32_t abi_major, abi_minor;
    uint32_t flags; /* 0 */
    const char *name, *version;
    void *ctx;
    /* [any] */
    void (*log)(void *ctx, int32_t level, const char *node_id, const char *message);
    /* [any] Aligned to `align`, a power of two up to 4096; NULL when there is none. */
    void *(*alloc)(void *ctx, uint64_t bytes, uint64_t align);
    void (*free)(void *ctx, void *memory);
    /* [process] Runs all tasks and returns when they are done; may use fewer threads than it has,
       or only this one. A task does not call it again. */
    sepflow_status (*parallel_for)(void *ctx, void *call_ctx, int64_t count, sepflow_task task,
                                   void *arg);
    /* [process] Not 0: stop soon and return SEPFLOW_E_CANCELLED. */
    int32_t (*is_cancelled)(void *ctx, void *call_ctx);
    /* [any] NULL if the host does not know the id. */
    const void *(*get_extension)(void *ctx, const char *id);
} sepflow_host;

/* The extension SEPFLOW_FILES of a host: which files a node may read because a parameter names them. A node reads none
   in a host without it; texts and graphs may be somebody else's. */
#define SEPFLOW_FILES "sepflow.files/1"
typedef struct sepflow_files {
    uint32_t struct_size;
    uint32_t flags; /* 0 */
    /* [control] Writes to `path`, of `size` bytes, the path to open for `name`; ctx is the host's.
       UNSUPPORTED: that file may not be read. */
    sepflow_status (*path_of)(void *ctx, const char *name, char *path, uint64_t size,
                              sepflow_error *error);
} sepflow_files;

/* ---- What a node is ---------------------------------------------------------------------- */

typedef struct sepflow_node sepflow_node; /* a node: its parameters */
typedef struct sepflow_plan sepflow_plan; /* an immutable plan */
typedef struct sepflow_node_desc sepflow_node_desc;

enum { SEPFLOW_INPUT = 1, SEPFLOW_OUTPUT = 2 }; /* directions of a port */

/* sepflow_port_desc.flags. */
enum {
    /* May be left unconnected; its image then has data NULL, or is left out where it would be the
       last. Never the first input. An output without an image is not computed. */
    SEPFLOW_PORT_OPTIONAL = 1u << 0,
    /* An input that need not share in_type and channels, but the domain: one channel, or as many as
       the first. */
    SEPFLOW_PORT_OWN_FORMAT = 1u << 1
};

typedef struct sepflow_port_desc {
    uint32_t struct_size;
    int32_t direction;
    uint32_t flags;
    uint32_t type_count;
    const char *name;                   /* "in", "out", "a", "b" */
    int32_t min_channels, max_channels; /* max 0: no limit */
    const sepflow_type *types;          /* type_count of them */
} sepflow_port_desc;

/* One combination that configure accepts. All inputs of a node share in_type, but those with OWN_FORMAT. */
typedef struct sepflow_format_pair {
    uint32_t struct_size;
    sepflow_type in_type, out_type;
} sepflow_format_pair;

/* What a plan is made for. */
typedef struct sepflow_config {
    uint32_t struct_size;
    sepflow_type in_type;
    sepflow_type out_type; /* 0: the same as in_type */
    int32_t channels;
    uint32_t flags;             /* 0 */
    int32_t threads_hint;       /* threads that will run the plan; 0: unknown */
    int64_t domain_w, domain_h; /* size of the images to come; 0: unknown */
} sepflow_config;

/* sepflow_plan_info.flags. */
enum {
    SEPFLOW_PLAN_IDENTITY = 1u << 0 /* output equals input, but for the sign of zeros and for what
                                       taps of 0 make of infinities: a host may skip the node */
};

typedef struct sepflow_plan_info {
    uint32_t struct_size;
    uint32_t flags;
    /* Halo: output (x, y) depends on input x-left .. x+right, y-top .. y+bottom. input_region may
       ask for more, as a transform in blocks does. */
    int64_t left, right, top, bottom;
    int32_t rank; /* pairs of 1-D passes; 0: not of such passes */
    int32_t reserved;
    double error_bound; /* of |output - exact| before the conversion to out_type, for images
                           within [-1, 1], from factoring and rounding; 0: exact */
    int64_t preferred_tile_w, preferred_tile_h; /* 0: any */
    uint64_t scratch_bytes;                     /* that one process call with max_threads 1 wants */
    double cost_per_pixel;                      /* multiply-adds per output sample, about */
    const char *variant; /* which code runs: "avx512", "avx2", "sse2", "neon" ... */
    const char *method;  /* of a filter: "separable", "direct", "fft"; else NULL */
} sepflow_plan_info;

typedef struct sepflow_process {
    uint32_t struct_size;
    uint32_t flags; /* 0 */
    uint32_t input_count, output_count;
    const sepflow_image *inputs;  /* in the order of the input ports */
    const sepflow_image *outputs; /* each bounds holds region */
    sepflow_rect region;          /* output pixels to compute: all of them, and no others */
    int32_t max_threads;          /* 1: serial, on this thread; 0: as many as the host allows */
    int32_t reserved;
    void *scratch; /* of scratch_size bytes; NULL: the node allocates */
    uint64_t scratch_size;
    const sepflow_host *host; /* NULL: the one given to create */
    void *call_ctx;           /* handed to the host's callbacks during this call */
} sepflow_process;

/* sepflow_node_desc.flags: promises that `sepflow check` tests. */
enum {
    SEPFLOW_NODE_PURE = 1u << 0,         /* same input, same output */
    SEPFLOW_NODE_TILE_EXACT = 1u << 1,   /* a tile equals the crop of the whole, byte for byte */
    SEPFLOW_NODE_THREAD_EXACT = 1u << 2, /* the bytes do not depend on max_threads */
    SEPFLOW_NODE_IN_PLACE = 1u << 3      /* an output may be an input's own memory */
};

struct sepflow_node_desc {
    uint32_t struct_size;
    uint32_t flags;
    const char *id; /* "org.sepflow.separable/1" */
    const char *name, *summary, *version;
    uint32_t port_count, param_count;
    const sepflow_port_desc *ports; /* inputs first */
    const sepflow_param_desc *params;

    /* [any] A node with default parameters: no set-up, no threads. `host` may be NULL and must
       outlive the node and its plans. */
    sepflow_status (*create)(const sepflow_node_desc *desc, const sepflow_host *host,
                             sepflow_node **node, sepflow_error *error);
    /* [control] Plans made before live on. NULL is ignored. */
    void (*destroy)(sepflow_node *node);
    /* [control] Copies the value after checking it; on failure the old value stays. */
    sepflow_status (*set_param)(sepflow_node *node, uint32_t index, const sepflow_value *value,
                                sepflow_error *error);
    /* [control] What *value points to is valid until the next set_param or destroy. */
    sepflow_status (*get_param)(const sepflow_node *node, uint32_t index, sepflow_value *value,
                                sepflow_error *error);
    /* [control] The index-th format; SEPFLOW_E_INVALID past the last. */
    sepflow_status (*query_formats)(const sepflow_node *node, uint32_t index,
                                    sepflow_format_pair *pair, sepflow_error *error);
    /* [control] All set-up. The caller owns one reference to *plan. Unchanged parameters and config
       give the same plan again. */
    sepflow_status (*configure)(sepflow_node *node, const sepflow_config *config,
                                sepflow_plan **plan, sepflow_error *error);
    /* [any] */
    void (*plan_retain)(sepflow_plan *plan);
    void (*plan_release)(sepflow_plan *plan);
    sepflow_status (*plan_info)(const sepflow_plan *plan, sepflow_plan_info *info);
    /* [process] The domain of the output for inputs of the given domain. */
    sepflow_status (*output_domain)(const sepflow_plan *plan, const sepflow_rect *in,
                                    sepflow_rect *out);
    /* [process] The pixels of input `port`, whose domain is `domain`, that `out` needs: always
       within the domain, and with what its border rule fetches from elsewhere in it (all of a row
       for wrap). */
    sepflow_status (*input_region)(const sepflow_plan *plan, uint32_t port, const sepflow_rect *out,
                                   const sepflow_rect *domain, sepflow_rect *in);
    /* [process] Computes `region` of the outputs. Inputs must hold what input_region
       says; images of another type than the plan's are refused. After a failure the
       region holds unspecified pixels; nothing outside it is written, ever. */
    sepflow_status (*process)(const sepflow_plan *plan, const sepflow_process *call,
                              sepflow_error *error);
};

/* ---- The entry --------------------------------------------------------------------------- */

typedef struct sepflow_entry {
    uint32_t struct_size;
    int32_t abi_major, abi_minor_needed;
    uint32_t node_count;
    const char *id, *version, *vendor, *license, *url;
    /* [any] index < node_count, else NULL, as where there is no memory. Needs no init: a host may
       look without running anything. */
    const sepflow_node_desc *(*node)(uint32_t index);
    /* [control] Before the first create; counted, each success is paired with one deinit. */
    sepflow_status (*init)(const sepflow_host *host, sepflow_error *error);
    void (*deinit)(void);
    /* [any] NULL if the plugin does not know the id. May be NULL itself. */
    const void *(*get_extension)(const char *id);
} sepflow_entry;

typedef const sepflow_entry *(*sepflow_entry_function)(void);

/* The one symbol that a plugin exports. In a static build a plugin defines SEPFLOW_ENTRY_NAME as
   sepflow_entry_v1_NAME, and the host program adds it with sepflow_host_add_static. */
#define SEPFLOW_ENTRY_SYMBOL "sepflow_entry_v1"
#ifndef SEPFLOW_ENTRY_NAME
#define SEPFLOW_ENTRY_NAME sepflow_entry_v1
#endif

#if defined(_WIN32)
#define SEPFLOW_EXPORT __declspec(dllexport)
#elif defined(__GNUC__)
#define SEPFLOW_EXPORT __attribute__((visibility("default")))
#else
#define SEPFLOW_EXPORT
#endif

#ifdef __cplusplus
}
#endif
#endif
