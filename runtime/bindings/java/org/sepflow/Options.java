package org.sepflow;

/**
 * Fields of sepflow_options. A field that is not set has its default. Zero channels, rank or scale
 * are refused, since only C reads them as a default.
 */
public final class Options {
    public enum Border { REFLECT101, REFLECT, REPLICATE, WRAP, CONSTANT, TRUNCATE }

    public enum Extent { SAME, VALID, FULL }

    public enum Method { AUTO, SEPARABLE, DIRECT, FFT }

    public enum Schedule { AUTO, PLAIN, TRANSPOSED }

    public enum Missing { PROPAGATE, IGNORE, FILL }

    private static final int CONVOLVE = 1 << 0, ANCHOR = 1 << 1, KEEP_MISSING = 1 << 2, NO_FILES = 1 << 3, STRICT = 1 << 4;

    private final Abi.sepflow_options options = new Abi.sepflow_options();

    public Options(PixelType in, PixelType out, int channels) {
        if (channels < 1) throw new IllegalArgumentException("channels must be 1 or more, not " + channels);
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

    /** Sets the value of border pixels for CONSTANT, in the input's units. */
    public Options borderValue(double value) {
        options.border_value = value;
        return this;
    }

    public Options extent(Extent extent) {
        options.extent = extent.ordinal();
        return this;
    }

    /** Flips the kernel. */
    public Options convolve() {
        options.flags |= CONVOLVE;
        return this;
    }

    /** Sets the column and row of the kernel that lie on the result's pixel. */
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

    /** Sets the exact number of pairs of 1-D passes. Default: as many as the tolerance needs. */
    public Options rank(int rank) {
        if (rank < 1) throw new IllegalArgumentException("rank must be 1 or more, not " + rank);
        options.rank = rank;
        return this;
    }

    public Options method(Method method) {
        options.method = method.ordinal();
        return this;
    }

    /** Sets the form of the passes. Results differ within their bounds. */
    public Options schedule(Schedule schedule) {
        options.schedule = schedule.ordinal();
        return this;
    }

    /**
     * Sets the treatment of NaN and of pixels whose mask is 0: let NaN spread, rescale the other
     * pixels, or fill in missingValue.
     */
    public Options missing(Missing missing) {
        options.missing = missing.ordinal();
        return this;
    }

    /** Sets the value of FILL, and the result of IGNORE where no pixel is left. Default: 0. */
    public Options missingValue(double value) {
        options.missing_value = value;
        return this;
    }

    /** Sets results to the missing value where their own pixel is missing. */
    public Options keepMissing() {
        options.flags |= KEEP_MISSING;
        return this;
    }

    /** Makes the result delta + scale * sum. */
    public Options scale(double scale, double delta) {
        if (scale == 0) throw new IllegalArgumentException("scale must not be 0");
        options.scale = scale;
        options.delta = delta;
        return this;
    }

    /** Makes the bytes of float images the same on every instruction set. */
    public Options strict() {
        options.flags |= STRICT;
        return this;
    }

    /** Sets the instruction set, such as "avx2". */
    public Options variant(String variant) {
        options.variant = Plan.whole("variant", variant);
        return this;
    }

    /** Refuses kernel text "file NAME". Set it for untrusted text. */
    public Options noFiles() {
        options.flags |= NO_FILES;
        return this;
    }

    Abi.sepflow_options get() {
        return options;
    }
}
