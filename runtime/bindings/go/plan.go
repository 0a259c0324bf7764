// Package sepflow convolves images with any 2-D kernel by a few 1-D passes: the functions of
// libsepflow over slices.
//
//	plan, err := sepflow.FromText[uint8, uint8]("gaussian 3", sepflow.Options{Channels: 3})
//	from, err := sepflow.Dense(photo, width, height, 3)
//	to, err := sepflow.Dense(result, width, height, 3)
//	err = plan.Apply(from, to, 0)
//
// A plan's pixel types are its type arguments. Images are checked to lie within their slices.
// Structs and constants come from sepflow.h through cgo.
package sepflow

/*
#cgo pkg-config: sepflow
#include <stdlib.h>
#include <sepflow/sepflow.h>

// Takes pixels as arguments, since Go may not pass them to C within a struct.
static sepflow_status apply(const sepflow_plan *plan, sepflow_image in, void *in_data,
                            sepflow_image out, void *out_data, int32_t max_threads,
                            sepflow_error *error) {
    in.data = in_data;
    out.data = out_data;
    return sepflow_apply(plan, &in, &out, NULL, max_threads, error);
}

static sepflow_status apply_masked(const sepflow_plan *plan, sepflow_image in, void *in_data,
                                   sepflow_image mask, void *mask_data, sepflow_image out,
                                   void *out_data, int32_t max_threads, sepflow_error *error) {
    in.data = in_data;
    mask.data = mask_data;
    out.data = out_data;
    const sepflow_image inputs[] = {in, mask};
    const sepflow_process process = {.struct_size = sizeof process,
                                     .input_count = 2,
                                     .output_count = 1,
                                     .inputs = inputs,
                                     .outputs = &out,
                                     .region = out.bounds,
                                     .max_threads = max_threads};
    return sepflow_process_plan(plan, &process, error);
}
*/
import "C"

import (
	"fmt"
	"math"
	"runtime"
	"strings"
	"unsafe"
)

// Error is a failure of a function of the library.
type Error struct {
	Code    int
	Message string
}

func (e *Error) Error() string { return e.Message }

// Error codes.
const (
	Invalid = int(C.SEPFLOW_E_INVALID)
	Format  = int(C.SEPFLOW_E_FORMAT)
	Param   = int(C.SEPFLOW_E_PARAM)
	Memory  = int(C.SEPFLOW_E_MEMORY)
)

// Borders, extents, methods, schedules, and treatments of missing pixels.
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

	AutoSchedule = int32(C.SEPFLOW_SCHEDULE_AUTO)
	Plain        = int32(C.SEPFLOW_SCHEDULE_PLAIN)
	Transposed   = int32(C.SEPFLOW_SCHEDULE_TRANSPOSED)

	Propagate = int32(C.SEPFLOW_MISSING_PROPAGATE)
	Ignore    = int32(C.SEPFLOW_MISSING_IGNORE)
	Fill      = int32(C.SEPFLOW_MISSING_FILL)
)

// Options of a plan. The zero value of a field is its default, as in C: one channel, scale 1, as
// many pairs of passes (Rank) as the tolerance needs. Anchor is the column and row of the kernel
// that lie on the result's pixel.
type Options struct {
	Channels         int
	BorderX, BorderY int32
	BorderValue      float64
	Extent, Method   int32
	Schedule         int32
	Convolve         bool
	Strict           bool // same bytes of float images on every instruction set
	Anchor           *[2]int
	Tolerance        float64
	Rank             int
	Scale, Delta     float64
	Missing          int32   // NaN and pixels whose mask is 0: Propagate, Ignore or Fill
	MissingValue     float64 // value that Fill fills in, and result of Ignore where no pixel is left
	KeepMissing      bool    // set results to MissingValue where their own pixel is missing
	Variant          string  // instruction set, such as "avx2"
	NoFiles          bool    // refuse kernel text "file NAME", for untrusted text
}

// Plan is a factored kernel. Any number of goroutines may apply one at once.
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

