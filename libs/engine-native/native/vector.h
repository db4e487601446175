#pragma once

#include <cstdint>
#include <cstring>

/** Eight float32 lanes; the compiler splits them where registers are shorter. */
typedef float Floats __attribute__((vector_size(32)));
typedef std::int32_t Words __attribute__((vector_size(32)));
constexpr std::int64_t kLanes = 8;

inline Floats load(const float* from) {
  Floats x;
  std::memcpy(&x, from, sizeof x);
  return x;
}

inline void store(float* to, Floats x) { std::memcpy(to, &x, sizeof x); }

inline Floats splat(float x) { return Floats{x, x, x, x, x, x, x, x}; }

/**
 * e^x to 2 units in the last place: x = n ln 2 + r, a polynomial of r (Cephes, expf), times 2^n in two factors, so that it overflows
 * and vanishes where float32 does. NaN stays NaN.
 */
inline Floats exponential(Floats x) {
  x = x > 100.0f ? splat(100.0f) : x;
  x = x < -110.0f ? splat(-110.0f) : x;
  const Floats round = splat(12582912.0f);
  const Floats n = (x * 1.44269504f + round) - round;
  const Floats r = x - n * 0.693359375f - n * -2.12194440e-4f;
  Floats y = splat(1.9875691500e-4f);
  y = y * r + 1.3981999507e-3f;
  y = y * r + 8.3334519073e-3f;
  y = y * r + 4.1665795894e-2f;
  y = y * r + 1.6666665459e-1f;
  y = y * r + 5.0000001201e-1f;
  y = y * r * r + r + 1.0f;
  const Words whole = __builtin_convertvector(n, Words), half = whole >> 1;
  return y * (Floats)((half + 127) << 23) * (Floats)((whole - half + 127) << 23);
}

inline Floats sigmoid(Floats x) { return 1.0f / (1.0f + exponential(-x)); }
