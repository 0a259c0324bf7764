// Package sepflow convolves images with any 2-D kernel, by a few 1-D passes: libsepflow's functions, over slices.
//
//	plan, err := sepflow.FromText[uint8, uint8]("gaussian 3", sepflow.Options{Channels: 3})
//	from, err := sepflow.Dense(photo, width, height, 3)
//	to, err := sepflow.Dense(result, width, height, 3)
//	err = plan.Apply(from, to, 0)
//
// A plan's pixel types are its type arguments. Images are checked to lie within their slices. Structs and constants are
// those of sepflow.h, which cgo reads.
package sepflow

/*
#cgo pkg-config: sepflow
#include <stdlib.h>
#include <sepflow/sepflow.h>

// Go's pixels may be handed to C only as arguments, not within a struct.
static sepflow_status apply(const sepflow_plan *plan, sepflow_image in, void *in_data, sepflow_image out,
                            void *out_data, int32_t max_threads, sepflow_error *error) {
    in.data = in_data;
    out.data = out_data;
    return sepflow_apply(plan, &in, &out, NULL, max_threads, error);
}
*/
import "C"

import (
	"runtime"
	"unsafe"
)

// Error is what a function of the library complains of.
type Error struct {
	Code    int
	Message string
}

func (e *Error) Error() string { return e.Message }

// Codes of errors.
const (
	Invalid = int(C.SEPFLOW_E_INVALID)
	Format  = int(C.SEPFLOW_E_FORMAT)
	Param   = int(C.SEPFLOW_E_PARAM)
	Memory  = int(C.SEPFLOW_E_MEMORY)
)

// What lies outside the image; which pixels the result has; how the sum is taken.
const (
	Reflect101 = int32(C.SEPFLOW_BORDER_REFLECT101)
	Reflect    = int32(C.SEPFLOW_BORDER_REFLECT)
	Replicate  = int32(C.SEPFLOW_BORDER_REPLICATE)
	Wrap       = int32(C.SEPFLOW_BORDER_WRAP)
	Constant   = int32(C.SEPFLOW_BORDER_CONSTANT)
	Truncate   = int32(C.SEPFLOW_BORDER_TRUNCATE)

	Same  = int32(C.SEPFLOW_EXTENT_SAME)
	Valid = int32(C.SEPFLOW_EXTENT_VALID)
	Full  = int32(C.SEPFLOW_EXTENT_FULL)

	Auto      = int32(C.SEPFLOW_METHOD_AUTO)
	Separable = int32(C.SEPFLOW_METHOD_SEPARABLE)
	Direct    = int32(C.SEPFLOW_METHOD_DIRECT)
	FFT       = int32(C.SEPFLOW_METHOD_FFT)
)

// Options of a plan; the zero value is sound. Anchor: column and row of the kernel that lie on the result's pixel.
type Options struct {
	Channels         int
	BorderX, BorderY int32
	BorderValue      float64
	Extent, Method   int32
	Convolve         bool
	Strict           bool // float images, too, come out as the same bytes on every instruction set
	Anchor           *[2]int
	Tolerance        float64
	Rank             int
	Scale, Delta     float64
	NoFiles          bool // for text of somebody who is not trusted: "file NAME" is refused
}

// Plan is a kernel, factored. Any number of goroutines may apply one.
type Plan[In, Out Pixel] struct{ plan *C.sepflow_plan }

type maker func(*C.sepflow_options, **C.sepflow_plan, *C.sepflow_error) C.sepflow_status

func newError(status C.sepflow_status, record *C.sepflow_error) error {
	if status == C.SEPFLOW_OK {
		return nil
	}
	return &Error{int(status), C.GoString(&record.message[0])}
}

func newRecord() C.sepflow_error {
	return C.sepflow_error{struct_size: C.uint32_t(unsafe.Sizeof(C.sepflow_error{}))}
}

