/* sepflow/host.h - find plugins, build graphs of their nodes, run them.

       sepflow_registry *registry;   sepflow_registry_create(&registry, &error);
       sepflow_registry_scan(registry, NULL, NULL, NULL);
       sepflow_graph *graph;         sepflow_graph_create(registry, &graph, &error);
       sepflow_graph_add_input(graph, "photo", &error);
       sepflow_graph_add_node(graph, "blur", "org.sepflow.separable", SEPFLOW_TYPE_NONE, &error);
       sepflow_graph_set_text(graph, "blur", "kernel", "gaussian 3", &error);
       sepflow_graph_connect(graph, "photo", "blur", "in", &error);
       sepflow_graph_add_output(graph, "result", "blur", &error);
       sepflow_graph_bind_image(graph, "photo", &image, &error);
       sepflow_graph_prepare(graph, &error);
       sepflow_graph_compute(graph, "result", &out, NULL, &error);

   The host pulls: for each tile of an output it asks the nodes which input region they need, runs
   the chain of nodes while the tile is in the cache, and spreads tiles over threads (oneTBB).

   A graph belongs to one thread at a time, save sepflow_graph_compute, which may run on several
   once the graph is prepared. A registry must outlive its graphs. Plugins stay loaded until the
   process ends.

   A process that forks while no call runs may go on in the child with all that it has: registries,
   graphs, plans. oneTBB's threads are not there any more, and it makes no new ones, so graphs that
   the parent ran run on the calling thread alone, whatever max_threads. */
#ifndef SEPFLOW_HOST_H
#define SEPFLOW_HOST_H

#include <stddef.h>
#include <stdint.h>

#include <sepflow/node.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Plugins ----------------------------------------------------------------------------- */

typedef struct sepflow_registry sepflow_registry;

/* An empty registry.  [control] */
SEPFLOW_EXPORT sepflow_status sepflow_registry_create(sepflow_registry **registry,
                                                      sepflow_error *error);
SEPFLOW_EXPORT void sepflow_registry_free(sepflow_registry *registry);

/* Told of each plugin that a scan skips: its path and one line that says why. */
typedef void (*sepflow_skipped)(void *ctx, const char *path, const char *reason);

/* Loads every *.sepflow.so of the directories in `path` (separated by ':'). NULL means these, in
   this order: SEPFLOW_PLUGIN_PATH, $XDG_DATA_HOME/sepflow-1 (or ~/.local/share/sepflow-1),
   sepflow-1 in the system's library directory, sepflow-1 beside this library. In all but the last,
   a file is skipped if users other than this one and root could have put or changed it, its
   directory or one above, or if a relative directory leads to it. Programs that run with another
   user's rights ignore the environment. The first plugin that brings a node id wins. A bad plugin
   is reported to `skipped` (may be NULL) and skipped. A missing directory is passed over.
   Each is first tried in a process of its own (the program sepflow-probe, installed beside this library), so that one
   that crashes or hangs is only skipped. The results are remembered in the user's cache until the plugin's file changes
   (runtime/host/README.md).  [control] */
SEPFLOW_EXPORT sepflow_status sepflow_registry_scan(sepflow_registry *registry, const char *path,
                                                    sepflow_skipped skipped, void *ctx);
/* Loads one plugin. Errors: IO (cannot be opened), ABI (no entry, versions).  [control] */
SEPFLOW_EXPORT sepflow_status sepflow_registry_load(sepflow_registry *registry, const char *file,
                                                    sepflow_error *error);
/* Adds a plugin that is linked into this program.  [control] */
SEPFLOW_EXPORT sepflow_status sepflow_host_add_static(sepflow_registry *registry,
                                                      sepflow_entry_function entry,
                                                      sepflow_error *error);
/* Told before (function is "process", "configure" ...) and after (function and who are NULL) every call of a plugin's
   function, on the thread that calls: whose code was it that crashed, or does not return? `who` is "node 'NAME'", or the
   plugin's file, and lives for the call. It runs for every tile and must be quick.  [process] */
