// Load pass: samples(x, y) = pixels(x, y) in the type that the passes work on, for rows of pixels
// that lie dense in memory. In fixed point (u8 to s16): (pixels - 128) * 2^8.
#include <Halide.h>

namespace {

using namespace Halide;

class LoadPass : public Generator<LoadPass> {
  public:
    Input<Buffer<>> pixels{"pixels", 2};
    Output<Buffer<>> samples{"samples", 2};

    void generate() {
        const Type type = samples.type();
        const Expr sample = cast(type, pixels(x, y));
        samples(x, y) = type.is_float() ? sample : (sample - 128) << 8;
        samples.vectorize(x, natural_vector_size(type));
    }

  private:
    Var x{"x"}, y{"y"};
};

}  // namespace

HALIDE_REGISTER_GENERATOR(LoadPass, load_pass)