func (o Options) of(in, out C.sepflow_type) C.sepflow_options {
	var c C.sepflow_options
	c.struct_size = C.uint32_t(unsafe.Sizeof(c))
	c.in_type, c.out_type, c.channels = in, out, C.int32_t(o.Channels)
	c.border_x, c.border_y, c.border_value = C.int32_t(o.BorderX), C.int32_t(o.BorderY), C.double(o.BorderValue)
	c.extent, c.method, c.rank = C.int32_t(o.Extent), C.int32_t(o.Method), C.int32_t(o.Rank)
	c.tolerance, c.scale, c.delta = C.double(o.Tolerance), C.double(o.Scale), C.double(o.Delta)
	if o.Convolve {
		c.flags |= C.SEPFLOW_OPTION_CONVOLVE
	}
	if o.NoFiles {
		c.flags |= C.SEPFLOW_OPTION_NO_FILES
	}
	if o.Strict {
		c.flags |= C.SEPFLOW_OPTION_STRICT
	}
	if o.Anchor != nil {
		c.flags |= C.SEPFLOW_OPTION_ANCHOR
		c.anchor_x, c.anchor_y = C.int64_t(o.Anchor[0]), C.int64_t(o.Anchor[1])
	}
	return c
}

func newPlan[In, Out Pixel](o Options, create maker) (*Plan[In, Out], error) {
	options, record := o.of(typeOf[In](), typeOf[Out]()), newRecord()
	var made *C.sepflow_plan
	if err := newError(create(&options, &made, &record), &record); err != nil {
		return nil, err
	}
	plan := &Plan[In, Out]{made}
	runtime.SetFinalizer(plan, func(p *Plan[In, Out]) { C.sepflow_plan_free(p.plan) })
	return plan, nil
}

// FromText makes a plan from kernel text such as "gaussian 3".
func FromText[In, Out Pixel](kernel string, o Options) (*Plan[In, Out], error) {
	text := C.CString(kernel)
	defer C.free(unsafe.Pointer(text))
	return newPlan[In, Out](o, func(c *C.sepflow_options, p **C.sepflow_plan, e *C.sepflow_error) C.sepflow_status {
		return C.sepflow_plan_from_text(text, c, p, e)
	})
}

// FromMatrix makes a plan from taps, row by row.
func FromMatrix[In, Out Pixel](taps []float64, columns int, o Options) (*Plan[In, Out], error) {
	if columns < 1 || len(taps) == 0 || len(taps)%columns != 0 {
		return nil, &Error{Invalid, "the taps do not fill their rows"}
	}
	n := C.int64_t(columns)
	return newPlan[In, Out](o, func(c *C.sepflow_options, p **C.sepflow_plan, e *C.sepflow_error) C.sepflow_status {
		return C.sepflow_plan_create((*C.double)(&taps[0]), C.int64_t(len(taps))/n, n, n, c, p, e)
	})
}

// FromVectors makes a plan of the kernel column * row^T.
func FromVectors[In, Out Pixel](column, row []float64, o Options) (*Plan[In, Out], error) {
	if len(column) == 0 || len(row) == 0 {
		return nil, &Error{Invalid, "a filter without taps"}
	}
	return newPlan[In, Out](o, func(c *C.sepflow_options, p **C.sepflow_plan, e *C.sepflow_error) C.sepflow_status {
		return C.sepflow_plan_from_vectors((*C.double)(&column[0]), C.int64_t(len(column)),
			(*C.double)(&row[0]), C.int64_t(len(row)), c, p, e)
	})
}

// Apply filters in into out. maxThreads: 1 serial, 0 one per CPU.
func (p *Plan[In, Out]) Apply(in Image[In], out Image[Out], maxThreads int) error {
	record := newRecord()
	status := C.apply(p.plan, in.image, in.data(), out.image, out.data(), C.int32_t(maxThreads), &record)
	runtime.KeepAlive(p)
	return newError(status, &record)
}

// Halo says how far a pixel of the result reads: left, right, top, bottom.
func (p *Plan[In, Out]) Halo() [4]int {
	info := C.sepflow_plan_info{struct_size: C.uint32_t(unsafe.Sizeof(C.sepflow_plan_info{}))}
	C.sepflow_plan_query(p.plan, &info)
	runtime.KeepAlive(p)
	return [4]int{int(info.left), int(info.right), int(info.top), int(info.bottom)}
}

// Version of the library that is loaded.
func Version() string { return C.GoString(C.sepflow_version()) }