typedef void (*sepflow_observer)(void *ctx, const char *who, const char *function);
/* From now on; NULL: no more.  [control], while no graph of the registry runs. */
SEPFLOW_EXPORT sepflow_status sepflow_registry_observe(sepflow_registry *registry,
                                                       sepflow_observer observer, void *ctx);
/* The nodes, in the order found. index past the last: NULL. *file (may be NULL) gets the
   plugin's path, "" if static; *entry its entry.  [control] */
SEPFLOW_EXPORT uint32_t sepflow_registry_count(const sepflow_registry *registry);
SEPFLOW_EXPORT const sepflow_node_desc *sepflow_registry_node(const sepflow_registry *registry,
                                                              uint32_t index, const char **file,
                                                              const sepflow_entry **entry);
/* By id; an id without "/N" finds the highest N. NULL if there is none.  [control] */
SEPFLOW_EXPORT const sepflow_node_desc *sepflow_registry_find(const sepflow_registry *registry,
                                                              const char *id);

/* ---- Building a graph -------------------------------------------------------------------- */

typedef struct sepflow_graph sepflow_graph;

/* An empty graph, or one from JSON (format: runtime/host/README.md). [control] Names are unique
   in a graph, inputs included. Errors: PARAM with the place in the text, or the node, port or
   parameter at fault; UNSUPPORTED: more than 10,000 inputs and nodes, or 16 MiB of JSON. */
SEPFLOW_EXPORT sepflow_status sepflow_graph_create(const sepflow_registry *registry,
                                                   sepflow_graph **graph, sepflow_error *error);
SEPFLOW_EXPORT sepflow_status sepflow_graph_from_json(const sepflow_registry *registry,
                                                      const char *json, uint64_t length,
                                                      sepflow_graph **graph, sepflow_error *error);
SEPFLOW_EXPORT void sepflow_graph_free(sepflow_graph *graph);

/* An input of the graph, to be bound to pixels.  [control] */
SEPFLOW_EXPORT sepflow_status sepflow_graph_add_input(sepflow_graph *graph, const char *name,
                                                      sepflow_error *error);
/* A node. out_type 0: the type of its inputs.  [control] */
SEPFLOW_EXPORT sepflow_status sepflow_graph_add_node(sepflow_graph *graph, const char *name,
                                                     const char *node_id, sepflow_type out_type,
                                                     sepflow_error *error);
/* A parameter as text (numbers, choices, kernel text), or as a value.  [control] */
SEPFLOW_EXPORT sepflow_status sepflow_graph_set_text(sepflow_graph *graph, const char *node,
                                                     const char *param, const char *text,
                                                     sepflow_error *error);
SEPFLOW_EXPORT sepflow_status sepflow_graph_set_value(sepflow_graph *graph, const char *node,
                                                      const char *param, const sepflow_value *value,
                                                      sepflow_error *error);
/* Feeds `port` of `node` from `source`: an input of the graph, a node (its first output), or
   "NODE.PORT", an output of a node by name. Cycles are refused at prepare.  [control] */
SEPFLOW_EXPORT sepflow_status sepflow_graph_connect(sepflow_graph *graph, const char *source,
                                                    const char *node, const char *port,
                                                    sepflow_error *error);
/* Names a result, "NODE" or "NODE.PORT", as an output of the graph.  [control] */
SEPFLOW_EXPORT sepflow_status sepflow_graph_add_output(sepflow_graph *graph, const char *name,
                                                       const char *source, sepflow_error *error);

/* Lets the nodes of this graph read the files below `folder` that their parameters name, such as the kernel text
   "file NAME"; a NAME that is relative lies in `folder`, links are followed before it is judged. Without this, and with NULL, they
   read none: a graph may be somebody else's. What was read before is read again.  [control] Errors: IO (no such folder). */
