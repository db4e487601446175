#include "norm.h"

#include <algorithm>
#include <cmath>

#include "engine.h"
#include "kernels.h"

using namespace norm;

namespace {

/** sums = over pixels, of x or, with a centre, of (x - centre)^2. */
template <bool squared>
void channelSums(const Shape& s, const float* x, const float* __restrict centre, Work& work) {
  float* __restrict run = work.run.data();
  double* __restrict sums = work.sums.data();
  std::fill(work.sums.begin(), work.sums.end(), 0.0);
  for (std::int64_t p = 0; p < s.pixels; p += kRun) {
    std::fill(work.run.begin(), work.run.end(), 0.0f);
    for (const float* end = x + std::min(kRun, s.pixels - p) * s.channels; x < end; x += s.channels) {
      for (std::int64_t c = 0; c < s.channels; c++) {
        const float value = squared ? x[c] - centre[c] : x[c];
        run[c] += squared ? value * value : value;
      }
    }
    for (std::int64_t c = 0; c < s.channels; c++) sums[c] += run[c];
  }
}

double groupSum(const Shape& s, const std::vector<double>& sums, std::int64_t group) {
  double sum = 0;
  for (std::int64_t c = group * s.width(); c < (group + 1) * s.width(); c++) sum += sums[static_cast<std::size_t>(c)];
  return sum;
}

/** y = u or u sigmoid(u), u = x factor + shift. */
template <bool silu>
void apply(const Shape& s, const float* x, float* y, const Work& work) {
  for (const float* end = x + s.image(); x < end; x += s.channels, y += s.channels) {
    overLanes(s.channels, [&](std::int64_t c, std::int64_t count) {
      const Floats u = loadSome(x + c, count) * loadSome(work.factors.data() + c, count) + loadSome(work.shifts.data() + c, count);
      storeSome(y + c, silu ? u / (1.0f + exponential(-u)) : u, count);
    });
  }
}

void statistics(const Shape& s, const float* x, float* stats, double eps, Work& work) {
  const double count = static_cast<double>(s.pixels * s.width());
  channelSums<false>(s, x, nullptr, work);
  for (std::int64_t c = 0; c < s.channels; c++) {
    if (c % s.width() == 0) stats[c / s.width() * 2] = static_cast<float>(groupSum(s, work.sums, c / s.width()) / count);
    work.factors[static_cast<std::size_t>(c)] = stats[c / s.width() * 2];
  }
  channelSums<true>(s, x, work.factors.data(), work);
  for (std::int64_t g = 0; g < s.groups; g++) stats[2 * g + 1] = static_cast<float>(1 / std::sqrt(groupSum(s, work.sums, g) / count + eps));
}

}  // namespace

/** x, scale, bias, y, stats, pixels, channels, groups, eps, silu, one that is not used; items are images. */
void groupNormSilu(Call& call) {
  const std::int64_t x = call.integer(), scale = call.integer(), bias = call.integer(), y = call.integer(), stats = call.integer();
  Shape s = shapeOf(call);
  const double eps = call.number();
  const bool silu = call.integer() != 0;
  call.skip(1);
  s.images = call.integer();
  const float* from = call.at(x, s.images * s.image());
  float *to = call.at(y, s.images * s.image()), *statsTo = call.at(stats, s.images * s.groups * 2);
  const Parameters parameters{call.at(scale, s.channels), call.at(bias, s.channels)};
  inPieces(*call.engine().pool, s.images, kGrain / std::max<std::int64_t>(s.image(), 1), [&](std::int64_t first, std::int64_t last) {
    Work work(s.channels);
    for (std::int64_t n = first; n < last; n++) {
      float* own = statsTo + n * s.groups * 2;
      statistics(s, from + n * s.image(), own, eps, work);
      factorsFrom(s, own, parameters, work);
      (silu ? apply<true> : apply<false>)(s, from + n * s.image(), to + n * s.image(), work);
    }
  });
}
