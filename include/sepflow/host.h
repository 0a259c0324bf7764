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

   The host pulls. For each tile of an output it asks the nodes which input region they need and
   runs the chain of nodes while the tile is in the cache. It spreads tiles over threads (oneTBB).

   One thread at a time uses a graph, except for sepflow_graph_compute, which may run on several
   threads once the graph is prepared. A registry must outlive its graphs. Plugins stay loaded until
   the process ends. The thread rules are those of node.h, with "per registry" or "per graph" in
   place of "per node" and "per plan".

   If a process forks while no call runs, the child may use all its registries, graphs and plans.
   The child has none of oneTBB's threads, and oneTBB starts no new ones there. Graphs that the
   parent ran therefore run on the calling thread alone, whatever max_threads is. */
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

/* Makes an empty registry. The caller frees it with sepflow_registry_free.
   Thread: [control] */
SEPFLOW_EXPORT sepflow_status sepflow_registry_create(sepflow_registry **registry,
                                                      sepflow_error *error);
SEPFLOW_EXPORT void sepflow_registry_free(sepflow_registry *registry);

/* Callback for each plugin that a scan skips. `path` is the plugin's file, `reason` is one line. */
typedef void (*sepflow_skipped)(void *ctx, const char *path, const char *reason);

/* Loads every *.sepflow.so in the directories of `path`, which ':' separates. NULL means these, in
   this order: SEPFLOW_PLUGIN_PATH, $XDG_DATA_HOME/sepflow-1 (or ~/.local/share/sepflow-1),
   sepflow-1 in the system's library directory, sepflow-1 next to this library.
   - If two plugins bring the same node id, the first one wins.
   - A bad plugin is reported to `skipped` (may be NULL) and skipped.
   - A missing directory is not an error.
   - In all these directories except the last, a file is skipped if users other than this one and
     root could have created or changed it, its directory or one above, or if a relative directory
     leads to it. Programs that run with another user's rights ignore the environment.
   - Each plugin is first tried in a process of its own, by the program sepflow-probe, which is
     installed next to this library. A plugin that crashes or hangs there is only skipped. The
     user's cache keeps the results until the plugin's file changes (runtime/host/README.md).
   Thread: [control] */
SEPFLOW_EXPORT sepflow_status sepflow_registry_scan(sepflow_registry *registry, const char *path,
                                                    sepflow_skipped skipped, void *ctx);
/* Loads one plugin.
   Thread: [control]
   Errors: IO (the file cannot be opened), ABI (no entry, versions). */
SEPFLOW_EXPORT sepflow_status sepflow_registry_load(sepflow_registry *registry, const char *file,
                                                    sepflow_error *error);
/* Adds a plugin that is linked into this program.
   Thread: [control] */
SEPFLOW_EXPORT sepflow_status sepflow_host_add_static(sepflow_registry *registry,
                                                      sepflow_entry_function entry,
                                                      sepflow_error *error);
/* Callback around every call of a plugin's function, on the calling thread. It identifies the code
   that crashed or does not return. Before the call, `function` is "process", "configure" or another
   name, and `who` is "node 'NAME'" or the plugin's file. After the call both are NULL. `who` lives
   for the call. The callback runs for every tile and must be quick.
   Thread: [process] */
typedef void (*sepflow_observer)(void *ctx, const char *who, const char *function);
/* Sets the observer of all later calls. NULL removes it.
   Thread: [control], while no graph of the registry runs. */
SEPFLOW_EXPORT sepflow_status sepflow_registry_observe(sepflow_registry *registry,
                                                       sepflow_observer observer, void *ctx);
/* Returns the number of nodes (count), or node `index` in the order found, NULL past the last
   (node). *file becomes the plugin's path, "" if static, and *entry its entry. file and entry may
   be NULL.
   Thread: [control] */
SEPFLOW_EXPORT uint32_t sepflow_registry_count(const sepflow_registry *registry);
SEPFLOW_EXPORT const sepflow_node_desc *sepflow_registry_node(const sepflow_registry *registry,
                                                              uint32_t index, const char **file,
                                                              const sepflow_entry **entry);
/* Returns the node with the given id, or NULL if there is none. An id without "/N" finds the
   highest N.
   Thread: [control] */
SEPFLOW_EXPORT const sepflow_node_desc *sepflow_registry_find(const sepflow_registry *registry,
                                                              const char *id);

/* ---- Building a graph -------------------------------------------------------------------- */

typedef struct sepflow_graph sepflow_graph;

/* Makes an empty graph, or one from `length` bytes of JSON (format: runtime/host/README.md). The
   caller frees it. Names are unique in a graph, inputs included.
   Thread: [control]
   Errors: PARAM (the message names the place in the text, or the node, port or parameter at fault),
   UNSUPPORTED (more than 10,000 inputs and nodes, or 16 MiB of JSON). */
SEPFLOW_EXPORT sepflow_status sepflow_graph_create(const sepflow_registry *registry,
                                                   sepflow_graph **graph, sepflow_error *error);
SEPFLOW_EXPORT sepflow_status sepflow_graph_from_json(const sepflow_registry *registry,
                                                      const char *json, uint64_t length,
                                                      sepflow_graph **graph, sepflow_error *error);
SEPFLOW_EXPORT void sepflow_graph_free(sepflow_graph *graph);

/* Adds an input to the graph. sepflow_graph_bind_image or _bind_source binds it to pixels.
   Thread: [control] */
SEPFLOW_EXPORT sepflow_status sepflow_graph_add_input(sepflow_graph *graph, const char *name,
                                                      sepflow_error *error);
