// The Go binding with an installed library, against a brute-force sum.
package binding_test

import (
	"math"
	"runtime"
	"strings"
	"sync"
	"testing"

	"sepflow.org/sepflow"
)

const w, h, c, p, q = 67, 43, 3, 3, 5

var taps = []float64{1, 2, -3, 4, 5, 0, -1, 7, 2, 2, 3, -5, 1, 1, 4}

func mirrored(i, n int) int {
	if i < 0 {
		return -i
	}
	if i >= n {
		return 2*n - 2 - i
	}
	return i
}

// Interleaved, reflect101, correlation.
func sum[T sepflow.Pixel](in []T, x, y, channel int) (result float64) {
	for j := 0; j < p; j++ {
		for i := 0; i < q; i++ {
			at := (mirrored(y+j-p/2, h)*w+mirrored(x+i-q/2, w))*c + channel
			result += taps[j*q+i] * float64(in[at])
		}
	}
	return
}

func check[In, Out sepflow.Pixel](t *testing.T, most float64) {
	in, planes := make([]In, w*h*c), make([]In, w*h*c)
	for i := range in {
		in[i] = In(i * 7919 % 251)
		planes[i%c*w*h+i/c] = in[i]
	}
	out, upsideDown := make([]Out, w*h*c), make([]Out, w*h*c)
	plan, err := sepflow.FromMatrix[In, Out](taps, q, sepflow.Options{Channels: c})
	if err != nil {
		t.Fatal(err)
	}
	// Two goroutines: one from interleaved pixels, the other from planes and bottom-up.
	var both sync.WaitGroup
	both.Add(2)
	go func() {
		defer both.Done()
		from, _ := sepflow.Dense(in, w, h, c)
		to, _ := sepflow.Dense(out, w, h, c)
		if err := plan.Apply(from, to, 0); err != nil {
			t.Error(err)
		}
	}()
	go func() {
		defer both.Done()
		from, _ := sepflow.Strided(planes, w, h, c, sepflow.Strides{First: 0, X: 1, Y: w, C: w * h})
		to, _ := sepflow.Strided(upsideDown, w, h, c, sepflow.Strides{First: (h - 1) * w * c, X: c, Y: -w * c, C: 1})
		if err := plan.Apply(from, to, 1); err != nil {
			t.Error(err)
		}
	}()
	runtime.GC()
	both.Wait()
	for i, got := range out {
		x, y, channel := i/c%w, i/c/w, i%c
		if wanted := sum(in, x, y, channel); math.Abs(float64(got)-wanted) > most {
			t.Fatalf("(%d, %d, %d): %v for %v", x, y, channel, got, wanted)
		}
		if got != upsideDown[((h-1-y)*w+x)*c+channel] {
			t.Fatal("strides")
		}
	}
}

func TestSums(t *testing.T) {
	check[float64, float64](t, 1e-9)
	check[float32, float32](t, 2e-2)
	check[uint8, int16](t, 0.5)
}

func TestOptionsArrive(t *testing.T) {
	plan, err := sepflow.FromVectors[float64, float64]([]float64{1. / 3, 1. / 3, 1. / 3}, []float64{.2, .2, .2, .2, .2},
		sepflow.Options{BorderX: sepflow.Constant, BorderY: sepflow.Constant, BorderValue: 9, Scale: 2, Delta: 1})
	if err != nil {
		t.Fatal(err)
	}
	nine, out := make([]float64, w*h), make([]float64, w*h)
	for i := range nine {
		nine[i] = 9
	}
	from, _ := sepflow.Dense(nine, w, h, 1)
	to, _ := sepflow.Dense(out, w, h, 1)
	if err := plan.Apply(from, to, 0); err != nil {
		t.Fatal(err)
	}
	for _, value := range out {
		if math.Abs(value-19) > 1e-12 {
			t.Fatal(value)
		}
	}
	if plan.Halo() != [4]int{2, 2, 1, 1} {
		t.Fatal(plan.Halo())
	}
}

