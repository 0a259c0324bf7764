package org.sepflow;

import com.sun.jna.Native;
import java.nio.Buffer;

/**
 * Image over a direct buffer, without a copy. It uses native byte order and counts from element 0,
 * whatever the buffer's position. The constructor checks that every pixel lies within the buffer.
 */
public final class Image {
    final PixelType type;
    final Buffer pixels;
    final Abi.sepflow_image image = new Abi.sepflow_image();

    /** Makes an image without padding, with interleaved channels. */
    public Image(PixelType type, Buffer pixels, int width, int height, int channels) {
        this(type, pixels, width, height, channels, 0, channels, (long) width * channels, 1);
    }

    /**
     * Makes an image of any strides. Strides count elements and may be negative. {@code first} is
     * the index of channel 0 of the first pixel.
     */
    public Image(PixelType type, Buffer pixels, int width, int height, int channels, long first, long strideX, long strideY,
        long strideC) {
        if (!type.isHeldBy(pixels)) throw new IllegalArgumentException("the buffer does not hold " + type);
        if (!pixels.isDirect()) throw new IllegalArgumentException("the buffer is not direct: ByteBuffer.allocateDirect");
        if (width < 1 || height < 1 || channels < 1) throw new IndexOutOfBoundsException("the image is empty");
        long least = first, most = first;
        for (long reach : new long[] {Math.multiplyExact(width - 1L, strideX), Math.multiplyExact(height - 1L, strideY),
            Math.multiplyExact(channels - 1L, strideC)}) {
            least = Math.addExact(least, Math.min(reach, 0));
            most = Math.addExact(most, Math.max(reach, 0));
        }
        if (least < 0 || most >= pixels.capacity())
            throw new IndexOutOfBoundsException("the image does not lie within its buffer");
        this.type = type;
        this.pixels = pixels;
        image.struct_size = image.size();
        image.type = type.code;
        image.channels = channels;
        image.data = Native.getDirectBufferPointer(pixels).share(first * type.bytes);
        image.bounds.w = width;
        image.bounds.h = height;
        image.stride_x = strideX * type.bytes;
        image.stride_y = strideY * type.bytes;
        image.stride_c = strideC * type.bytes;
        image.write();
        image.setAutoSynch(false);
    }
}
