package org.sepflow;

import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;

/** Types of pixels and the buffers that hold them. Shorts hold halves, as bits. */
public enum PixelType {
    U8(0x108, ByteBuffer.class),
    U16(0x110, ShortBuffer.class),
    S16(0x210, ShortBuffer.class),
    F16(0x310, ShortBuffer.class),
    F32(0x320, FloatBuffer.class),
    F64(0x340, DoubleBuffer.class);

    final int code;
    final int bytes;
    private final Class<? extends Buffer> buffer;

    PixelType(int code, Class<? extends Buffer> buffer) {
        this.code = code;
        this.bytes = (code & 0xff) / 8;
        this.buffer = buffer;
    }

    boolean isHeldBy(Buffer pixels) {
        return buffer.isInstance(pixels);
    }
}
