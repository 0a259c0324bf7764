'use strict';
// Convolves images with any 2-D kernel by a few 1-D passes: the functions of libsepflow over typed
// arrays, without copies.
//
//     const {Plan} = require('sepflow');
//     const plan = new Plan('gaussian 3', {type: 'u8', channels: 3});
//     await plan.apply({data: photo, width, height}, {data: result, width, height});
const abi = require('./abi.js');

const kinds = {
    u8: {type: 0x108, array: [Uint8Array, Uint8ClampedArray]},
    u16: {type: 0x110, array: [Uint16Array]},
    s16: {type: 0x210, array: [Int16Array]},
    f16: {type: 0x310, array: [Uint16Array]}, // as bits
    f32: {type: 0x320, array: [Float32Array]},
    f64: {type: 0x340, array: [Float64Array]},
};
const words = {
    border: ['reflect101', 'reflect', 'replicate', 'wrap', 'constant', 'truncate'],
    extent: ['same', 'valid', 'full'],
    method: ['auto', 'separable', 'direct', 'fft'],
    schedule: ['auto', 'plain', 'transposed'],
    missing: ['propagate', 'ignore', 'fill'],
};
const optionNames = [
    'type', 'outType', 'channels', 'border', 'borderValue', 'extent', 'method', 'schedule', 'convolve', 'anchor', 'tolerance',
    'rank', 'scale', 'delta', 'missing', 'missingValue', 'keepMissing', 'strict', 'variant', 'noFiles',
];
const CONVOLVE = 1 << 0, ANCHOR = 1 << 1, KEEP_MISSING = 1 << 2, NO_FILES = 1 << 3, STRICT = 1 << 4;

class SepflowError extends Error {
    constructor(code, message) {
        super(message);
        this.name = 'SepflowError';
        this.code = code;
    }
}

function check(status, error) {
    if (status !== 0) throw new SepflowError(status, error.message);
}

function kindOf(option, name) {
    if (!Object.hasOwn(kinds, name)) throw new TypeError(`${option} is one of ${Object.keys(kinds).join(', ')}, not ${String(name)}`);
    return kinds[name];
}

// Checks types here, since koffi would convert values of another type to numbers.
function indexOf(option, word) {
    const index = words[option].indexOf(word);
    if (index < 0) throw new TypeError(`${option} is one of ${words[option].join(', ')}, not ${String(word)}`);
    return index;
}

function numberOf(option, value) {
    if (typeof value !== 'number') throw new TypeError(`${option} is a number, not ${String(value)}`);
    return value;
}

function wholeOf(option, value, least, most = 2 ** 31 - 1) {
    if (!Number.isInteger(value)) throw new TypeError(`${option} is a whole number, not ${String(value)}`);
    if (value < least || value > most) throw new RangeError(`${option} lies in ${least} .. ${most}, not ${value}`);
    return value;
}

function flagOf(option, value, flag) {
    if (typeof value !== 'boolean') throw new TypeError(`${option} is true or false, not ${String(value)}`);
    return value ? flag : 0;
}

// Refuses a NUL in text, where C would stop reading.
function textOf(option, value) {
    if (typeof value !== 'string' || value.includes('\0')) throw new TypeError(`${option} is text without a NUL character`);
    return value;
}

function pairOf(option, value) {
    if (!Array.isArray(value) || value.length !== 2) throw new TypeError(`${option} is a pair [x, y], not ${String(value)}`);
    return value;
}

function onlyNames(what, given, names) {
    for (const name of Object.keys(given)) {
        if (!names.includes(name)) throw new TypeError(`${name} is not known: ${what} has ${names.join(', ')}`);
    }
}

function optionsOf(o = {}) {
    onlyNames('a plan', o, optionNames);
    const {
        type, outType = type, channels = 1, border = 'reflect101', borderValue = 0, extent = 'same', method = 'auto',
        schedule = 'auto', convolve = false, anchor, tolerance = 0, rank, scale = 1, delta = 0, missing = 'propagate',
        missingValue = 0, keepMissing = false, strict = false, variant, noFiles = false,
    } = o;
    if (scale === 0) throw new RangeError('scale must not be 0');
    const [borderX, borderY] = typeof border === 'string' ? [border, border] : pairOf('border', border);
    const [x, y] = anchor === undefined ? [0, 0] : pairOf('anchor', anchor);
    return abi.make('sepflow_options', {
        in_type: kindOf('type', type).type, out_type: kindOf('outType', outType).type,
        channels: wholeOf('channels', channels, 1),
        border_x: indexOf('border', borderX), border_y: indexOf('border', borderY),
        border_value: numberOf('borderValue', borderValue), extent: indexOf('extent', extent),
        method: indexOf('method', method), schedule: indexOf('schedule', schedule),
        flags: flagOf('convolve', convolve, CONVOLVE) | (anchor === undefined ? 0 : ANCHOR) |
            flagOf('keepMissing', keepMissing, KEEP_MISSING) | flagOf('noFiles', noFiles, NO_FILES) |
            flagOf('strict', strict, STRICT),
        anchor_x: wholeOf('anchor', x, 0), anchor_y: wholeOf('anchor', y, 0),
        tolerance: numberOf('tolerance', tolerance), rank: rank === undefined ? 0 : wholeOf('rank', rank, 1),
        scale: numberOf('scale', scale), delta: numberOf('delta', delta),
        missing: indexOf('missing', missing), missing_value: numberOf('missingValue', missingValue),
        variant: variant === undefined ? null : textOf('variant', variant),
    });
}

