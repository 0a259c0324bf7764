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
    convolve?: boolean;
    /** Column and row of the kernel that lie on the result's pixel. */
    anchor?: [number, number];
    tolerance?: number;
    rank?: number;
    scale?: number;
    delta?: number;
    /** Float images, too, come out as the same bytes on every instruction set. */
    strict?: boolean;
    variant?: string;
    /** For text of somebody who is not trusted: "file NAME" is refused. */
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

export class SepflowError extends Error {
    code: number;
}

export class Plan {
    constructor(kernel: Kernel, options: Options);
    apply(from: Image, to: Image, how?: {maxThreads?: number}): Promise<Pixels>;
    applySync(from: Image, to: Image, how?: {maxThreads?: number}): void;
    readonly info: {
        halo: {left: number; right: number; top: number; bottom: number};
        rank: number;
        method: string;
        variant: string;
        errorBound: number;
    };
}

export const version: string;
