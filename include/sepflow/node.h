/* sepflow/node.h - the node ABI: everything that a plugin and a host share.

   A plugin is a shared library with one exported function, sepflow_entry_v1. It returns the
   plugin's entry. The entry leads to immutable node descriptors, and each descriptor to the
   functions of its node:

       entry -> node descriptor -> create -> node    (mutable parameters, one thread at a time)
                                     set_param
                                     configure -> plan (immutable, shared, re-entrant)
                                                    plan_info, input_region, process
                                                    plan_release

   configure does all set-up: it factors the kernel and chooses the passes. A plan outlives its
   node. Any number of threads may process one plan at once.

   These lines build and check a plugin. INCLUDE is the folder that holds `sepflow`:

       cc -O2 -fPIC -fvisibility=hidden -shared -I INCLUDE blur.c -o blur.sepflow.so
       sepflow check ./blur.sepflow.so

   C++ needs -fno-gnu-unique as well; without it the plugin may never be unloaded. Hosts look for
   files named *.sepflow.so in the directories of sepflow_registry_scan (sepflow/host.h). The source
   tree holds a complete plugin in C: plugins/example/threshold.c.

   Coordinates
   x grows to the right and y grows downwards. Both are 64-bit and count pixels. A region is
   half-open: it holds x .. x+w-1, y .. y+h-1. Regions, bounds and domains may be empty: w or h is
   0. Coordinates lie between -2^48 and 2^48 and sizes below 2^48, so sums of a few never overflow.
   A node may refuse other rectangles with SEPFLOW_E_INVALID. Inputs and outputs of a node share one
   coordinate frame unless output_domain says otherwise.

   Strings
   All strings are UTF-8 and end in NUL. They belong to the side that returned them. Strings of
   descriptors stay valid until deinit. All others stay valid until the next call on the same
   object.

   Threads
   Every function has one of three thread rules:
       [any]      any thread at any time
       [control]  one thread at a time per node, not always the same one
       [process]  any number of threads at once on one plan
   A function ends the threads that it starts before it returns.

   Process state
   Only fixed-width integers, float, double and pointers cross the ABI. No function prints, and no
   exception leaves a function. Messages go to the host's log. Every function leaves the state of
   the process unchanged: FPU modes, locale, signals, timers, environment, working directory,
   limits, open files, children.

   Arguments
   Arguments belong to the caller. A function writes nothing through a const pointer. It keeps no
   pointer, except the host of init and create. The error and the host may be NULL, and destroy
   ignores NULL. If the value, the config, the call or the place for a new node or plan is NULL, the
   function returns SEPFLOW_E_INVALID. Hosts pass NULL for no other argument.

   A node refuses unknown flags with SEPFLOW_E_UNSUPPORTED, in four places: the config, the call,
   its input images and its output images.

   Growth rules
   1. Fields are only appended. They never lie in former padding or raise a struct's alignment.
      struct_size is the size of the struct as its writer knew it. A reader accepts the first size
      (SEPFLOW_..._FIRST_SIZE, at the end of this header) and every larger one. It returns
      SEPFLOW_E_ABI for a smaller one. It uses the fields that both sides know and treats all others
      as zero.
   2. Zero always means "default" or "absent".
   3. A new function is a new pointer at the end and a new minor version, or an extension.
   4. The meaning of a field never changes.
   5. Two macros, defined before this header is included, choose minor versions. Both default to 0.
      SEPFLOW_ABI_MINOR_SHOWN is the minor version whose fields the header declares. A host states
      it as abi_minor, the minor version that it knows. SEPFLOW_ABI_MINOR_NEEDED is the minor
      version without which a plugin cannot work. A plugin states it as abi_minor_needed. It is
      never more than the one shown. A plugin that shows more than it needs uses newer fields where
      a host has them, does without them elsewhere, and still loads in older hosts.
      SEPFLOW_ABI_TARGET_MINOR, the name that 0.1 had for both, sets both.
   6. A host loads a plugin if abi_major is equal and abi_minor_needed is at most the host's minor.
   7. Static assertions in the tests pin the struct layouts.
   8. The "/N" that ends a node's id rises when its results change beyond the documented bound.
   9. The elements of an array of structs lie struct_size of the first apart, which may differ from
      the reader's own sizeof. Ports and params have the size that their plugin knows. A host lays
      out the images of a call in the size that the plugin knows (sepflow_entry.image_size), so a
      plugin may write call->inputs[1]. A plugin that shows more than it needs calls
      sepflow_image_at instead: a host older than the version shown uses its own image size.
   10. A function that fills a caller's record writes no further than the record's struct_size and
      leaves struct_size unchanged. Fields that the function does not know keep their values, so a
      caller sets a record to zero before it sets struct_size.

   Three functions at the end of this header implement rules 1, 10 and 9 for a plugin:

       sepflow_config config; sepflow_plan_info mine = {.struct_size = sizeof mine, ...};
       status = sepflow_read_struct(&config, sizeof config, given, SEPFLOW_CONFIG_FIRST_SIZE);
       status = sepflow_write_struct(info, &mine);
       mask = sepflow_image_at(call->inputs, 1); */
