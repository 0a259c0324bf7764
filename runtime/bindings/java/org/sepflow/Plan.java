package org.sepflow;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.ReadOnlyBufferException;

/**
 * Factored kernel: the functions of libsepflow over images in direct buffers. Any number of threads
 * may apply one plan at once.
 *
 * <pre>{@code
 * try (Plan plan = Plan.of("gaussian 3", new Options(PixelType.U8, 3))) {
 *     plan.apply(new Image(PixelType.U8, photo, width, height, 3),
 *                new Image(PixelType.U8, result, width, height, 3), 0);
 * }
 * }</pre>
 */
public final class Plan implements AutoCloseable {
    private static final Cleaner cleaner = Cleaner.create();

    /** Owner of the plan, which the collector frees if the caller does not. */
    private static final class Handle implements Runnable {
        private Pointer plan;

        Handle(Pointer plan) {
            this.plan = plan;
        }

        /** Adds an owner, so that close() in another thread does not free a plan in use. */
        synchronized Pointer retained() {
            if (plan == null) throw new IllegalStateException("the plan is closed");
            Abi.functions.sepflow_plan_retain(plan);
            return plan;
        }

        @Override
        public synchronized void run() {
            Abi.functions.sepflow_plan_free(plan);
            plan = null;
        }
    }

    private interface Maker {
        int make(PointerByReference plan, Abi.sepflow_error error);
    }

    private final Handle handle;
    private final Cleaner.Cleanable cleanable;

    private Plan(Maker maker) {
        PointerByReference plan = new PointerByReference();
        Abi.sepflow_error error = newError();
        check(maker.make(plan, error), error);
        handle = new Handle(plan.getValue());
        cleanable = cleaner.register(this, handle);
    }

    /** Makes a plan from text such as "gaussian 3". */
    public static Plan of(String kernel, Options options) {
        whole("the kernel's text", kernel);
        return new Plan((plan, error) -> Abi.functions.sepflow_plan_from_text(kernel, options.get(), plan, error));
    }

    /** Makes a plan from a matrix of taps, row by row. */
    public static Plan of(double[] taps, int columns, Options options) {
        if (columns < 1 || taps.length % columns != 0) throw new IllegalArgumentException("the number of taps must be a multiple of columns");
        return new Plan((plan, error) -> Abi.functions.sepflow_plan_create(
            taps, taps.length / columns, columns, columns, options.get(), plan, error));
    }

    /** Makes a plan for the kernel column * row^T. */
    public static Plan of(double[] column, double[] row, Options options) {
        return new Plan((plan, error) -> Abi.functions.sepflow_plan_from_vectors(
            column, column.length, row, row.length, options.get(), plan, error));
    }

    /** Filters an image. maxThreads: 1 runs on the calling thread, 0 on one per CPU. */
    public void apply(Image in, Image out, int maxThreads) {
        apply(new Image[] {in}, out, maxThreads);
    }

    /**
     * Filters with a mask or weights, which have one channel or as many as the image. The plan
     * needs {@link Options#missing}. Integers are parts of their largest value, so 255 is a valid
     * pixel in U8.
     */
    public void apply(Image in, Image mask, Image out, int maxThreads) {
        apply(new Image[] {in, mask}, out, maxThreads);
    }

    private void apply(Image[] inputs, Image out, int maxThreads) {
        if (out.pixels.isReadOnly()) throw new ReadOnlyBufferException();
        Abi.sepflow_process call = new Abi.sepflow_process();
        call.struct_size = call.size();
        call.input_count = inputs.length;
        call.output_count = 1;
        int size = out.image.size();
        Memory images = new Memory((long) inputs.length * size);  // an array in one piece
        for (int i = 0; i < inputs.length; ++i) {
            images.write((long) i * size, inputs[i].image.getPointer().getByteArray(0, size), 0, size);
        }
        call.inputs = images;
        call.outputs = out.image.getPointer();
        call.region.w = out.image.bounds.w;
        call.region.h = out.image.bounds.h;
        call.max_threads = maxThreads;
        Pointer plan = handle.retained();
        try {
            Abi.sepflow_error error = newError();
            check(Abi.functions.sepflow_process_plan(plan, call, error), error);
        } finally {
            Abi.functions.sepflow_plan_free(plan);
            Reference.reachabilityFence(images);
            Reference.reachabilityFence(out);
            for (Image input : inputs) Reference.reachabilityFence(input);
        }
    }

    /** Returns the halo and the method of the plan. */
    public static final class Info {
        public final long left, right, top, bottom;
        public final int rank;
        public final double errorBound;
        public final String method, variant;

        private Info(Abi.sepflow_plan_info info) {
            left = info.left;
            right = info.right;
            top = info.top;
            bottom = info.bottom;
            rank = info.rank;
            errorBound = info.error_bound;
            method = info.method;
            variant = info.variant;
        }
    }

    public Info info() {
        Abi.sepflow_plan_info info = new Abi.sepflow_plan_info();
        info.struct_size = info.size();
        Pointer plan = handle.retained();
        try {
            int status = Abi.functions.sepflow_plan_query(plan, info);
            if (status != 0) throw new SepflowException(status, "the plan cannot be asked");
            return new Info(info);
        } finally {
            Abi.functions.sepflow_plan_free(plan);
        }
    }

    @Override
    public void close() {
        cleanable.clean();
    }

    public static String version() {
        return Abi.functions.sepflow_version();
    }

    /** Returns text for C. Throws if it holds a NUL, where C would stop reading. */
    static String whole(String name, String text) {
        if (text != null && text.indexOf('\0') >= 0) throw new IllegalArgumentException(name + " holds a NUL character");
        return text;
    }

    private static Abi.sepflow_error newError() {
        Abi.sepflow_error error = new Abi.sepflow_error();
        error.struct_size = error.size();
        return error;
    }

    private static void check(int status, Abi.sepflow_error error) {
        if (status != 0) throw new SepflowException(status, Native.toString(error.message, "UTF-8"));
    }
}
