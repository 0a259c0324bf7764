export type PixelType = 'u8' | 'u16' | 's16' | 'f16' | 'f32' | 'f64';
export type Border = 'reflect101' | 'reflect' | 'replicate' | 'wrap' | 'constant' | 'truncate';
export type Pixels = Uint8Array | Uint8ClampedArray | Uint16Array | Int16Array | Float32Array | Float64Array;
export type Kernel =
    | string
    | {taps: ArrayLike<number>; columns: number}
    | {column: ArrayLike<number>; row: ArrayLike<number>};

export interface Options {
    type: PixelType;
    outType?: PixelType;
    channels?: number;
    /** Border of both axes, or [x, y]. */
    border?: Border | [Border, Border];
    borderValue?: number;
    extent?: 'same' | 'valid' | 'full';
    method?: 'auto' | 'separable' | 'direct' | 'fft';
    /** Form of the passes. Results differ within their bounds. */
    schedule?: 'auto' | 'plain' | 'transposed';
    convolve?: boolean;
    /** Column and row of the kernel that lie on the result's pixel. */
    anchor?: [number, number];
    /**
     * Largest error, as a part (0 .. 1) of the result's full scale. 0: half a unit for integers,
     * otherwise the precision of the arithmetic.
     */
    tolerance?: number;
    /** Number of pairs of passes, 1 or more. Default: as many as the tolerance needs. */
    rank?: number;
    /** Factor of the result, not 0. */
    scale?: number;
    delta?: number;
    /**
     * Treatment of NaN and of pixels whose mask is 0: let NaN spread, rescale the other pixels, or
     * fill in missingValue.
     */
    missing?: 'propagate' | 'ignore' | 'fill';
    /** Value that 'fill' fills in, and result of 'ignore' where no pixel is left. Default: 0. */
    missingValue?: number;
    /** Set results to missingValue where their own pixel is missing. */
    keepMissing?: boolean;
    /** Make the bytes of float images the same on every instruction set. */
    strict?: boolean;
    /** Instruction set, such as 'avx2'. */
    variant?: string;
    /** Refuse kernel text "file NAME". Set it for untrusted text. */
    noFiles?: boolean;
}

/** Strides count elements and may be negative. Default: interleaved channels without padding. */
export interface Image {
    data: Pixels;
    width: number;
    height: number;
    first?: number;
    strides?: {x?: number; y?: number; c?: number};
}

/**
 * Weights of pixels: floats from 0 to 1, or integers as parts of their largest value. 255 is a
 * valid pixel of Uint8Array.
 */
export interface Mask extends Image {
    /** 1, or as many as the image has. Default: 1. */
    channels?: number;
}

export interface How {
    /** Number of threads. 1: the calling thread alone. 0, the default: one per CPU. */
    maxThreads?: number;
    /** Mask of the image. The plan needs `missing`. */
    mask?: Mask;
}

export class SepflowError extends Error {
    code: number;
}

export class Plan {
    constructor(kernel: Kernel, options: Options);
    apply(from: Image, to: Image, how?: How): Promise<Pixels>;
    applySync(from: Image, to: Image, how?: How): void;
    readonly info: {
        halo: {left: number; right: number; top: number; bottom: number};
        rank: number;
        method: string;
        variant: string;
        errorBound: number;
    };
}

export const version: string;
