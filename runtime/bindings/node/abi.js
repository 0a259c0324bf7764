'use strict';
// The part of node.h and sepflow.h that the binding uses, for koffi. Fields that a call leaves out
// are zero. A test compares `layout` with the header.
const koffi = require('koffi');

const structs = {
    sepflow_error: {struct_size: 'uint32_t', code: 'int32_t', param_index: 'int32_t', message: koffi.array('char', 240)},
    sepflow_rect: {x: 'int64_t', y: 'int64_t', w: 'int64_t', h: 'int64_t'},
    sepflow_image: {
        struct_size: 'uint32_t', type: 'int32_t', channels: 'int32_t', flags: 'uint32_t', data: 'void *',
        bounds: 'sepflow_rect', domain: 'sepflow_rect', stride_x: 'int64_t', stride_y: 'int64_t', stride_c: 'int64_t',
    },
    sepflow_options: {
        struct_size: 'uint32_t', flags: 'uint32_t', in_type: 'int32_t', out_type: 'int32_t', channels: 'int32_t',
        border_x: 'int32_t', border_y: 'int32_t', extent: 'int32_t', border_value: 'double', anchor_x: 'int64_t',
        anchor_y: 'int64_t', tolerance: 'double', rank: 'int32_t', schedule: 'int32_t', scale: 'double',
        delta: 'double', variant: 'const char *', method: 'int32_t', missing: 'int32_t', missing_value: 'double',
    },
    sepflow_process: {
        struct_size: 'uint32_t', flags: 'uint32_t', input_count: 'uint32_t', output_count: 'uint32_t',
        inputs: 'sepflow_image *', outputs: 'sepflow_image *', region: 'sepflow_rect', max_threads: 'int32_t',
        reserved: 'int32_t', scratch: 'void *', scratch_size: 'uint64_t', host: 'void *', call_ctx: 'void *',
    },
    sepflow_plan_info: {
        struct_size: 'uint32_t', flags: 'uint32_t', left: 'int64_t', right: 'int64_t', top: 'int64_t',
        bottom: 'int64_t', rank: 'int32_t', reserved: 'int32_t', error_bound: 'double', preferred_tile_w: 'int64_t',
        preferred_tile_h: 'int64_t', scratch_bytes: 'uint64_t', cost_per_pixel: 'double', variant: 'const char *',
        method: 'const char *',
    },
};
koffi.opaque('sepflow_plan');
for (const [name, fields] of Object.entries(structs)) koffi.struct(name, fields);

const library = koffi.load(process.env.SEPFLOW_LIBRARY || 'libsepflow.so.0');
const functions = {};
for (const declaration of [
    'const char *sepflow_version()',
    'int32_t sepflow_plan_create(const double *taps, int64_t rows, int64_t columns, int64_t row_stride, ' +
        'const sepflow_options *options, _Out_ sepflow_plan **plan, _Inout_ sepflow_error *error)',
    'int32_t sepflow_plan_from_vectors(const double *column, int64_t rows, const double *row, int64_t columns, ' +
        'const sepflow_options *options, _Out_ sepflow_plan **plan, _Inout_ sepflow_error *error)',
    'int32_t sepflow_plan_from_text(const char *text, const sepflow_options *options, ' +
        '_Out_ sepflow_plan **plan, _Inout_ sepflow_error *error)',
    'void sepflow_plan_free(sepflow_plan *plan)',
    'int32_t sepflow_plan_query(const sepflow_plan *plan, _Inout_ sepflow_plan_info *info)',
    'int32_t sepflow_process_plan(const sepflow_plan *plan, const sepflow_process *call, _Inout_ sepflow_error *error)',
]) {
    functions[declaration.match(/sepflow_\w+(?=\()/)[0]] = library.func(declaration);
}

// Makes a struct with its struct_size.
const make = (name, fields = {}) => ({struct_size: koffi.sizeof(name), ...fields});

// The size of every struct and the offset of every field: "sepflow_rect.x 0".
const layout = () =>
    Object.entries(structs).flatMap(([name, fields]) => [
        `${name} ${koffi.sizeof(name)}`,
        ...Object.keys(fields).map((field) => `${name}.${field} ${koffi.offsetof(name, field)}`),
    ]);

module.exports = {...functions, make, layout};
