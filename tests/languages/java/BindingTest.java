package org.sepflow;

import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** BindingTest LAYOUTS: the Java binding with an installed library: layouts against the header's,
 * results against a brute-force sum. */
final class BindingTest {
    private static final int W = 67, H = 43, C = 3, P = 3, Q = 5;
    private static final double[] TAPS = {1, 2, -3, 4, 5, 0, -1, 7, 2, 2, 3, -5, 1, 1, 4};

    private interface Body {
        void run() throws Exception;
    }

    private static void require(boolean holds, String what) {
        if (!holds) throw new IllegalStateException(what);
    }

    private static <T extends Exception> T refused(Class<T> type, Body body) throws Exception {
        try {
            body.run();
        } catch (Exception e) {
            if (type.isInstance(e)) return type.cast(e);
            throw e;
        }
        throw new IllegalStateException("not refused: " + type.getSimpleName());
    }

    private static Buffer allocate(PixelType type, int count) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(count * type.bytes).order(ByteOrder.nativeOrder());
        if (type == PixelType.U8) return bytes;
        if (type == PixelType.F32) return bytes.asFloatBuffer();
        return type == PixelType.F64 ? bytes.asDoubleBuffer() : bytes.asShortBuffer();
    }

    private static void put(Buffer buffer, int i, int value) {
        if (buffer instanceof ByteBuffer) ((ByteBuffer) buffer).put(i, (byte) value);
        else if (buffer instanceof ShortBuffer) ((ShortBuffer) buffer).put(i, (short) value);
        else if (buffer instanceof FloatBuffer) ((FloatBuffer) buffer).put(i, value);
        else ((DoubleBuffer) buffer).put(i, value);
    }

    private static double get(Buffer buffer, int i) {
        if (buffer instanceof ByteBuffer) return ((ByteBuffer) buffer).get(i) & 0xff;
        if (buffer instanceof ShortBuffer) return ((ShortBuffer) buffer).get(i);
        return buffer instanceof FloatBuffer ? ((FloatBuffer) buffer).get(i) : ((DoubleBuffer) buffer).get(i);
    }

    private static int mirrored(int i, int n) {
        return i < 0 ? -i : i >= n ? 2 * n - 2 - i : i;
    }

    private static int sample(int x, int y, int c) {
        return ((y * W + x) * C + c) * 7919 % 251;
    }

    /** Reflect101, correlation. */
    private static double sum(int x, int y, int c) {
        double sum = 0;
        for (int j = 0; j < P; ++j) {
            for (int i = 0; i < Q; ++i) sum += TAPS[j * Q + i] * sample(mirrored(x + i - 2, W), mirrored(y + j - 1, H), c);
        }
        return sum;
    }

    /** From interleaved pixels, and from planes to rows that lie bottom-up, by two threads that
     * share the plan. */
    private static void pixels(PixelType in, PixelType out, double most) throws Exception {
        Buffer from = allocate(in, W * H * C), planes = allocate(in, W * H * C);
        for (int y = 0; y < H; ++y) {
            for (int x = 0; x < W; ++x) {
                for (int c = 0; c < C; ++c) {
                    put(from, (y * W + x) * C + c, sample(x, y, c));
                    put(planes, (c * H + y) * W + x, sample(x, y, c));
                }
            }
        }
        Buffer to = allocate(out, W * H * C), upsideDown = allocate(out, W * H * C);
        try (Plan plan = Plan.of(TAPS, Q, new Options(in, out, C))) {
            Thread other = new Thread(() -> plan.apply(new Image(in, planes, W, H, C, 0, 1, W, (long) W * H),
                new Image(out, upsideDown, W, H, C, (H - 1L) * W * C, C, (long) -W * C, 1), 1));
            other.start();
            plan.apply(new Image(in, from, W, H, C), new Image(out, to, W, H, C), 0);
            other.join();
        }
        for (int y = 0; y < H; ++y) {
            for (int x = 0; x < W; ++x) {
                for (int c = 0; c < C; ++c) {
                    double got = get(to, (y * W + x) * C + c);
                    require(Math.abs(got - sum(x, y, c)) <= most, in + " to " + out + ", " + x + ", " + y + ": " + got);
                    require(got == get(upsideDown, ((H - 1 - y) * W + x) * C + c), "strides");
                }
            }
        }
    }

    private static void options() {
        Buffer nine = allocate(PixelType.F64, W * H), out = allocate(PixelType.F64, W * H);
        for (int i = 0; i < W * H; ++i) put(nine, i, 9);
        double third = 1 / 3.0, fifth = 0.2;
        Options options = new Options(PixelType.F64, 1).border(Options.Border.CONSTANT).borderValue(9).scale(2, 1);
        try (Plan box = Plan.of(new double[] {third, third, third}, new double[] {fifth, fifth, fifth, fifth, fifth}, options)) {
            box.apply(new Image(PixelType.F64, nine, W, H, 1), new Image(PixelType.F64, out, W, H, 1), 0);
            for (int i = 0; i < W * H; ++i) require(Math.abs(get(out, i) - 19) < 1e-12, "options");
            Plan.Info info = box.info();
            require(info.left == 2 && info.right == 2 && info.top == 1 && info.bottom == 1 && info.rank == 1, "info");
            require(info.method.equals("separable") && info.errorBound > 0, "info's texts");
        }
        Options anchored = new Options(PixelType.F64, 1).anchor(4, 0).convolve().method(Options.Method.DIRECT)
            .border(Options.Border.WRAP, Options.Border.REPLICATE);
        try (Plan plan = Plan.of(TAPS, Q, anchored)) {
            Plan.Info info = plan.info();
            // Flipped by convolution, so the anchor lies at column 0 and in the last row of what is
            // correlated.
            require(info.left == 0 && info.right == 4 && info.top == 2 && info.bottom == 0, "anchor");
            require(info.method.equals("direct"), "method");
        }
    }

    /** The pixel before: at the left edge the last of its row, if rows wrap. */
    private static void borders() {
        Buffer ramp = allocate(PixelType.F32, W * H), out = allocate(PixelType.F32, W * H);
        for (int i = 0; i < W * H; ++i) put(ramp, i, i);
        Options options = new Options(PixelType.F32, 1).border(Options.Border.WRAP, Options.Border.REPLICATE).anchor(1, 0);
        try (Plan before = Plan.of(new double[] {1, 0}, 2, options)) {
            before.apply(new Image(PixelType.F32, ramp, W, H, 1), new Image(PixelType.F32, out, W, H, 1), 1);
        }
        require(get(out, 2 * W) == 3 * W - 1 && get(out, 2 * W + 1) == 2 * W, "borders");
    }

    /** A ramp whose first 7 x 7 pixels are missing: a pixel without a valid neighbour is
     * missingValue, one with some their mean. */
    private static void missing(PixelType type, int full) {
        Buffer ramp = allocate(PixelType.F32, W * H), mask = allocate(type, W * H);
        for (int i = 0; i < W * H; ++i) {
            put(ramp, i, i);
            put(mask, i, i % W < 7 && i / W < 7 ? 0 : full);
        }
        for (boolean keeps : new boolean[] {false, true}) {
            Buffer out = allocate(PixelType.F32, W * H);
            Options options = new Options(PixelType.F32, 1).missing(Options.Missing.IGNORE).missingValue(-5)
                .schedule(Options.Schedule.PLAIN);
            if (keeps) options.keepMissing();
            try (Plan mean = Plan.of("box 3", options)) {
                mean.apply(new Image(PixelType.F32, ramp, W, H, 1), new Image(type, mask, W, H, 1),
                    new Image(PixelType.F32, out, W, H, 1), 0);
            }
            require(get(out, 3 * W + 3) == -5, "no support");
            double neighbours = get(out, 3 * W + 6);
            require(keeps ? neighbours == -5 : Math.abs(neighbours - (3 * W + 7)) < 1e-3, "the neighbours that are valid");
        }
    }

    private static void refusals() throws Exception {
        refused(IllegalArgumentException.class, () -> new Options(PixelType.U8, 0));
        refused(IllegalArgumentException.class, () -> new Options(PixelType.U8, 1).rank(0));
        refused(IllegalArgumentException.class, () -> new Options(PixelType.U8, 1).scale(0, 1));
        refused(IllegalArgumentException.class, () -> new Options(PixelType.U8, 1).variant("avx2\0"));
        refused(IllegalArgumentException.class, () -> Plan.of("box 3\0 5", new Options(PixelType.U8, 1)));
        Options[] wrong = {
            new Options(PixelType.U8, 1).scale(Double.NaN, 0), new Options(PixelType.U8, 1).tolerance(-1),
            new Options(PixelType.U8, 1).keepMissing(), new Options(PixelType.U8, 1).variant("mmx"),
            new Options(PixelType.U8, 1).missing(Options.Missing.FILL).missingValue(Double.NaN),
            new Options(PixelType.U8, 1).missing(Options.Missing.IGNORE).method(Options.Method.FFT),
        };
        for (Options options : wrong) refused(SepflowException.class, () -> Plan.of("box 3", options));
        refused(SepflowException.class, () -> Plan.of(new double[0], new double[] {1}, new Options(PixelType.U8, 1)));
        Image image = new Image(PixelType.U8, allocate(PixelType.U8, W * H), W, H, 1);
        Image result = new Image(PixelType.U8, allocate(PixelType.U8, W * H), W, H, 1);
        try (Plan plan = Plan.of("box 3", new Options(PixelType.U8, 1))) {
            refused(SepflowException.class, () -> plan.apply(image, result, -1));
            // no missing pixels
            refused(SepflowException.class, () -> plan.apply(image, image, result, 1));
        }
    }

    private static void mistakes() throws Exception {
        SepflowException wrong = refused(SepflowException.class, () -> Plan.of("bocks 3", new Options(PixelType.U8, 1)));
        require(wrong.code == -4 && wrong.getMessage().contains("bocks"), "message");
        SepflowException file =
            refused(SepflowException.class, () -> Plan.of("file k.csv", new Options(PixelType.U8, 1).noFiles()));
        require(file.getMessage().contains("not allowed"), "text that is not trusted");
        Buffer pixels = allocate(PixelType.U8, W * H);
        Image image = new Image(PixelType.U8, pixels, W, H, 1);
        refused(IndexOutOfBoundsException.class, () -> new Image(PixelType.U8, pixels, W + 1, H, 1));
        refused(IndexOutOfBoundsException.class, () -> new Image(PixelType.U8, pixels, W, H, 1, 0, 1, -W, 1));
        refused(IllegalArgumentException.class, () -> new Image(PixelType.F32, pixels, W, H, 1));
        refused(IllegalArgumentException.class, () -> new Image(PixelType.U8, ByteBuffer.allocate(W * H), W, H, 1));
        refused(IllegalArgumentException.class, () -> Plan.of(TAPS, 4, new Options(PixelType.U8, 1)));
        Plan plan = Plan.of("box 3", new Options(PixelType.U8, 1));
        wrong = refused(SepflowException.class, () -> plan.apply(image, image, 1));
        require(wrong.getMessage().contains("overlap"), "overlap");
        plan.close();
        plan.close();
        refused(IllegalStateException.class, () -> plan.apply(image, image, 1));
    }

    public static void main(String[] args) throws Exception {
        Set<String> declared = new HashSet<>(Files.readAllLines(Path.of(args[0])));
        List<String> layout = Abi.layout();
        require(layout.size() > 50, "layout");
        for (String line : layout) require(declared.contains(line), "the header does not say: " + line);
        pixels(PixelType.F64, PixelType.F64, 1e-9);
        pixels(PixelType.F32, PixelType.F32, 2e-2);
        pixels(PixelType.U8, PixelType.S16, 0.5);
        options();
        borders();
        missing(PixelType.U8, 255);
        missing(PixelType.F16, 0x3c00);
        missing(PixelType.F64, 1);
        refusals();
        mistakes();
        System.out.println("sepflow " + Plan.version() + ": as the brute-force sum");
    }
}
