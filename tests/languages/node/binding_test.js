'use strict';
// binding_test.js LAYOUTS: the Node.js binding with an installed library: layouts against the
// header's, results against a brute-force sum.
const assert = require('assert');
const fs = require('fs');
const {layout} = require('sepflow/abi.js');
const {Plan, SepflowError, version} = require('sepflow');

const W = 67, H = 43, C = 3, Q = 5;
const taps = [1, 2, -3, 4, 5, 0, -1, 7, 2, 2, 3, -5, 1, 1, 4];
const mirrored = (i, n) => (i < 0 ? -i : i >= n ? 2 * n - 2 - i : i);

// Interleaved, reflect101, correlation.
function sum(from, x, y, c) {
    let result = 0;
    for (let j = 0; j < 3; ++j) {
        for (let i = 0; i < Q; ++i) {
            result += taps[j * Q + i] * from[(mirrored(y + j - 1, H) * W + mirrored(x + i - 2, W)) * C + c];
        }
    }
    return result;
}

async function check(type, From, outType, To, most) {
    const from = From.from({length: W * H * C}, (_, i) => (i * 7919) % 251);
    const planes = From.from({length: W * H * C}, (_, i) => from[(i % (W * H)) * C + Math.floor(i / (W * H))]);
    const out = new To(W * H * C), upsideDown = new To(W * H * C);
    const plan = new Plan({taps, columns: Q}, {type, outType, channels: C});
    assert.throws(() => new Plan('file k.csv', {type: 'u8', noFiles: true}), /not allowed/);
    const size = {width: W, height: H};
    // Both at once: one from interleaved pixels, the other from planes and bottom-up.
    await Promise.all([
        plan.apply({data: from, ...size}, {data: out, ...size}),
        plan.apply({data: planes, ...size, strides: {x: 1, y: W, c: W * H}},
            {data: upsideDown, ...size, first: (H - 1) * W * C, strides: {y: -W * C}}, {maxThreads: 1}),
    ]);
    const sync = new To(W * H * C);
    plan.applySync({data: from, ...size}, {data: sync, ...size});
    assert.deepStrictEqual(sync, out);
    for (let y = 0; y < H; ++y) {
        for (let x = 0; x < W; ++x) {
            for (let c = 0; c < C; ++c) {
                const got = out[(y * W + x) * C + c];
                assert(Math.abs(got - sum(from, x, y, c)) <= most, `(${x}, ${y}, ${c}): ${got}`);
                assert.strictEqual(got, upsideDown[((H - 1 - y) * W + x) * C + c], 'strides');
            }
        }
    }
}

// A ramp whose first 7 x 7 pixels are missing: a pixel without a valid neighbour is missingValue,
// one with some their mean.
async function checkMask(Weights, full) {
    const size = {width: W, height: H};
    const ramp = Float32Array.from({length: W * H}, (_, i) => i);
    const mask = {data: Weights.from({length: W * H}, (_, i) => (i % W < 7 && i / W < 7 ? 0 : full)), ...size};
    const options = {type: 'f32', missing: 'ignore', missingValue: -5, schedule: 'plain'};
    const out = new Float32Array(W * H), kept = new Float32Array(W * H);
    await new Plan('box 3', options).apply({data: ramp, ...size}, {data: out, ...size}, {mask});
    new Plan('box 3', {...options, keepMissing: true}).applySync({data: ramp, ...size}, {data: kept, ...size}, {mask, maxThreads: 1});
    assert.deepStrictEqual([out[3 * W + 3], kept[3 * W + 6]], [-5, -5]);
    assert(Math.abs(out[3 * W + 6] - (3 * W + 7)) < 1e-3, 'the neighbours that are valid');
}

