/* The layout of every struct of the ABI, pinned; for 64-bit processors with 8-byte pointers and for
   32-bit ones whose 64-bit types have 8-byte alignment. A number here never changes: growth only
   adds lines. headers.sh compiles it for every minor version that the headers can show. */
#include <sepflow/host.h>
#include <sepflow/node.h>
#include <sepflow/sepflow.h>

#define PIN_NAME2(line) sepflow_pin_##line
#define PIN_NAME(line) PIN_NAME2(line)
#define PIN(condition) typedef char PIN_NAME(__LINE__)[(condition) ? 1 : -1]
#define AT(type, field, offset) PIN(offsetof(type, field) == (offset))

PIN(SEPFLOW_ABI_MINOR_NEEDED <= SEPFLOW_ABI_MINOR_SHOWN);
PIN(sizeof(sepflow_status) == 4);
PIN(SEPFLOW_ERROR_FIRST_SIZE == 252);
PIN(SEPFLOW_FORMAT_PAIR_FIRST_SIZE == 12);
PIN(SEPFLOW_CONFIG_FIRST_SIZE == 40);
PIN(SEPFLOW_IMAGE_FIRST_SIZE == 112);
PIN(sizeof(sepflow_error) == 252);
AT(sepflow_error, code, 4);
AT(sepflow_error, param_index, 8);
AT(sepflow_error, message, 12);
PIN(sizeof(sepflow_rect) == 32);
AT(sepflow_rect, h, 24);
PIN(sizeof(sepflow_format_pair) == 12);
PIN(sizeof(sepflow_config) == 40);
AT(sepflow_config, in_type, 4);
AT(sepflow_config, out_type, 8);
AT(sepflow_config, channels, 12);
AT(sepflow_config, flags, 16);
AT(sepflow_config, threads_hint, 20);
AT(sepflow_config, domain_w, 24);
AT(sepflow_config, domain_h, 32);

#if UINTPTR_MAX == UINT64_MAX
PIN(SEPFLOW_VALUE_FIRST_SIZE == 56);
PIN(SEPFLOW_PARAM_DESC_FIRST_SIZE == 96);
PIN(SEPFLOW_HOST_FIRST_SIZE == 88);
PIN(SEPFLOW_FILES_FIRST_SIZE == 16);
PIN(SEPFLOW_PORT_DESC_FIRST_SIZE == 40);
PIN(SEPFLOW_PLAN_INFO_FIRST_SIZE == 104);
PIN(SEPFLOW_PROCESS_FIRST_SIZE == 104);
PIN(SEPFLOW_NODE_DESC_FIRST_SIZE == 160);
PIN(SEPFLOW_ENTRY_FIRST_SIZE == 88);
PIN(SEPFLOW_OPTIONS_FIRST_SIZE == 112);
PIN(SEPFLOW_PLAN_DESCRIPTION_FIRST_SIZE == 224);
PIN(SEPFLOW_SOURCE_FIRST_SIZE == 64);
PIN(SEPFLOW_RUN_FIRST_SIZE == 48);

PIN(sizeof(sepflow_image) == 112);
AT(sepflow_image, type, 4);
AT(sepflow_image, channels, 8);
AT(sepflow_image, flags, 12);
AT(sepflow_image, data, 16);
AT(sepflow_image, bounds, 24);
AT(sepflow_image, domain, 56);
AT(sepflow_image, stride_x, 88);
AT(sepflow_image, stride_y, 96);
AT(sepflow_image, stride_c, 104);

PIN(sizeof(sepflow_value) == 56);
AT(sepflow_value, type, 4);
AT(sepflow_value, rows, 8);
AT(sepflow_value, columns, 16);
AT(sepflow_value, i, 24);
AT(sepflow_value, f, 32);
AT(sepflow_value, s, 40);
AT(sepflow_value, a, 48);

PIN(sizeof(sepflow_param_desc) == 96);
AT(sepflow_param_desc, id, 16);
AT(sepflow_param_desc, unit, 40);
AT(sepflow_param_desc, min, 48);
AT(sepflow_param_desc, def, 64);
AT(sepflow_param_desc, text_default, 72);
AT(sepflow_param_desc, choices, 80);
AT(sepflow_param_desc, max_elements, 88);

PIN(sizeof(sepflow_host) == 88);
AT(sepflow_host, name, 16);
AT(sepflow_host, ctx, 32);
AT(sepflow_host, log, 40);
AT(sepflow_host, alloc, 48);
AT(sepflow_host, free, 56);
AT(sepflow_host, parallel_for, 64);
AT(sepflow_host, is_cancelled, 72);
AT(sepflow_host, get_extension, 80);

PIN(sizeof(sepflow_port_desc) == 40);
AT(sepflow_port_desc, name, 16);
AT(sepflow_port_desc, min_channels, 24);
AT(sepflow_port_desc, types, 32);

