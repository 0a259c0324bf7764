package sepflow

// #include <sepflow/sepflow.h>
import "C"

import (
	"math"
	"unsafe"
)

// Half is an IEEE 754 half-precision float, as its bits.
type Half uint16

// Pixel is the constraint of pixel types.
type Pixel interface {
	uint8 | uint16 | int16 | Half | float32 | float64
}

func typeOf[T Pixel]() C.sepflow_type {
	var zero T
	switch any(zero).(type) {
	case uint8:
		return C.SEPFLOW_U8
	case uint16:
		return C.SEPFLOW_U16
	case int16:
		return C.SEPFLOW_S16
	case Half:
		return C.SEPFLOW_F16
	case float32:
		return C.SEPFLOW_F32
	default:
		return C.SEPFLOW_F64
	}
}

// Image is a view of pixels in a slice.
type Image[T Pixel] struct {
	pixels []T
	first  int
	image  C.sepflow_image
}

// Strides count elements and may be negative. First is the index of channel 0 of the first pixel.
type Strides struct{ First, X, Y, C int }

// Dense returns an image without padding, with interleaved channels.
func Dense[T Pixel](pixels []T, width, height, channels int) (Image[T], error) {
	return Strided(pixels, width, height, channels, Strides{0, channels, width * channels, 1})
}

// Strided returns an image of any strides.
func Strided[T Pixel](pixels []T, width, height, channels int, s Strides) (Image[T], error) {
	least, most := s.First, s.First
	for _, axis := range [3][2]int{{width, s.X}, {height, s.Y}, {channels, s.C}} {
		if reach := (axis[0] - 1) * axis[1]; reach < 0 {
			least += reach
		} else {
			most += reach
		}
	}
	if width < 1 || height < 1 || channels < 1 || channels > math.MaxInt32 || least < 0 || most >= len(pixels) {
		return Image[T]{}, &Error{Invalid, "the image does not lie within its slice"}
	}
	var zero T
	size := C.int64_t(unsafe.Sizeof(zero))
	image := C.sepflow_image{channels: C.int32_t(channels)}
	image.struct_size = C.uint32_t(unsafe.Sizeof(image))
	image._type = typeOf[T]()
	image.bounds.w, image.bounds.h = C.int64_t(width), C.int64_t(height)
	image.stride_x, image.stride_y = C.int64_t(s.X)*size, C.int64_t(s.Y)*size
	image.stride_c = C.int64_t(s.C) * size
	return Image[T]{pixels, s.First, image}, nil
}

func (i Image[T]) data() unsafe.Pointer { return unsafe.Pointer(&i.pixels[i.first]) }