/* Adds a node. out_type 0: the type of its inputs.
   Thread: [control] */
SEPFLOW_EXPORT sepflow_status sepflow_graph_add_node(sepflow_graph *graph, const char *name,
                                                     const char *node_id, sepflow_type out_type,
                                                     sepflow_error *error);
/* Sets a parameter as text (numbers, choices, kernel text) or as a value.
   Thread: [control] */
SEPFLOW_EXPORT sepflow_status sepflow_graph_set_text(sepflow_graph *graph, const char *node,
                                                     const char *param, const char *text,
                                                     sepflow_error *error);
SEPFLOW_EXPORT sepflow_status sepflow_graph_set_value(sepflow_graph *graph, const char *node,
                                                      const char *param, const sepflow_value *value,
                                                      sepflow_error *error);
/* Feeds `port` of `node` from `source`: an input of the graph, a node (its first output), or
   "NODE.PORT", an output of a node by name. sepflow_graph_prepare refuses cycles.
   Thread: [control] */
SEPFLOW_EXPORT sepflow_status sepflow_graph_connect(sepflow_graph *graph, const char *source,
                                                    const char *node, const char *port,
                                                    sepflow_error *error);
/* Names a result, "NODE" or "NODE.PORT", as an output of the graph.
   Thread: [control] */
SEPFLOW_EXPORT sepflow_status sepflow_graph_add_output(sepflow_graph *graph, const char *name,
                                                       const char *source, sepflow_error *error);

/* Allows the nodes of this graph to read files below `folder` that their parameters name, such as
   the kernel text "file NAME". A relative NAME lies in `folder`. Links are followed before the
   check. Without this call, and with NULL, nodes read no such file, since a graph may be untrusted
   input. After this call, files that were read before are read again.
   Thread: [control]
   Errors: IO (no such folder). */
SEPFLOW_EXPORT sepflow_status sepflow_graph_allow_files(sepflow_graph *graph, const char *folder,
                                                        sepflow_error *error);

/* Returns the name of input or output `index`, in the order added; NULL past the last.
   Thread: [control] */
SEPFLOW_EXPORT const char *sepflow_graph_input_name(const sepflow_graph *graph, uint32_t index);
SEPFLOW_EXPORT const char *sepflow_graph_output_name(const sepflow_graph *graph, uint32_t index);

/* ---- Feeding and running ----------------------------------------------------------------- */

/* Source of pixels that are made on demand. `read` fills into->bounds, which lie within domain.
   Thread: [process] */
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

/* Binds an input to pixels in memory, which must stay there, or to a source, which is copied. A new
   binding replaces the old one and requires another sepflow_graph_prepare.
   Thread: [control] */
SEPFLOW_EXPORT sepflow_status sepflow_graph_bind_image(sepflow_graph *graph, const char *input,
                                                       const sepflow_image *image,
                                                       sepflow_error *error);
SEPFLOW_EXPORT sepflow_status sepflow_graph_bind_source(sepflow_graph *graph, const char *input,
                                                        const sepflow_source *source,
                                                        sepflow_error *error);

/* Checks the graph and makes the plan of every node.
   Thread: [control]
   Errors: NOT_READY (an unbound input, an open port), PARAM (a cycle, an error of a node), FORMAT
   (types that do not fit on an edge; the message names both ends). */
SEPFLOW_EXPORT sepflow_status sepflow_graph_prepare(sepflow_graph *graph, sepflow_error *error);

/* Fills *image with type, channels and domain of an output of a prepared graph. data becomes NULL.
   The caller sets struct_size.
   Thread: [control] */
SEPFLOW_EXPORT sepflow_status sepflow_graph_describe_output(const sepflow_graph *graph,
                                                            const char *output,
                                                            sepflow_image *image,
                                                            sepflow_error *error);
/* Fills *info for the plan of one node of a prepared graph. Its pointers stay valid until the next
   sepflow_graph_prepare. The caller sets struct_size.
   Thread: [control] */
SEPFLOW_EXPORT sepflow_status sepflow_graph_node_plan_info(const sepflow_graph *graph,
                                                           const char *node,
                                                           sepflow_plan_info *info,
                                                           sepflow_error *error);

typedef struct sepflow_run {
    uint32_t struct_size;
    int32_t max_threads;    /* largest number of threads; 0: one per CPU */
    int64_t tile_w, tile_h; /* tile size; 0: derived from the nodes' plans and the cache */
    void *ctx;
    /* Callback after each tile, one thread at a time, with the number of tiles done and their
       total. May be NULL. */
    void (*progress)(void *ctx, int64_t done, int64_t total);
    /* Callback before each tile, on any thread. A non-zero result stops the run with
       SEPFLOW_E_CANCELLED. May be NULL. */
    int32_t (*is_cancelled)(void *ctx);
} sepflow_run;
#define SEPFLOW_RUN_FIRST_SIZE SEPFLOW_SIZE_TO(sepflow_run, is_cancelled)

/* Computes the pixels out->bounds of an output. `run` may be NULL. `out` must not share memory with
   an image that is bound to an input on which the output depends. The bytes do not depend on tiles,
   on threads or on how an image is split into calls.
   Thread: [process]
   Errors: those of the failing node, which the message names. */
SEPFLOW_EXPORT sepflow_status sepflow_graph_compute(const sepflow_graph *graph, const char *output,
                                                    const sepflow_image *out,
                                                    const sepflow_run *run, sepflow_error *error);

#ifdef __cplusplus
}
#endif
#endif