// Makes an image of the ABI over a typed array. Strides count elements and may be negative. `first`
// is the index of the first pixel.
function imageOf(image, kind, channels) {
    onlyNames('an image', image, ['data', 'width', 'height', 'first', 'strides']);
    const {data, width, height, first = 0, strides = {}} = image;
    if (!kind.array.some((type) => data instanceof type)) throw new TypeError('the array is not of the plan\'s type');
    onlyNames('strides', strides, ['x', 'y', 'c']);
    const {x, y, c} = {x: channels, y: width * channels, c: 1, ...strides};
    for (const [name, value] of Object.entries({width, height, first, x, y, c})) wholeOf(name, value, -(2 ** 53), 2 ** 53);
    const reaches = [(width - 1) * x, (height - 1) * y, (channels - 1) * c];
    const least = reaches.reduce((sum, reach) => sum + Math.min(reach, 0), first);
    const most = reaches.reduce((sum, reach) => sum + Math.max(reach, 0), first);
    if (!(width >= 1 && height >= 1 && least >= 0 && most < data.length)) {
        throw new RangeError('the image does not lie within its array');
    }
    const size = data.BYTES_PER_ELEMENT;
    return abi.make('sepflow_image', {
        type: kind.type, channels, data: data.subarray(first), bounds: {x: 0, y: 0, w: width, h: height},
        stride_x: x * size, stride_y: y * size, stride_c: c * size,
    });
}

// Derives the type of a mask's pixels from its array.
function maskOf(mask, channels) {
    const kind = mask && Object.values(kinds).find(({array}) => array.some((type) => mask.data instanceof type));
    if (!kind) throw new TypeError('a mask is a typed array of pixels: Uint8Array of 0 and 255, Float32Array of 0 .. 1');
    const {channels: own = 1, ...image} = mask;
    if (own !== 1 && own !== channels) throw new RangeError(`a mask has one channel, or ${channels} as the image`);
    return imageOf(image, kind, own);
}

const unused = new FinalizationRegistry((plan) => abi.sepflow_plan_free(plan));

class Plan {
    #plan;
    #in;
    #out;
    #channels;

    // Takes a kernel: text, {taps, columns} row by row, or {column, row}.
    constructor(kernel, options) {
        const o = optionsOf(options), plan = [null], error = abi.make('sepflow_error');
        if (typeof kernel === 'string') {
            check(abi.sepflow_plan_from_text(textOf('the kernel', kernel), o, plan, error), error);
        } else if (!kernel || !(kernel.taps || kernel.column)) {
            throw new TypeError('a kernel is text, {taps, columns} or {column, row}');
        } else if (kernel.column) {
            onlyNames('a kernel', kernel, ['column', 'row']);
            const column = Float64Array.from(kernel.column), row = Float64Array.from(kernel.row);
            check(abi.sepflow_plan_from_vectors(column, column.length, row, row.length, o, plan, error), error);
        } else {
            onlyNames('a kernel', kernel, ['taps', 'columns']);
            const taps = Float64Array.from(kernel.taps), {columns} = kernel, rows = taps.length / columns;
            if (!Number.isInteger(rows)) throw new RangeError('the number of taps must be a multiple of columns');
            check(abi.sepflow_plan_create(taps, rows, columns, columns, o, plan, error), error);
        }
        this.#plan = plan[0];
        this.#in = kindOf('type', options.type);
        this.#out = kindOf('outType', options.outType || options.type);
        this.#channels = o.channels;
        unused.register(this, this.#plan);
    }

    #callOf(from, to, how) {
        onlyNames('a call', how, ['mask', 'maxThreads']);
        const {mask, maxThreads = 0} = how, inputs = [imageOf(from, this.#in, this.#channels)];
        if (mask !== undefined) inputs.push(maskOf(mask, this.#channels));
        const output = imageOf(to, this.#out, this.#channels);
        return abi.make('sepflow_process', {
            input_count: inputs.length, output_count: 1, inputs, outputs: [output], region: output.bounds,
            max_threads: wholeOf('maxThreads', maxThreads, 0),
        });
    }

    // Filters on this thread and maxThreads - 1 more. 0: one per CPU. mask is an image whose zeros
    // are missing pixels; it needs a plan with `missing`.
    applySync(from, to, how = {}) {
        const error = abi.make('sepflow_error');
        check(abi.sepflow_process_plan(this.#plan, this.#callOf(from, to, how), error), error);
    }

    // Filters away from the event loop. Leave the arrays alone until the promise settles.
    apply(from, to, how = {}) {
        const call = this.#callOf(from, to, how), error = abi.make('sepflow_error');
        const held = [from, to, how];  // by the callback, so that no array is collected before
        return new Promise((resolve, reject) => {
            abi.sepflow_process_plan.async(this.#plan, call, error, (failure, status) => {
                held.length = 0;
                try {
                    if (failure) throw failure;
                    check(status, error);
                    resolve(to.data);
                } catch (reason) {
                    reject(reason);
                }
            });
        });
    }

    get info() {
        const info = abi.make('sepflow_plan_info');
        abi.sepflow_plan_query(this.#plan, info);
        const {left, right, top, bottom, rank, method, variant, error_bound: errorBound} = info;
        const [l, r, t, b] = [left, right, top, bottom].map(Number);
        return {halo: {left: l, right: r, top: t, bottom: b}, rank, method, variant, errorBound};
    }
}

module.exports = {Plan, SepflowError, version: abi.sepflow_version()};