function refusals() {
    const refused = [
        [{scale: 0}, /scale must not be 0/], [{scale: NaN}, /scale is not a finite/], [{scale: '2'}, /scale is a number/],
        [{scale: null}, /scale is a number/], [{rank: 0}, /rank lies in 1/], [{rank: 1.5}, /rank is a whole/],
        [{rank: 2 ** 32}, /rank lies in/], [{channels: 0}, /channels lies in 1/], [{channels: '3'}, /channels is a whole/],
        [{tolerance: -1}, /tolerance/], [{tolerance: NaN}, /tolerance/], [{borderValue: NaN}, /border_value/],
        [{borderValue: null}, /borderValue is a number/], [{delta: Infinity}, /delta/], [{border: 'mirror'}, /border is one of/],
        [{border: null}, /border is a pair/], [{border: ['wrap', 'wrap', 'wrap']}, /border is a pair/],
        [{extent: 'inner'}, /extent is one of/], [{method: 2}, /method is one of/], [{schedule: ''}, /schedule is one of/],
        [{missing: 'drop'}, /missing is one of/], [{missingValue: '0'}, /missingValue is a number/],
        [{missing: 'fill', missingValue: NaN}, /missing_value/], [{keepMissing: true}, /KEEP_MISSING/],
        [{keepMissing: 1}, /keepMissing is true or false/], [{convolve: 'no'}, /convolve is true or false/],
        [{strict: 'no'}, /strict is true or false/], [{noFiles: 1}, /noFiles is true or false/], [{anchor: 1}, /anchor is a pair/],
        [{anchor: [-1, 0]}, /anchor lies in 0/], [{anchor: [3, 0]}, /anchor_x 3 lies outside/], [{anchor: [1.5, 0]}, /anchor is a whole/],
        [{variant: 'mmx'}, /unknown variant/], [{variant: 3}, /variant is text/], [{type: 'u32'}, /type is one of/],
        [{outType: null}, /outType is one of/], [{bordr: 'wrap'}, /bordr is not known: a plan has .*border/],
    ];
    for (const [options, said] of refused) assert.throws(() => new Plan('box 3', {type: 'u8', ...options}), said, JSON.stringify(options));
    assert.throws(() => new Plan('box 3\0 5', {type: 'u8'}), /NUL/);
    assert.throws(() => new Plan({column: [], row: [1]}, {type: 'u8'}), SepflowError);
    assert.throws(() => new Plan('box 3'), /type is one of/);
    for (const kernel of [null, undefined, 3, {}, {matrix: [[1]]}]) {
        assert.throws(() => new Plan(kernel, {type: 'u8'}), /a kernel is text/);
    }
    assert.throws(() => new Plan({column: [1], rows: [1]}, {type: 'u8'}), /rows is not known/);

    const plan = new Plan('box 3', {type: 'u8'}), size = {width: W, height: H};
    const from = {data: new Uint8Array(W * H), ...size}, to = {data: new Uint8Array(W * H), ...size};
    for (const [how, said] of [[{maxThreads: -1}, /maxThreads lies in/], [{maxThreads: '2'}, /maxThreads is a whole/],
        [{threads: 1}, /threads is not known/], [{mask: from}, /mask/], [{mask: {...from, data: [1]}}, /typed array/], [{mask: null}, /typed array/],
        [{mask: {...from, channels: 2}}, /one channel/]]) {
        assert.throws(() => plan.applySync(from, to, how), said, JSON.stringify(how));
    }
    assert.throws(() => plan.applySync({...from, stride: 1}, to), /stride is not known/);
    assert.throws(() => plan.applySync({...from, width: 2.5}, to), /width is a whole/);
}

async function main() {
    const declared = new Set(fs.readFileSync(process.argv[2], 'utf8').split('\n'));
    for (const line of layout()) assert(declared.has(line), `the header does not say: ${line}`);
    assert(layout().length > 50);

    await check('f64', Float64Array, 'f64', Float64Array, 1e-9);
    await check('f32', Float32Array, 'f32', Float32Array, 2e-2);
    await check('u8', Uint8Array, 's16', Int16Array, 0.5);

    const box = new Plan({column: [1 / 3, 1 / 3, 1 / 3], row: [0.2, 0.2, 0.2, 0.2, 0.2]},
        {type: 'f64', border: 'constant', borderValue: 9, scale: 2, delta: 1});
    const nine = new Float64Array(W * H).fill(9), out = new Float64Array(W * H);
    await box.apply({data: nine, width: W, height: H}, {data: out, width: W, height: H});
    assert(out.every((value) => Math.abs(value - 19) < 1e-12), 'options');
    assert.deepStrictEqual(box.info.halo, {left: 2, right: 2, top: 1, bottom: 1});
    assert.strictEqual(box.info.rank, 1);

    await checkMask(Uint8Array, 255);
    await checkMask(Float64Array, 1);
    refusals();

    assert.throws(() => new Plan('bocks 3', {type: 'u8'}),
        (error) => error instanceof SepflowError && error.code === -4 && /bocks/.test(error.message));
    const size = {width: W, height: H};
    assert.throws(() => box.applySync({data: nine, width: W + 1, height: H}, {data: out, ...size}), RangeError);
    assert.throws(() => box.applySync({data: new Float32Array(W * H), ...size}, {data: out, ...size}), TypeError);
    await assert.rejects(box.apply({data: nine, ...size}, {data: nine, ...size}),
        (error) => error instanceof SepflowError && /overlap/.test(error.message));
    console.log(`sepflow ${version}: as the brute-force sum`);
}

main().catch((error) => {
    console.error(error);
    process.exit(1);
});
