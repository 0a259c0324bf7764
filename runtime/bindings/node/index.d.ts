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
    /** One for both axes, or [x, y]. */
    border?: Border | [Border, Border];
    borderValue?: number;
    extent?: 'same' | 'valid' | 'full';
    method?: 'auto' | 'separable' | 'direct' | 'fft';
    /** The form of the passes; results differ within their bounds. */
    schedule?: 'auto' | 'plain' | 'transposed';
    convolve?: boolean;
    /** Column and row of the kernel that lie on the result's pixel. */
    anchor?: [number, number];
    /** A part of the result's full scale, 0 .. 1; 0: half a unit for integers, else the precision of the arithmetic. */
    tolerance?: number;
    /** 1 or more; as many as the tolerance needs if it is left out. */
    rank?: number;
    /** Not 0. */
    scale?: number;
    delta?: number;
    /** What becomes of NaN and of pixels whose mask is 0: NaN spreads, the other pixels are rescaled, or missingValue is filled in. */
    missing?: 'propagate' | 'ignore' | 'fill';
    /** What 'fill' fills in, and with 'ignore' the results for which no pixel is left; 0 if it is left out. */
    missingValue?: number;
    /** Results are missingValue where their own pixel is missing. */
    keepMissing?: boolean;
    /** Float images, too, come out as the same bytes on every instruction set. */
    strict?: boolean;
    /** The instruction set, such as 'avx2'. */
    variant?: string;
    /** Refuses kernel text "file NAME", for untrusted text. */
    noFiles?: boolean;
}

/** Strides count elements, and may be negative; interleaved channels without padding if they are left out. */
export interface Image {
    data: Pixels;
    width: number;
    height: number;
    first?: number;
    strides?: {x?: number; y?: number; c?: number};
}

/** Weights of pixels: floats from 0 to 1, or integers in parts of their largest value, so 255 is a valid pixel of Uint8Array. */
export interface Mask extends Image {
    /** 1, or as many as the image has; 1 if it is left out. */
    channels?: number;
}

export interface How {
    /** 1: this thread alone; 0, the default: one for every CPU. */
    maxThreads?: number;
    /** The plan needs `missing`. */
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
