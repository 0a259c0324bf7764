package org.sepflow;

/** sepflow_options; what is not set is as with all fields zero there. */
public final class Options {
    public enum Border { REFLECT101, REFLECT, REPLICATE, WRAP, CONSTANT, TRUNCATE }

    public enum Extent { SAME, VALID, FULL }

    public enum Method { AUTO, SEPARABLE, DIRECT, FFT }

    private static final int CONVOLVE = 1 << 0, ANCHOR = 1 << 1, NO_FILES = 1 << 3, STRICT = 1 << 4;

    private final Abi.sepflow_options options = new Abi.sepflow_options();

    public Options(PixelType in, PixelType out, int channels) {
        options.struct_size = options.size();
        options.in_type = in.code;
        options.out_type = out.code;
        options.channels = channels;
    }

    public Options(PixelType type, int channels) {
        this(type, type, channels);
    }

    public Options border(Border x, Border y) {
        options.border_x = x.ordinal();
        options.border_y = y.ordinal();
        return this;
    }

    public Options border(Border both) {
        return border(both, both);
    }

    /** In the input's units, for CONSTANT. */
    public Options borderValue(double value) {
        options.border_value = value;
        return this;
    }

    public Options extent(Extent extent) {
        options.extent = extent.ordinal();
        return this;
    }

    /** Flip the kernel. */
    public Options convolve() {
        options.flags |= CONVOLVE;
        return this;
    }

    /** Column and row of the kernel that lie on the result's pixel. */
    public Options anchor(long x, long y) {
        options.flags |= ANCHOR;
        options.anchor_x = x;
        options.anchor_y = y;
        return this;
    }

    public Options tolerance(double partOfFullScale) {
        options.tolerance = partOfFullScale;
        return this;
    }

    public Options rank(int rank) {
        options.rank = rank;
        return this;
    }

    public Options method(Method method) {
        options.method = method.ordinal();
        return this;
    }

    /** The result is delta + scale * sum; a scale of 0 counts as 1. */
    public Options scale(double scale, double delta) {
        options.scale = scale;
        options.delta = delta;
        return this;
    }

    /** Float images, too, come out as the same bytes on every instruction set. */
    public Options strict() {
        options.flags |= STRICT;
        return this;
    }

    /** The instruction set: "avx2". */
    public Options variant(String variant) {
        options.variant = variant;
        return this;
    }

    /** For text of somebody who is not trusted: "file NAME" is refused. */
    public Options noFiles() {
        options.flags |= NO_FILES;
        return this;
    }

    Abi.sepflow_options get() {
        return options;
    }
}
