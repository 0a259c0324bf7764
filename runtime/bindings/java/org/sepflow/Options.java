package org.sepflow;

/**
 * sepflow_options; fields that are not set are zero there, which is their default. Zero channels, rank and scale are refused: only in
 * C do they mean a default.
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

    /** Exactly this many pairs of 1-D passes; unset, as many as the tolerance needs. */
    public Options rank(int rank) {
        if (rank < 1) throw new IllegalArgumentException("rank must be 1 or more, not " + rank);
        options.rank = rank;
        return this;
    }

    public Options method(Method method) {
        options.method = method.ordinal();
        return this;
    }

    /** The form of the passes; results differ within their bounds. */
    public Options schedule(Schedule schedule) {
        options.schedule = schedule.ordinal();
        return this;
    }

    /** What becomes of NaN and of pixels whose mask is 0: NaN spreads, the other pixels are rescaled, or missingValue is filled in. */
    public Options missing(Missing missing) {
        options.missing = missing.ordinal();
        return this;
    }

    /** What FILL fills in, and with IGNORE the results for which no pixel is left; 0 if it is not set. */
    public Options missingValue(double value) {
        options.missing_value = value;
        return this;
    }

    /** Results are the missing value where their own pixel is missing. */
    public Options keepMissing() {
        options.flags |= KEEP_MISSING;
        return this;
    }

    /** The result is delta + scale * sum. */
    public Options scale(double scale, double delta) {
        if (scale == 0) throw new IllegalArgumentException("scale must not be 0");
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
        options.variant = Plan.whole("variant", variant);
        return this;
    }

    /** Refuses kernel text "file NAME", for untrusted text. */
    public Options noFiles() {
        options.flags |= NO_FILES;
        return this;
    }

    Abi.sepflow_options get() {
        return options;
    }
}