#ifndef SEPFLOW_NODE_H
#define SEPFLOW_NODE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SEPFLOW_ABI_MAJOR 1
#define SEPFLOW_ABI_MINOR_NEWEST 1 /* the newest minor version that this header can show */

#ifdef SEPFLOW_ABI_TARGET_MINOR
#ifndef SEPFLOW_ABI_MINOR_SHOWN
#define SEPFLOW_ABI_MINOR_SHOWN SEPFLOW_ABI_TARGET_MINOR
#endif
#ifndef SEPFLOW_ABI_MINOR_NEEDED
#define SEPFLOW_ABI_MINOR_NEEDED SEPFLOW_ABI_TARGET_MINOR
#endif
#endif
#ifndef SEPFLOW_ABI_MINOR_SHOWN
#define SEPFLOW_ABI_MINOR_SHOWN 0
#endif
#ifndef SEPFLOW_ABI_MINOR_NEEDED
#define SEPFLOW_ABI_MINOR_NEEDED 0
#endif
#ifndef SEPFLOW_ABI_TARGET_MINOR
#define SEPFLOW_ABI_TARGET_MINOR SEPFLOW_ABI_MINOR_NEEDED
#endif
#if SEPFLOW_ABI_MINOR_NEEDED > SEPFLOW_ABI_MINOR_SHOWN
#error "SEPFLOW_ABI_MINOR_NEEDED is more than SEPFLOW_ABI_MINOR_SHOWN; define the latter too"
#endif
#if SEPFLOW_ABI_MINOR_SHOWN > SEPFLOW_ABI_MINOR_NEWEST
#error "SEPFLOW_ABI_MINOR_SHOWN is more than this header knows; use a newer sepflow/node.h"
#endif

/* ---- Status and errors ------------------------------------------------------------------- */

typedef int32_t sepflow_status; /* 0 is success, every failure is negative */
enum {
    SEPFLOW_OK = 0,
    SEPFLOW_E_INVALID = -1,     /* NULL argument; invalid size, region or stride */
    SEPFLOW_E_UNSUPPORTED = -2, /* valid, but not available here; unknown flag */
    SEPFLOW_E_FORMAT = -3,      /* pixel type or channel count that does not fit */
    SEPFLOW_E_PARAM = -4,       /* invalid value of a parameter; see param_index */
    SEPFLOW_E_MEMORY = -5,      /* no memory */
    SEPFLOW_E_CANCELLED = -6,   /* stop requested by the host; not shown as a failure */
    SEPFLOW_E_ABI = -7,         /* version or struct_size that does not fit */
    SEPFLOW_E_INTERNAL = -8,    /* bug in the library or the node */
    SEPFLOW_E_NOT_READY = -9,   /* missing step: no kernel set, an input not connected */
    SEPFLOW_E_IO = -10          /* failure to read or write a file */
};

/* Record of a failure. A failing call writes it, unless the record is smaller than
   SEPFLOW_ERROR_FIRST_SIZE. Every error argument may be NULL. */
