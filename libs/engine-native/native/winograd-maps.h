#pragma once

#include "vector.h"

/**
 * The linear maps of F(4 x 4, 3 x 3) along one axis, eight channels at a time: y = A^T [(G w) . (B^T x)] gives 4 outputs of a filter of
 * 3 taps over 6 numbers. Cook and Toom's construction (Lavin & Gray 2016, arXiv 1509.09308; Blahut 2010, section 5.2) at the points
 * 0, ±r, ±1/r and infinity, r = sqrt(1/2). Lavin & Gray's points, 0, ±1 and ±2, lose five times as many digits.
 *
 *         | 1    0  -5/2   0   1  0 |        |  1       0      0  |
 *         | 0  -2r   -2    r   1  0 |        |-2/3  -2r/3   -1/3  |            | 1  1    1    1    1   0 |
 *   B^T = | 0   2r   -2   -r   1  0 |    G = |-2/3   2r/3   -1/3  |    A^T  =  | 0  r   -r   2r  -2r   0 |
 *         | 0   -r  -1/2  2r   1  0 |        | 1/6   r/3     1/3  |            | 0 1/2  1/2   2    2   0 |
 *         | 0    r  -1/2 -2r   1  0 |        | 1/6  -r/3     1/3  |            | 0 r/2 -r/2  4r  -4r   1 |
 *         | 0    1    0  -5/2  0  1 |        |  0       0      1  |
 */
namespace winograd_maps {

/** sqrt(1/2), the points' unit. */
constexpr float r = 0.70710678f;

/** Component `index` of B^T x. */
template <int index>
inline Floats inputComponent(const Floats (&x)[6]) {
  if (index == 0) return x[0] - 2.5f * x[2] + x[4];
  if (index == 5) return x[1] - 2.5f * x[3] + x[5];
  constexpr float inner = index < 3 ? 2.0f : 0.5f, outer = index < 3 ? r : 2 * r;
  const Floats even = x[4] - inner * x[2], odd = outer * (x[3] - inner * x[1]);
  return index % 2 ? even + odd : even - odd;
}

/** B^T x. */
inline void mapInput(const Floats (&x)[6], Floats (&v)[6]) {
  v[0] = inputComponent<0>(x);
  v[1] = inputComponent<1>(x);
  v[2] = inputComponent<2>(x);
  v[3] = inputComponent<3>(x);
  v[4] = inputComponent<4>(x);
  v[5] = inputComponent<5>(x);
}

/** A^T m. */
inline void mapOutput(const Floats (&m)[6], Floats (&y)[4]) {
  const Floats nearSum = m[1] + m[2], nearDifference = m[1] - m[2], farSum = m[3] + m[4], farDifference = m[3] - m[4];
  y[0] = m[0] + (nearSum + farSum);
  y[1] = r * (nearDifference + 2.0f * farDifference);
  y[2] = 0.5f * nearSum + 2.0f * farSum;
  y[3] = m[5] + 0.5f * r * nearDifference + 4 * r * farDifference;
}

/** G w. */
inline void mapFilter(const Floats (&w)[3], Floats (&u)[6]) {
  const Floats nearEven = w[0] + 0.5f * w[2], farEven = w[0] + 2.0f * w[2], odd = r * w[1];
  u[0] = w[0];
  u[1] = (-2.0f / 3) * (nearEven + odd);
  u[2] = (-2.0f / 3) * (nearEven - odd);
  u[3] = (1.0f / 6) * (farEven + 2.0f * odd);
  u[4] = (1.0f / 6) * (farEven - 2.0f * odd);
  u[5] = w[2];
}

/** Component `index` of A y. */
template <int index>
inline Floats slopeComponent(const Floats (&y)[4]) {
  if (index == 0) return y[0];
  if (index == 5) return y[3];
  constexpr float inner = index < 3 ? 0.5f : 2.0f, outer = index < 3 ? r : 2 * r;
  const Floats even = y[0] + inner * y[2], odd = outer * (y[1] + inner * y[3]);
  return index % 2 ? even + odd : even - odd;
}

/** A y. */
inline void mapSlope(const Floats (&y)[4], Floats (&w)[6]) {
  w[0] = slopeComponent<0>(y);
  w[1] = slopeComponent<1>(y);
  w[2] = slopeComponent<2>(y);
  w[3] = slopeComponent<3>(y);
  w[4] = slopeComponent<4>(y);
  w[5] = slopeComponent<5>(y);
}

/** G^T s. */
inline void mapSums(const Floats (&s)[6], Floats (&w)[3]) {
  const Floats nearSum = s[1] + s[2], farSum = s[3] + s[4];
  w[0] = s[0] - (2.0f / 3) * nearSum + (1.0f / 6) * farSum;
  w[1] = r * ((1.0f / 3) * (s[3] - s[4]) - (2.0f / 3) * (s[1] - s[2]));
  w[2] = s[5] - (1.0f / 3) * nearSum + (1.0f / 3) * farSum;
}

}  // namespace winograd_maps
