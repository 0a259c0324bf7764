package org.sepflow;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.Structure;
import com.sun.jna.Structure.FieldOrder;
import com.sun.jna.ptr.PointerByReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The part of node.h and sepflow.h that the binding uses, for JNA. A test compares {@link #layout}
 * with the header.
 */
final class Abi {
    private Abi() {}

    abstract static class Struct extends Structure {
        List<String> places() {
            List<String> lines = new ArrayList<>();
            lines.add(getClass().getSimpleName() + " " + size());
            for (String field : getFieldOrder()) {
                lines.add(getClass().getSimpleName() + "." + field + " " + fieldOffset(field));
            }
            return lines;
        }
    }

    @FieldOrder({"struct_size", "code", "param_index", "message"})
    public static class sepflow_error extends Struct {
        public int struct_size, code, param_index;
        public byte[] message = new byte[240];
    }

    @FieldOrder({"x", "y", "w", "h"})
    public static class sepflow_rect extends Struct {
        public long x, y, w, h;
    }

    @FieldOrder({"struct_size", "type", "channels", "flags", "data", "bounds", "domain", "stride_x", "stride_y", "stride_c"})
    public static class sepflow_image extends Struct {
        public int struct_size, type, channels, flags;
        public Pointer data;
        public sepflow_rect bounds, domain;
        public long stride_x, stride_y, stride_c;
    }

    @FieldOrder({"struct_size", "flags", "in_type", "out_type", "channels", "border_x", "border_y", "extent", "border_value",
        "anchor_x", "anchor_y", "tolerance", "rank", "schedule", "scale", "delta", "variant", "method", "missing",
        "missing_value"})
    public static class sepflow_options extends Struct {
        public int struct_size, flags, in_type, out_type, channels, border_x, border_y, extent;
        public double border_value;
        public long anchor_x, anchor_y;
        public double tolerance;
        public int rank, schedule;
        public double scale, delta;
        public String variant;
        public int method, missing;
        public double missing_value;
    }

    @FieldOrder({"struct_size", "flags", "input_count", "output_count", "inputs", "outputs", "region", "max_threads", "reserved",
        "scratch", "scratch_size", "host", "call_ctx"})
    public static class sepflow_process extends Struct {
        public int struct_size, flags, input_count, output_count;
        public Pointer inputs, outputs;
        public sepflow_rect region;
        public int max_threads, reserved;
        public Pointer scratch;
        public long scratch_size;
        public Pointer host, call_ctx;
    }

    @FieldOrder({"struct_size", "flags", "left", "right", "top", "bottom", "rank", "reserved", "error_bound",
        "preferred_tile_w", "preferred_tile_h", "scratch_bytes", "cost_per_pixel", "variant", "method"})
    public static class sepflow_plan_info extends Struct {
        public int struct_size, flags;
        public long left, right, top, bottom;
        public int rank, reserved;
        public double error_bound;
        public long preferred_tile_w, preferred_tile_h, scratch_bytes;
        public double cost_per_pixel;
        public String variant, method;
    }

    interface Functions extends Library {
        String sepflow_version();

        int sepflow_plan_create(double[] taps, long rows, long columns, long rowStride, sepflow_options options,
            PointerByReference plan, sepflow_error error);

        int sepflow_plan_from_vectors(double[] column, long rows, double[] row, long columns, sepflow_options options,
            PointerByReference plan, sepflow_error error);

        int sepflow_plan_from_text(String text, sepflow_options options, PointerByReference plan, sepflow_error error);

        void sepflow_plan_retain(Pointer plan);

        void sepflow_plan_free(Pointer plan);

        int sepflow_plan_query(Pointer plan, sepflow_plan_info info);

        int sepflow_process_plan(Pointer plan, sepflow_process call, sepflow_error error);
    }

    static final Functions functions =
        Native.load("libsepflow.so.0", Functions.class, Map.of(Library.OPTION_STRING_ENCODING, "UTF-8"));

    /** Returns the size of every struct and the offset of every field: "sepflow_rect.x 0". */
    static List<String> layout() {
        List<String> lines = new ArrayList<>();
        for (Struct struct : new Struct[] {new sepflow_error(), new sepflow_rect(), new sepflow_image(),
            new sepflow_options(), new sepflow_process(), new sepflow_plan_info()}) {
            lines.addAll(struct.places());
        }
        return lines;
    }
}