SEPFLOW_EXPORT sepflow_status sepflow_graph_allow_files(sepflow_graph *graph, const char *folder,
                                                        sepflow_error *error);

/* Names of the inputs and outputs, in the order added; NULL past the last.  [control] */
SEPFLOW_EXPORT const char *sepflow_graph_input_name(const sepflow_graph *graph, uint32_t index);
SEPFLOW_EXPORT const char *sepflow_graph_output_name(const sepflow_graph *graph, uint32_t index);

/* ---- Feeding and running ----------------------------------------------------------------- */

/* Pixels that are made on demand: read fills `into` (its bounds lie within domain).  [process] */
typedef struct sepflow_source {
    uint32_t struct_size;
    sepflow_type type;
    int32_t channels;
    uint32_t flags; /* 0 */
    sepflow_rect domain;
    void *ctx;
    sepflow_status (*read)(void *ctx, const sepflow_image *into, sepflow_error *error);
} sepflow_source;
#define SEPFLOW_SOURCE_FIRST_SIZE SEPFLOW_SIZE_TO(sepflow_source, read)

/* Binds an input to pixels in memory, which must stay there, or to a source, which is copied;
   binding anew replaces the old and needs a new prepare.  [control] */
SEPFLOW_EXPORT sepflow_status sepflow_graph_bind_image(sepflow_graph *graph, const char *input,
                                                       const sepflow_image *image,
                                                       sepflow_error *error);
SEPFLOW_EXPORT sepflow_status sepflow_graph_bind_source(sepflow_graph *graph, const char *input,
                                                        const sepflow_source *source,
                                                        sepflow_error *error);

/* Checks the graph and makes every node's plan. Errors: NOT_READY (an unbound input, an open
   port), PARAM (a cycle, a node's own complaint), FORMAT (types that do not fit on an edge; both
   ends are named).  [control] */
SEPFLOW_EXPORT sepflow_status sepflow_graph_prepare(sepflow_graph *graph, sepflow_error *error);

/* Type, channels and domain of an output of a prepared graph, struct_size set by the caller; data
   becomes NULL.  [control] */
SEPFLOW_EXPORT sepflow_status sepflow_graph_describe_output(const sepflow_graph *graph,
                                                            const char *output,
                                                            sepflow_image *image,
                                                            sepflow_error *error);
/* The plan of one node of a prepared graph, struct_size set by the caller; what it points to lives
   until the next prepare.  [control] */
SEPFLOW_EXPORT sepflow_status sepflow_graph_node_plan_info(const sepflow_graph *graph,
                                                           const char *node,
                                                           sepflow_plan_info *info,
                                                           sepflow_error *error);

typedef struct sepflow_run {
    uint32_t struct_size;
    int32_t max_threads;    /* 0: one per CPU */
    int64_t tile_w, tile_h; /* 0: from the nodes' plans and the cache */
    void *ctx;
    /* After each tile, one thread at a time; tiles done and in all. May be NULL. */
    void (*progress)(void *ctx, int64_t done, int64_t total);
    /* Before each tile, from any thread; not 0 stops with SEPFLOW_E_CANCELLED. May be NULL. */
    int32_t (*is_cancelled)(void *ctx);
} sepflow_run;
#define SEPFLOW_RUN_FIRST_SIZE SEPFLOW_SIZE_TO(sepflow_run, is_cancelled)

/* Computes the pixels out->bounds of an output; `run` may be NULL. out must not share memory with
   an image that is bound to an input the output depends on. The bytes do not depend on
   tiles, threads or on how an image is split into calls. Errors: the failing node's, named.
   [process] */
SEPFLOW_EXPORT sepflow_status sepflow_graph_compute(const sepflow_graph *graph, const char *output,
                                                    const sepflow_image *out,
                                                    const sepflow_run *run, sepflow_error *error);

#ifdef __cplusplus
}
#endif
#endif