PIN(sizeof(sepflow_plan_info) == 104);
AT(sepflow_plan_info, left, 8);
AT(sepflow_plan_info, rank, 40);
AT(sepflow_plan_info, error_bound, 48);
AT(sepflow_plan_info, preferred_tile_w, 56);
AT(sepflow_plan_info, scratch_bytes, 72);
AT(sepflow_plan_info, cost_per_pixel, 80);
AT(sepflow_plan_info, variant, 88);
AT(sepflow_plan_info, method, 96);

PIN(sizeof(sepflow_process) == 104);
AT(sepflow_process, input_count, 8);
AT(sepflow_process, inputs, 16);
AT(sepflow_process, outputs, 24);
AT(sepflow_process, region, 32);
AT(sepflow_process, max_threads, 64);
AT(sepflow_process, scratch, 72);
AT(sepflow_process, scratch_size, 80);
AT(sepflow_process, host, 88);
AT(sepflow_process, call_ctx, 96);

PIN(sizeof(sepflow_node_desc) == 160);
AT(sepflow_node_desc, id, 8);
AT(sepflow_node_desc, version, 32);
AT(sepflow_node_desc, port_count, 40);
AT(sepflow_node_desc, ports, 48);
AT(sepflow_node_desc, params, 56);
AT(sepflow_node_desc, create, 64);
AT(sepflow_node_desc, destroy, 72);
AT(sepflow_node_desc, set_param, 80);
AT(sepflow_node_desc, get_param, 88);
AT(sepflow_node_desc, query_formats, 96);
AT(sepflow_node_desc, configure, 104);
AT(sepflow_node_desc, plan_retain, 112);
AT(sepflow_node_desc, plan_release, 120);
AT(sepflow_node_desc, plan_info, 128);
AT(sepflow_node_desc, output_domain, 136);
AT(sepflow_node_desc, input_region, 144);
AT(sepflow_node_desc, process, 152);

#if SEPFLOW_ABI_MINOR_SHOWN == 0
PIN(sizeof(sepflow_entry) == 88);
#else
PIN(sizeof(sepflow_entry) == 96);
AT(sepflow_entry, image_size, 88);
#endif
AT(sepflow_entry, abi_major, 4);
AT(sepflow_entry, abi_minor_needed, 8);
AT(sepflow_entry, node_count, 12);
AT(sepflow_entry, id, 16);
AT(sepflow_entry, url, 48);
AT(sepflow_entry, node, 56);
AT(sepflow_entry, init, 64);
AT(sepflow_entry, deinit, 72);
AT(sepflow_entry, get_extension, 80);

PIN(sizeof(sepflow_options) == 112);
AT(sepflow_options, in_type, 8);
AT(sepflow_options, channels, 16);
AT(sepflow_options, border_x, 20);
AT(sepflow_options, extent, 28);
AT(sepflow_options, border_value, 32);
AT(sepflow_options, anchor_x, 40);
AT(sepflow_options, tolerance, 56);
AT(sepflow_options, rank, 64);
AT(sepflow_options, schedule, 68);
AT(sepflow_options, scale, 72);
AT(sepflow_options, delta, 80);
AT(sepflow_options, variant, 88);
AT(sepflow_options, method, 96);
AT(sepflow_options, missing, 100);
AT(sepflow_options, missing_value, 104);

PIN(sizeof(sepflow_files) == 16);
AT(sepflow_files, path_of, 8);
PIN(sizeof(sepflow_plan_description) == 224);
AT(sepflow_plan_description, rows, 8);
AT(sepflow_plan_description, taps, 40);
AT(sepflow_plan_description, singular_value_count, 72);
AT(sepflow_plan_description, tolerance, 88);
AT(sepflow_plan_description, error_bound, 128);
AT(sepflow_plan_description, method, 136);
AT(sepflow_plan_description, arithmetic, 168);
AT(sepflow_plan_description, output_error_bound, 176);
AT(sepflow_plan_description, is_exact, 184);
AT(sepflow_plan_description, exactness, 192);
AT(sepflow_plan_description, separable_cost, 200);
AT(sepflow_plan_description, fft_cost, 216);
PIN(sizeof(sepflow_source) == 64);
AT(sepflow_source, domain, 16);
AT(sepflow_source, ctx, 48);
AT(sepflow_source, read, 56);
PIN(sizeof(sepflow_run) == 48);
AT(sepflow_run, tile_w, 8);
AT(sepflow_run, ctx, 24);
AT(sepflow_run, progress, 32);
AT(sepflow_run, is_cancelled, 40);
#else
PIN(sizeof(sepflow_image) == 112);
AT(sepflow_image, data, 16);
AT(sepflow_image, bounds, 24);
PIN(sizeof(sepflow_value) == 48);
PIN(SEPFLOW_ENTRY_FIRST_SIZE == 52);
PIN(sizeof(sepflow_node_desc) == 88);
/* The one struct of 0.1 that ends in padding; no field may ever lie in it. */
PIN(SEPFLOW_RUN_FIRST_SIZE == 36 && sizeof(sepflow_run) == 40);
#endif