// A ramp whose first 7 x 7 pixels are missing: a pixel without a valid neighbour is MissingValue,
// one with some their mean.
func checkMask[Weight sepflow.Pixel](t *testing.T, full Weight) {
	ramp, out, kept, mask := make([]float32, w*h), make([]float32, w*h), make([]float32, w*h), make([]Weight, w*h)
	for i := range ramp {
		ramp[i] = float32(i)
		if i%w >= 7 || i/w >= 7 {
			mask[i] = full
		}
	}
	for _, keep := range []bool{false, true} {
		plan, err := sepflow.FromText[float32, float32]("box 3", sepflow.Options{Missing: sepflow.Ignore,
			MissingValue: -5, KeepMissing: keep, Schedule: sepflow.Plain})
		if err != nil {
			t.Fatal(err)
		}
		to := out
		if keep {
			to = kept
		}
		image, _ := sepflow.Dense(ramp, w, h, 1)
		weights, _ := sepflow.Dense(mask, w, h, 1)
		result, _ := sepflow.Dense(to, w, h, 1)
		if err := sepflow.ApplyMasked(plan, image, weights, result, 0); err != nil {
			t.Fatal(err)
		}
	}
	if out[3*w+3] != -5 || kept[3*w+6] != -5 || math.Abs(float64(out[3*w+6])-(3*w+7)) > 1e-3 {
		t.Fatal(out[3*w+3], kept[3*w+6], out[3*w+6])
	}
}

func TestMissingPixels(t *testing.T) {
	checkMask[uint8](t, 255)
	checkMask[sepflow.Half](t, 0x3c00)
	checkMask[float64](t, 1)
}

func TestWhatIsRefused(t *testing.T) {
	for part, options := range map[string]sepflow.Options{
		"scale is not a finite": {Scale: math.NaN()},
		"tolerance":             {Tolerance: -1},
		"Channels":              {Channels: -1},
		"Channels must lie":     {Channels: 1 << 32},
		"Rank":                  {Rank: -1},
		"Rank must lie":         {Rank: 1<<32 + 1},
		"border_x":              {BorderX: 9},
		"schedule":              {Schedule: 3},
		"missing":               {Missing: 3},
		"KEEP_MISSING":          {KeepMissing: true},
		"missing_value":         {Missing: sepflow.Fill, MissingValue: math.Inf(1)},
		"unknown variant":       {Variant: "mmx"},
		"Variant holds":         {Variant: "avx2\x00"},
	} {
		_, err := sepflow.FromText[uint8, uint8]("box 3", options)
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Error(part, err)
		}
	}
	if _, err := sepflow.FromText[uint8, uint8]("box 3\x00 5", sepflow.Options{}); err == nil {
		t.Error("text that C would cut")
	}
	plan, _ := sepflow.FromText[uint8, uint8]("box 3", sepflow.Options{})
	from, _ := sepflow.Dense(make([]uint8, w*h), w, h, 1)
	to, _ := sepflow.Dense(make([]uint8, w*h), w, h, 1)
	for _, threads := range []int{-1, 1 << 32} {
		if err := plan.Apply(from, to, threads); err == nil || !strings.Contains(err.Error(), "maxThreads") {
			t.Error(threads, err)
		}
	}
	if err := sepflow.ApplyMasked(plan, from, to, to, 1); err == nil {
		t.Error("a mask without Missing")
	}
}

func TestErrors(t *testing.T) {
	_, err := sepflow.FromText[uint8, uint8]("bocks 3", sepflow.Options{})
	said, ok := err.(*sepflow.Error)
	if !ok || said.Code != sepflow.Param || !strings.Contains(said.Message, "bocks") {
		t.Fatal(err)
	}
	_, err = sepflow.FromText[uint8, uint8]("file k.csv", sepflow.Options{NoFiles: true})
	if err == nil || !strings.Contains(err.Error(), "not allowed") {
		t.Fatal(err)
	}
	if _, err := sepflow.Dense(make([]uint8, w*h), w+1, h, 1); err == nil {
		t.Fatal("an image past its slice")
	}
	if _, err := sepflow.FromMatrix[uint8, uint8](taps, 4, sepflow.Options{}); err == nil {
		t.Fatal("a ragged matrix")
	}
}
