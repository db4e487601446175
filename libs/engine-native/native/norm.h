#pragma once

#include <string>
#include <vector>

#include "call.h"
#include "vector.h"

/**
 * Group normalisation, scale and bias a channel, then SiLU. x is [images][pixels][channels], scale and bias [channels],
 * stats [images][groups][2] = (mean, 1/std). Images are independent. Sums are taken a channel at a time in short float32 runs that are
 * added up in float64; groups are put together afterwards, so that a group may hold any number of channels.
 */
namespace norm {

/** Pixels whose float32 sum is taken before it is added to the float64 one. */
constexpr std::int64_t kRun = 16;
/** Numbers of a piece: small images go together. */
constexpr std::int64_t kGrain = 8192;

struct Shape {
  std::int64_t images, pixels, channels, groups;

  std::int64_t width() const { return channels / groups; }
  std::int64_t image() const { return pixels * channels; }
};

/** What a thread works with, one number a channel in each. */
struct Work {
  explicit Work(std::int64_t channels)
      : factors(static_cast<std::size_t>(channels)), shifts(factors), slopes(factors), run(factors), products(factors),
        sums(static_cast<std::size_t>(channels)), productSums(sums) {}
  std::vector<float> factors, shifts, slopes, run, products;
  std::vector<double> sums, productSums;
};

struct Parameters {
  const float *scale, *bias;
};

/** Calls `use(channel, count)` for runs of eight channels, then for what is left of them, one run a pixel. */
template <typename Use>
void overLanes(std::int64_t channels, const Use& use) {
  std::int64_t c = 0;
  for (; c + kLanes <= channels; c += kLanes) use(c, kLanes);
  if (c < channels) use(c, channels - c);
}

inline Floats loadSome(const float* from, std::int64_t count) {
  if (count == kLanes) return load(from);
  Floats x{};
  std::memcpy(&x, from, static_cast<std::size_t>(count) * sizeof(float));
  return x;
}

inline void storeSome(float* to, Floats x, std::int64_t count) {
  if (count == kLanes) store(to, x);
  else std::memcpy(to, &x, static_cast<std::size_t>(count) * sizeof(float));
}

/** u = x factor + shift is the normalised image, scaled and shifted. */
inline void factorsFrom(const Shape& s, const float* stats, const Parameters& parameters, Work& work) {
  for (std::int64_t c = 0; c < s.channels; c++) {
    const float *group = stats + c / s.width() * 2, factor = group[1] * parameters.scale[c];
    work.factors[static_cast<std::size_t>(c)] = factor;
    work.shifts[static_cast<std::size_t>(c)] = parameters.bias[c] - group[0] * factor;
  }
}

/** pixels, channels, groups. */
inline Shape shapeOf(Call& call) {
  Shape s{};
  for (std::int64_t* member : {&s.pixels, &s.channels, &s.groups}) *member = call.integer();
  if (s.groups < 1 || s.channels % s.groups != 0) throw std::invalid_argument(std::to_string(s.groups) + " groups do not divide " + std::to_string(s.channels) + " channels");
  return s;
}

}  // namespace norm