typedef struct sepflow_error {
    uint32_t struct_size;
    sepflow_status code;
    int32_t param_index; /* index of the invalid parameter, or -1 */
    /* one sentence on one line: the cause, and the remedy where there is one */
    char message[240];
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
   Strides are signed and in bytes; bottom-up images have a negative stride_y. Strides and the
   address are multiples of the type's size. A node accepts all such strides and images of any size.
   Pixels are aligned to their type only, and rows may lie gigabytes apart. `bounds` are the pixels
   in memory. `domain` is the whole image and distinguishes an image edge from the edge of a tile:

       +--------------- domain ---------------+
       |        +----- bounds -----+          |   border rules apply outside domain only;
       |        |   pixels here    |          |   inside it, pixels that a call needs must
       |        +------------------+          |   lie within bounds
       +--------------------------------------+                                               */
typedef struct sepflow_image {
    uint32_t struct_size;
    sepflow_type type;
    int32_t channels; /* number of channels, 1 or more */
    uint32_t flags;   /* 0 */
    void *data;       /* address of channel 0 of pixel (bounds.x, bounds.y) */
    sepflow_rect bounds;
    sepflow_rect domain; /* whole image; all zero: the same as bounds */
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
    /* a, rows * columns finite doubles, row-major, at least one; or s, kernel text */
    SEPFLOW_VALUE_MATRIX = 5
};

typedef struct sepflow_value {
    uint32_t struct_size;
    sepflow_value_type type;
    int64_t rows, columns; /* size of a */
    int64_t i;
    double f;
    const char *s;
    const double *a;
} sepflow_value;

/* sepflow_param_desc.flags. */
enum {
    SEPFLOW_PARAM_SETUP = 1u << 0, /* a change requires a new plan */
    /* Renewing the plan is cheap: a host may show a slider and configure at each of its moves. For
       other parameters hosts renew the plan when an edit is complete. */
    SEPFLOW_PARAM_LIVE = 1u << 1,
    /* Rarely changed: a host may leave it out of its first view. */
    SEPFLOW_PARAM_ADVANCED = 1u << 2,
    SEPFLOW_PARAM_NAN = 1u << 3, /* FLOAT that may be NaN; all others are finite */
    /* A change may leave all plans and pixels unchanged. `sepflow check` reports all other
       parameters without effect as mistakes. */
    SEPFLOW_PARAM_HINT = 1u << 4
};

typedef struct sepflow_param_desc {
    uint32_t struct_size;
    sepflow_value_type type;
    uint32_t flags;
    uint32_t choice_count;
    const char *id;   /* stable name in lower case: "border_x" */
    const char *name; /* label for users: "Border, horizontal" */
    const char *doc;  /* one or two sentences */
    const char *unit; /* "pixels", or NULL */
    double min, max;  /* limits of INT and FLOAT; both 0: no limits */
    double def;       /* default of INT and FLOAT */
    /* default of TEXT, CHOICE and MATRIX; NULL: no default, the parameter must be set */
    const char *text_default;
    const char *const *choices; /* array of choice_count words */
    int64_t max_elements;       /* largest rows * columns of MATRIX; 0: no limit */
} sepflow_param_desc;

/* ---- Host callbacks ---------------------------------------------------------------------- */

/* Levels of log. */
enum {
    SEPFLOW_LOG_DEBUG = 0,
    SEPFLOW_LOG_INFO = 1,
    SEPFLOW_LOG_WARNING = 2,
    SEPFLOW_LOG_ERROR = 3,
    SEPFLOW_LOG_HOST_BUG = 4,
    SEPFLOW_LOG_PLUGIN_BUG = 5
};

/* One piece of work. parallel_for calls it exactly once for each i = 0 .. count-1, in any order, on
   any thread. */
typedef void (*sepflow_task)(void *arg, int64_t i);

/* Services of a host. Every callback may be NULL; the plugin then does without it. Each callback
   gets ctx as its first argument. */
typedef struct sepflow_host {
    uint32_t struct_size;
    int32_t abi_major, abi_minor;
    uint32_t flags; /* 0 */
    const char *name, *version;
    void *ctx;
    /* Writes a message to the host's log.
       Thread: [any] */
    void (*log)(void *ctx, int32_t level, const char *node_id, const char *message);
    /* Returns `bytes` bytes of unspecified content, aligned to `align`, a power of two up to 4096;
       NULL if no memory is available. The owner gives them back to `free` of the same host, which
       ignores NULL.
       Thread: [any] */
    void *(*alloc)(void *ctx, uint64_t bytes, uint64_t align);
    void (*free)(void *ctx, void *memory);
    /* Runs all tasks and returns when they are done. It may use fewer threads than the host has, or
       the calling thread alone. After a failure, some tasks have not run. A task does not call
       parallel_for, lets no exception out and leaves the FPU modes unchanged.
       Thread: [process] */
    sepflow_status (*parallel_for)(void *ctx, void *call_ctx, int64_t count, sepflow_task task,
                                   void *arg);
    /* Returns non-zero if the node must stop soon and return SEPFLOW_E_CANCELLED.
       Thread: [process] */
    int32_t (*is_cancelled)(void *ctx, void *call_ctx);
    /* Returns the extension `id`, or NULL if the host does not know it.
       Thread: [any] */
    const void *(*get_extension)(void *ctx, const char *id);
} sepflow_host;

/* Extension SEPFLOW_FILES of a host: decides which files a node may read when a parameter names
   them. In a host without it a node reads no such file, since texts and graphs may be untrusted
   input. */
#define SEPFLOW_FILES "sepflow.files/1"
typedef struct sepflow_files {
    uint32_t struct_size;
    uint32_t flags; /* 0 */
    /* Writes the path to open for `name` to `path`, which has room for `size` bytes. ctx is that of
       the host.
       Thread: [control]
       Errors: UNSUPPORTED (the node may not read that file). */
    sepflow_status (*path_of)(void *ctx, const char *name, char *path, uint64_t size,
                              sepflow_error *error);
} sepflow_files;

/* ---- Nodes ------------------------------------------------------------------------------- */

typedef struct sepflow_node sepflow_node; /* node with its parameters */
typedef struct sepflow_plan sepflow_plan; /* immutable plan */
typedef struct sepflow_node_desc sepflow_node_desc;

enum { SEPFLOW_INPUT = 1, SEPFLOW_OUTPUT = 2 }; /* directions of a port */

/* sepflow_port_desc.flags. */
enum {
    /* Port that may stay unconnected. Its image then has data NULL, or is left out where it would
       be the last one. The first input is never optional. A node does not compute an output without
       an image. It refuses a call without the image of a port that is not optional, with
       SEPFLOW_E_INVALID or SEPFLOW_E_NOT_READY. */
    SEPFLOW_PORT_OPTIONAL = 1u << 0,
    /* Input that shares the domain of the first, but may have another type. It has one channel, or
       as many as the first. */
    SEPFLOW_PORT_OWN_FORMAT = 1u << 1
};

typedef struct sepflow_port_desc {
    uint32_t struct_size;
    int32_t direction;
    uint32_t flags;
    uint32_t type_count;
    const char *name;                   /* such as "in", "out", "a", "b" */
    int32_t min_channels, max_channels; /* limits of channels; max 0: no limit */
    const sepflow_type *types;          /* array of type_count types */
} sepflow_port_desc;

/* Combination of types that configure accepts. All inputs of a node share in_type, except those
   with SEPFLOW_PORT_OWN_FORMAT. */
typedef struct sepflow_format_pair {
    uint32_t struct_size;
    sepflow_type in_type, out_type;
} sepflow_format_pair;

/* Purpose of a plan. The hints may change speed and memory use, and results by at most
   error_bound. */
typedef struct sepflow_config {
    uint32_t struct_size;
    sepflow_type in_type;
    sepflow_type out_type; /* 0: the same as in_type */
    int32_t channels;
    uint32_t flags;             /* 0 */
    int32_t threads_hint;       /* hint: number of threads that will run the plan; 0: unknown */
    int64_t domain_w, domain_h; /* hint: size of the images to come; 0: unknown */
} sepflow_config;

/* sepflow_plan_info.flags. */
enum {
    /* Output equals input, except for the sign of zeros and for NaN and infinity under taps of 0. A
       host may skip the node. */
    SEPFLOW_PLAN_IDENTITY = 1u << 0
};

typedef struct sepflow_plan_info {
    uint32_t struct_size;
    uint32_t flags;
    /* Halo: output (x, y) depends on input x-left .. x+right, y-top .. y+bottom. input_region may
       return more, for example for a transform in blocks. */
    int64_t left, right, top, bottom;
    int32_t rank; /* number of pairs of 1-D passes; 0: the method uses none */
    int32_t reserved;
    /* Bound of |output - exact| from factoring and rounding, before the conversion to out_type, for
       images within [-1, 1]; 0: exact. */
    double error_bound;
    int64_t preferred_tile_w, preferred_tile_h; /* preferred tile size; 0: any */
    /* Scratch size of one process call with max_threads 1, alignment included. A call that gets it
       takes no memory from the host. */
    uint64_t scratch_bytes;
    double cost_per_pixel; /* approximate number of multiply-adds per output sample */
    const char *variant;   /* instruction set of the code: "avx512", "avx2", "sse2", "neon" ... */
    const char *method;    /* "separable", "direct", "fft", "bank"; NULL: not a filter */
} sepflow_plan_info;

typedef struct sepflow_process {
    uint32_t struct_size;
    uint32_t flags; /* 0 */
    uint32_t input_count, output_count;
    const sepflow_image *inputs;  /* images in the order of the input ports; growth rule 9 */
    const sepflow_image *outputs; /* images whose bounds each hold region */
    sepflow_rect region;          /* output pixels to compute, all of them and no others */
    /* Largest number of threads. 1: serial, on the calling thread, without parallel_for. 0: as many
       as the host allows. A node starts its own threads only if the host has no parallel_for. */
    int32_t max_threads;
    int32_t reserved;
    /* Memory of unspecified content, scratch_size bytes at any address. If it is NULL or too small,
       the node allocates from `host` or by itself, or returns SEPFLOW_E_MEMORY. */
    void *scratch;
    uint64_t scratch_size;
    const sepflow_host *host; /* services during this call only; NULL: those of create */
    void *call_ctx;           /* argument of the host's callbacks during this call */
} sepflow_process;

/* sepflow_node_desc.flags, promises that `sepflow check` tests. */
enum {
    SEPFLOW_NODE_PURE = 1u << 0,         /* same input, same output */
    SEPFLOW_NODE_TILE_EXACT = 1u << 1,   /* a tile equals the crop of the whole, byte for byte */
    SEPFLOW_NODE_THREAD_EXACT = 1u << 2, /* the bytes do not depend on max_threads */
    /* An output may share the memory of an input if each pixel has the same address in both. */
    SEPFLOW_NODE_IN_PLACE = 1u << 3
};

struct sepflow_node_desc {
    uint32_t struct_size;
    uint32_t flags;
    const char *id; /* such as "org.sepflow.separable/1" */
    const char *name, *summary, *version;
    uint32_t port_count, param_count;
    const sepflow_port_desc *ports; /* port_count ports, inputs first */
    const sepflow_param_desc *params;

    /* Creates a node with default parameters, without set-up or threads. The caller destroys it.
       `host` must outlive the node and its plans.
       Thread: [any] */
    sepflow_status (*create)(const sepflow_node_desc *desc, const sepflow_host *host,
                             sepflow_node **node, sepflow_error *error);
    /* Destroys a node. Its plans stay valid.
       Thread: [control] */
    void (*destroy)(sepflow_node *node);
    /* Checks the value of parameter `index` and copies it. On failure the old value stays.
       Thread: [control] */
    sepflow_status (*set_param)(sepflow_node *node, uint32_t index, const sepflow_value *value,
                                sepflow_error *error);
    /* Fills *value with the value of parameter `index`. Its pointers stay valid until the next
       set_param or destroy.
       Thread: [control] */
    sepflow_status (*get_param)(const sepflow_node *node, uint32_t index, sepflow_value *value,
                                sepflow_error *error);
    /* Fills *pair with the index-th format.
       Thread: [control]
       Errors: INVALID (index past the last). */
    sepflow_status (*query_formats)(const sepflow_node *node, uint32_t index,
                                    sepflow_format_pair *pair, sepflow_error *error);
    /* Does all set-up and returns the plan. The caller owns one reference to *plan. Unchanged
       parameters and config give the same plan again. A change of the hints alone may give another.
       Thread: [control]
       Errors: NOT_READY (a parameter without a default is not set). */
    sepflow_status (*configure)(sepflow_node *node, const sepflow_config *config,
                                sepflow_plan **plan, sepflow_error *error);
    /* Adds an owner (plan_retain) or removes one (plan_release). The last plan_release frees the
       plan. The count is atomic: owners come and go on any thread while others process.
       Thread: [any] */
    void (*plan_retain)(sepflow_plan *plan);
    void (*plan_release)(sepflow_plan *plan);
    /* Fills *info. plan_info, output_domain and input_region depend on the plan and their arguments
       alone. A host may call them at any time and keep the answers.
       Thread: [any] */
    sepflow_status (*plan_info)(const sepflow_plan *plan, sepflow_plan_info *info);
    /* Sets *out to the domain of the output for inputs with the domain *in, which may be empty.
       Thread: [process] */
    sepflow_status (*output_domain)(const sepflow_plan *plan, const sepflow_rect *in,
                                    sepflow_rect *out);
    /* Sets *in to the pixels that the region *out needs from input `port`, whose domain is *domain.
       They always lie within the domain and include those that the border rule fetches from
       elsewhere in it, such as a whole row for wrap. *in is empty if *out is empty.
       Thread: [process] */
    sepflow_status (*input_region)(const sepflow_plan *plan, uint32_t port, const sepflow_rect *out,
                                   const sepflow_rect *domain, sepflow_rect *in);
    /* Computes `region` of the outputs. Inputs must hold the pixels that input_region returns. An
       empty region succeeds and touches no pixel. After a failure the region holds unspecified
       pixels. The function never writes outside it.
       Thread: [process]
       Errors: FORMAT (an image's type or channel count is not the plan's). */
    sepflow_status (*process)(const sepflow_plan *plan, const sepflow_process *call,
                              sepflow_error *error);
};

/* ---- The entry --------------------------------------------------------------------------- */

typedef struct sepflow_entry {
    uint32_t struct_size;
    int32_t abi_major, abi_minor_needed;
    uint32_t node_count;
    const char *id, *version, *vendor, *license, *url;
    /* Returns the descriptor of node `index`; NULL if index is not below node_count or no memory is
       available. Needs no init: a host may look without running anything.
       Thread: [any] */
    const sepflow_node_desc *(*node)(uint32_t index);
    /* Prepares the plugin before the first create. Calls are counted: one deinit follows each
       success. `host` must outlive the last deinit.
       Thread: [control] */
    sepflow_status (*init)(const sepflow_host *host, sepflow_error *error);
    void (*deinit)(void);
    /* Returns the extension `id`, or NULL if the plugin does not know it. The pointer itself may be
       NULL.
       Thread: [any] */
    const void *(*get_extension)(const char *id);
#if SEPFLOW_ABI_MINOR_SHOWN >= 1
    uint32_t image_size; /* sizeof(sepflow_image), for growth rule 9; 0: that of minor 0 */
    uint32_t reserved;   /* 0 */
#endif
} sepflow_entry;

typedef const sepflow_entry *(*sepflow_entry_function)(void);

/* Name of the one symbol that a plugin exports. In a static build a plugin defines
   SEPFLOW_ENTRY_NAME as sepflow_entry_v1_NAME, and the host program adds it with
   sepflow_host_add_static. */
#define SEPFLOW_ENTRY_SYMBOL "sepflow_entry_v1"
#ifndef SEPFLOW_ENTRY_NAME
#define SEPFLOW_ENTRY_NAME sepflow_entry_v1
#endif

/* ---- Structs of other versions ----------------------------------------------------------- */

/* Size of a struct whose last field is `last`. */
#define SEPFLOW_SIZE_TO(type, last) ((uint32_t)(offsetof(type, last) + sizeof(((type *)0)->last)))

/* Sizes in minor version 0. They never change. */
#define SEPFLOW_ERROR_FIRST_SIZE SEPFLOW_SIZE_TO(sepflow_error, message)
#define SEPFLOW_IMAGE_FIRST_SIZE SEPFLOW_SIZE_TO(sepflow_image, stride_c)
#define SEPFLOW_VALUE_FIRST_SIZE SEPFLOW_SIZE_TO(sepflow_value, a)
#define SEPFLOW_PARAM_DESC_FIRST_SIZE SEPFLOW_SIZE_TO(sepflow_param_desc, max_elements)
#define SEPFLOW_HOST_FIRST_SIZE SEPFLOW_SIZE_TO(sepflow_host, get_extension)
#define SEPFLOW_FILES_FIRST_SIZE SEPFLOW_SIZE_TO(sepflow_files, path_of)
#define SEPFLOW_PORT_DESC_FIRST_SIZE SEPFLOW_SIZE_TO(sepflow_port_desc, types)
#define SEPFLOW_FORMAT_PAIR_FIRST_SIZE SEPFLOW_SIZE_TO(sepflow_format_pair, out_type)
#define SEPFLOW_CONFIG_FIRST_SIZE SEPFLOW_SIZE_TO(sepflow_config, domain_h)
#define SEPFLOW_PLAN_INFO_FIRST_SIZE SEPFLOW_SIZE_TO(sepflow_plan_info, method)
#define SEPFLOW_PROCESS_FIRST_SIZE SEPFLOW_SIZE_TO(sepflow_process, call_ctx)
#define SEPFLOW_NODE_DESC_FIRST_SIZE SEPFLOW_SIZE_TO(sepflow_node_desc, process)
#define SEPFLOW_ENTRY_FIRST_SIZE SEPFLOW_SIZE_TO(sepflow_entry, get_extension)

/* Reads a struct of any version: copies the fields of *from that both sides know into *to, a struct
   of `size` bytes, and sets the others to zero. to->struct_size becomes `size`.
   Thread: [any]
   Errors: INVALID (from is NULL), ABI (from->struct_size is less than first_size). */
static inline sepflow_status sepflow_read_struct(void *to, size_t size, const void *from,
                                                 size_t first_size) {
    unsigned char *into = (unsigned char *)to;
    const unsigned char *bytes = (const unsigned char *)from;
    size_t known, i;
    if (from == NULL) return SEPFLOW_E_INVALID;
    known = *(const uint32_t *)from;
    if (known < first_size) return SEPFLOW_E_ABI;
    if (known > size) known = size;
    for (i = 0; i < known; ++i) into[i] = bytes[i];
    for (; i < size; ++i) into[i] = 0;
    *(uint32_t *)to = (uint32_t)size;
    return SEPFLOW_OK;
}

/* Fills a caller's record of any version: copies *from as far as both structs reach.
   to->struct_size stays unchanged.
   Thread: [any]
   Errors: INVALID (to is NULL), ABI (to->struct_size is not set). */
static inline sepflow_status sepflow_write_struct(void *to, const void *from) {
    unsigned char *into = (unsigned char *)to;
    const unsigned char *bytes = (const unsigned char *)from;
    size_t known, i;
    if (to == NULL) return SEPFLOW_E_INVALID;
    known = *(const uint32_t *)to;
    if (known < sizeof(uint32_t)) return SEPFLOW_E_ABI;
    if (known > *(const uint32_t *)from) known = *(const uint32_t *)from;
    for (i = sizeof(uint32_t); i < known; ++i) into[i] = bytes[i];
    return SEPFLOW_OK;
}

/* Returns a copy of images[index], an element of a call's inputs or outputs, whatever the size of
   its writer's sepflow_image. Fields that the writer did not know are zero. images is not NULL, and
   index is below the call's count.
   Thread: [any] */
static inline sepflow_image sepflow_image_at(const sepflow_image *images, uint32_t index) {
    const size_t apart = images->struct_size;
    const unsigned char *bytes = (const unsigned char *)images + index * apart;
    sepflow_image image;
    unsigned char *into = (unsigned char *)&image;
    size_t known = *(const uint32_t *)(const void *)bytes, i;
    if (known < SEPFLOW_IMAGE_FIRST_SIZE) known = SEPFLOW_IMAGE_FIRST_SIZE;
    if (known > apart) known = apart;
    if (known > sizeof image) known = sizeof image;
    for (i = 0; i < known; ++i) into[i] = bytes[i];
    for (; i < sizeof image; ++i) into[i] = 0;
    return image;
}

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
