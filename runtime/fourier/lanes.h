// As many doubles as a vector register of this instruction set holds, in the guise of one number:
// what is done to it is done to each of them, so kissfft, a template over its number type,
// transforms that number of lines at once.
#pragma once

#include <cstring>
#include <type_traits>

namespace sepflow {
namespace {  // of its own in every instruction set's object file

class Lanes {
  public:
#if defined(__AVX512F__)
    static constexpr int kCount = 8;
#elif defined(__AVX__)
    static constexpr int kCount = 4;
#else
    static constexpr int kCount = 2;
#endif

    Lanes() = default;
    Lanes(double value) {
        v_ = value - Vector{};
    }
    static Lanes load(const double *from) {
        Lanes lanes;
        std::memcpy(&lanes.v_, from, sizeof lanes.v_);
        return lanes;
    }
    void store(double *to) const {
        std::memcpy(to, &v_, sizeof v_);
    }

    // kissfft computes its twiddle factors in its number type by functions that are for doubles;
    // they are the same in all lanes.
    operator double() const {
        return v_[0];
    }

    Lanes &operator+=(const Lanes &b) {
        return v_ += b.v_, *this;
    }
    Lanes &operator-=(const Lanes &b) {
        return v_ -= b.v_, *this;
    }
    Lanes &operator*=(const Lanes &b) {
        return v_ *= b.v_, *this;
    }
    Lanes operator-() const {
        return Lanes(-v_);
    }
    friend Lanes operator+(Lanes a, const Lanes &b) {
        return a += b;
    }
    friend Lanes operator-(Lanes a, const Lanes &b) {
        return a -= b;
    }
    friend Lanes operator*(Lanes a, const Lanes &b) {
        return a *= b;
    }
    template <typename Number, typename = std::enable_if_t<std::is_arithmetic_v<Number>>>
    friend Lanes operator*(Number a, const Lanes &b) {
        return Lanes(static_cast<double>(a)) * b;
    }
    template <typename Number, typename = std::enable_if_t<std::is_arithmetic_v<Number>>>
    friend Lanes operator*(const Lanes &a, Number b) {
        return b * a;
    }

    // rows[i][j] becomes rows[j][i].
    static void transpose(Lanes (&rows)[kCount]) {
        double square[kCount][kCount];
        for (int i = 0; i < kCount; ++i) {
            for (int j = 0; j < kCount; ++j) square[j][i] = rows[i].v_[j];
        }
        std::memcpy(rows, square, sizeof square);
    }

  private:
    typedef double Vector __attribute__((vector_size(kCount * sizeof(double))));
    explicit Lanes(Vector v) : v_(v) {}

    Vector v_;
};

}  // namespace
}  // namespace sepflow
