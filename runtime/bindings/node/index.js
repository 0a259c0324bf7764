'use strict';
// Convolves images with any 2-D kernel, by a few 1-D passes: libsepflow's functions, over typed arrays where they lie.
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
};
const CONVOLVE = 1 << 0, ANCHOR = 1 << 1, NO_FILES = 1 << 3, STRICT = 1 << 4;

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

function kindOf(name) {
    if (!kinds[name]) throw new TypeError(`a pixel type is one of ${Object.keys(kinds).join(', ')}, not ${name}`);
    return kinds[name];
}

function indexOf(option, word) {
    const index = words[option].indexOf(word);
    if (index < 0) throw new TypeError(`${option} is one of ${words[option].join(', ')}, not ${word}`);
    return index;
}

function optionsOf(o) {
    const {type, outType = type, channels = 1, border = 'reflect101', extent = 'same', method = 'auto', anchor} = o;
    const [borderX, borderY] = Array.isArray(border) ? border : [border, border];
    const [x, y] = anchor || [0, 0];
    return abi.make('sepflow_options', {
        in_type: kindOf(type).type, out_type: kindOf(outType).type, channels,
        border_x: indexOf('border', borderX), border_y: indexOf('border', borderY), border_value: o.borderValue || 0,
        extent: indexOf('extent', extent), method: indexOf('method', method),
        flags: (o.convolve ? CONVOLVE : 0) | (anchor ? ANCHOR : 0) | (o.noFiles ? NO_FILES : 0) |
            (o.strict ? STRICT : 0), anchor_x: x, anchor_y: y,
        tolerance: o.tolerance || 0, rank: o.rank || 0, scale: o.scale || 0, delta: o.delta || 0,
        variant: o.variant || null,
    });
}

// An image of the ABI over a typed array; strides count elements and may be negative, `first` is where the first pixel lies.
function imageOf({data, width, height, first = 0, strides}, kind, channels) {
    if (!kind.array.some((type) => data instanceof type)) throw new TypeError('the array is not of the plan\'s type');
    const {x, y, c} = {x: channels, y: width * channels, c: 1, ...strides};
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

const unused = new FinalizationRegistry((plan) => abi.sepflow_plan_free(plan));

class Plan {
    #plan;
    #in;
    #out;
    #channels;

    // kernel: text, {taps, columns} row by row, or {column, row}.
    constructor(kernel, options) {
        const o = optionsOf(options), plan = [null], error = abi.make('sepflow_error');
        if (typeof kernel === 'string') {
            check(abi.sepflow_plan_from_text(kernel, o, plan, error), error);
        } else if (kernel.column) {
            const column = Float64Array.from(kernel.column), row = Float64Array.from(kernel.row);
            check(abi.sepflow_plan_from_vectors(column, column.length, row, row.length, o, plan, error), error);
        } else {
            const taps = Float64Array.from(kernel.taps), {columns} = kernel, rows = taps.length / columns;
            if (!Number.isInteger(rows)) throw new RangeError('the taps do not fill their rows');
            check(abi.sepflow_plan_create(taps, rows, columns, columns, o, plan, error), error);
        }
        this.#plan = plan[0];
        this.#in = kindOf(options.type);
        this.#out = kindOf(options.outType || options.type);
        this.#channels = options.channels || 1;
        unused.register(this, this.#plan);
    }

    // On this thread, and maxThreads - 1 more; 0: one per CPU.
    applySync(from, to, {maxThreads = 0} = {}) {
        const input = imageOf(from, this.#in, this.#channels), output = imageOf(to, this.#out, this.#channels);
        const error = abi.make('sepflow_error');
        check(abi.sepflow_apply(this.#plan, input, output, null, maxThreads, error), error);
    }

    // Away from the event loop. The arrays must be left alone until it is done.
    apply(from, to, {maxThreads = 0} = {}) {
        const input = imageOf(from, this.#in, this.#channels), output = imageOf(to, this.#out, this.#channels);
        const error = abi.make('sepflow_error');
        return new Promise((resolve, reject) => {
            abi.sepflow_apply.async(this.#plan, input, output, null, maxThreads, error, (failure, status) => {
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