// of fills the C struct, which points to the caller's variant.
func (o Options) of(in, out C.sepflow_type, variant *C.char) (C.sepflow_options, error) {
	var c C.sepflow_options
	c.struct_size = C.uint32_t(unsafe.Sizeof(c))
	if err := check32("Channels", o.Channels); err != nil {
		return c, err
	}
	if err := check32("Rank", o.Rank); err != nil {
		return c, err
	}
	c.in_type, c.out_type, c.channels = in, out, C.int32_t(o.Channels)
	c.border_x, c.border_y, c.border_value = C.int32_t(o.BorderX), C.int32_t(o.BorderY), C.double(o.BorderValue)
	c.extent, c.method, c.rank = C.int32_t(o.Extent), C.int32_t(o.Method), C.int32_t(o.Rank)
	c.tolerance, c.scale, c.delta = C.double(o.Tolerance), C.double(o.Scale), C.double(o.Delta)
	c.schedule, c.missing, c.missing_value = C.int32_t(o.Schedule), C.int32_t(o.Missing), C.double(o.MissingValue)
	c.variant = variant
	if o.Convolve {
		c.flags |= C.SEPFLOW_OPTION_CONVOLVE
	}
	if o.KeepMissing {
		c.flags |= C.SEPFLOW_OPTION_KEEP_MISSING
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
	return c, nil
}

// check32 refuses numbers that C would cut to 32 bits.
func check32(name string, number int) error {
	if number < 0 || number > math.MaxInt32 {
		return &Error{Param, fmt.Sprintf("%s must lie in 0 .. %d, not be %d", name, math.MaxInt32, number)}
	}
	return nil
}

// cText copies text for C; the caller frees it. It refuses a NUL, where C would stop reading.
func cText(name, text string) (*C.char, error) {
	if strings.IndexByte(text, 0) >= 0 {
		return nil, &Error{Param, name + " holds a NUL character"}
	}
	return C.CString(text), nil
}

func newPlan[In, Out Pixel](o Options, create maker) (*Plan[In, Out], error) {
	variant, err := cText("Variant", o.Variant)
	if err != nil {
		return nil, err
	}
	defer C.free(unsafe.Pointer(variant))
	options, err := o.of(typeOf[In](), typeOf[Out](), variant)
	if err != nil {
		return nil, err
	}
	record := newRecord()
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
	text, err := cText("the kernel's text", kernel)
	if err != nil {
		return nil, err
	}
	defer C.free(unsafe.Pointer(text))
	return newPlan[In, Out](o, func(c *C.sepflow_options, p **C.sepflow_plan, e *C.sepflow_error) C.sepflow_status {
		return C.sepflow_plan_from_text(text, c, p, e)
	})
}

// FromMatrix makes a plan from taps, row by row.
func FromMatrix[In, Out Pixel](taps []float64, columns int, o Options) (*Plan[In, Out], error) {
	if columns < 1 || len(taps) == 0 || len(taps)%columns != 0 {
		return nil, &Error{Invalid, "the number of taps must be a multiple of columns"}
	}
	n := C.int64_t(columns)
	return newPlan[In, Out](o, func(c *C.sepflow_options, p **C.sepflow_plan, e *C.sepflow_error) C.sepflow_status {
		return C.sepflow_plan_create((*C.double)(&taps[0]), C.int64_t(len(taps))/n, n, n, c, p, e)
	})
}

// FromVectors makes a plan for the kernel column * row^T.
func FromVectors[In, Out Pixel](column, row []float64, o Options) (*Plan[In, Out], error) {
	if len(column) == 0 || len(row) == 0 {
		return nil, &Error{Invalid, "column and row must each have at least one tap"}
	}
	return newPlan[In, Out](o, func(c *C.sepflow_options, p **C.sepflow_plan, e *C.sepflow_error) C.sepflow_status {
		return C.sepflow_plan_from_vectors((*C.double)(&column[0]), C.int64_t(len(column)),
			(*C.double)(&row[0]), C.int64_t(len(row)), c, p, e)
	})
}

// Apply filters in into out. maxThreads: 1 runs on the calling thread, 0 on one per CPU.
func (p *Plan[In, Out]) Apply(in Image[In], out Image[Out], maxThreads int) error {
	if err := check32("maxThreads", maxThreads); err != nil {
		return err
	}
	record := newRecord()
	status := C.apply(p.plan, in.image, in.data(), out.image, out.data(), C.int32_t(maxThreads), &record)
	runtime.KeepAlive(p)
	return newError(status, &record)
}

// ApplyMasked filters with a mask or weights, which have one channel or as many as the image. The
// plan needs Options.Missing. Integers are parts of their largest value, so 255 is a valid pixel in
// uint8.
func ApplyMasked[In, Weight, Out Pixel](p *Plan[In, Out], in Image[In], mask Image[Weight], out Image[Out],
	maxThreads int) error {
	if err := check32("maxThreads", maxThreads); err != nil {
		return err
	}
	record := newRecord()
	status := C.apply_masked(p.plan, in.image, in.data(), mask.image, mask.data(), out.image, out.data(),
		C.int32_t(maxThreads), &record)
	runtime.KeepAlive(p)
	return newError(status, &record)
}

// Halo returns how far a pixel of the result reads: left, right, top, bottom.
func (p *Plan[In, Out]) Halo() [4]int {
	info := C.sepflow_plan_info{struct_size: C.uint32_t(unsafe.Sizeof(C.sepflow_plan_info{}))}
	C.sepflow_plan_query(p.plan, &info)
	runtime.KeepAlive(p)
	return [4]int{int(info.left), int(info.right), int(info.top), int(info.bottom)}
}

// Version returns the version of the loaded library.
func Version() string { return C.GoString(C.sepflow_version()) }
