#include "norm.h"

#include <algorithm>

#include "engine.h"
#include "kernels.h"

using namespace norm;

namespace {

/** du = dy times the slope at u, written to `du`; sums over pixels of du and of du x, a channel. */
template <bool silu>
void slopeAndSums(const Shape& s, const float* dy, const float* x, float* du, Work& work) {
  std::fill(work.sums.begin(), work.sums.end(), 0.0);
  std::fill(work.productSums.begin(), work.productSums.end(), 0.0);
  float *run = work.run.data(), *products = work.products.data();
  for (std::int64_t p = 0; p < s.pixels; p += kRun) {
    std::fill(work.run.begin(), work.run.end(), 0.0f);
    std::fill(work.products.begin(), work.products.end(), 0.0f);
    for (const float* end = x + std::min(kRun, s.pixels - p) * s.channels; x < end; x += s.channels, dy += s.channels, du += s.channels) {
      overLanes(s.channels, [&](std::int64_t c, std::int64_t count) {
        const Floats value = loadSome(x + c, count);
        Floats slope = loadSome(dy + c, count);
        if (silu) {
          const Floats u = value * loadSome(work.factors.data() + c, count) + loadSome(work.shifts.data() + c, count), half = sigmoid(u);
          slope *= half * (1.0f + u * (1.0f - half));
        }
        storeSome(du + c, slope, count);
        storeSome(run + c, loadSome(run + c, count) + slope, count);
        storeSome(products + c, loadSome(products + c, count) + slope * value, count);
      });
    }
    for (std::size_t c = 0; c < work.sums.size(); c++) {
      work.sums[c] += run[c];
      work.productSums[c] += products[c];
    }
  }
}

/** dx = dx factor + x slope + shift, a channel. */
void combine(const Shape& s, const float* x, float* __restrict dx, const Work& work) {
  const float *factors = work.factors.data(), *slopes = work.slopes.data(), *shifts = work.shifts.data();
  for (float* end = dx + s.image(); dx < end; dx += s.channels, x += s.channels) {
    for (std::int64_t c = 0; c < s.channels; c++) dx[c] = dx[c] * factors[c] + (x[c] * slopes[c] + shifts[c]);
  }
}

/**
 * What `combine` needs for one image, and in productSums its share of dscale, in sums that of dbias. With z = (x - mean) / std: dbias = sum du, dscale = sum du z,
 * dx = (du scale - mean of it - z times the mean of du scale z) / std. dx holds du between its two passes.
 */
void gradientTerms(const Shape& s, const float* stats, const Parameters& parameters, Work& work) {
  const double count = static_cast<double>(s.pixels * s.width());
  for (std::int64_t g = 0; g < s.groups; g++) {
    const double mean = stats[2 * g], rstd = stats[2 * g + 1];
    double first = 0, second = 0;
    for (auto c = static_cast<std::size_t>(g * s.width()); c < static_cast<std::size_t>((g + 1) * s.width()); c++) {
      work.productSums[c] = (work.productSums[c] - mean * work.sums[c]) * rstd;
      first += parameters.scale[c] * work.sums[c];
      second += parameters.scale[c] * work.productSums[c];
    }
    first /= count;
    second /= count;
    for (auto c = static_cast<std::size_t>(g * s.width()); c < static_cast<std::size_t>((g + 1) * s.width()); c++) {
      work.slopes[c] = static_cast<float>(-rstd * rstd * second);
      work.shifts[c] = static_cast<float>(rstd * (mean * rstd * second - first));
    }
  }
}

}  // namespace

/**
 * dy, x, scale, bias, stats, dx, parts, pixels, channels, groups, silu, one that is not used; items are images.
 * parts (float64) [images][2][channels] = each image's share of dscale and of dbias.
 */
void groupNormSiluGradient(Call& call) {
  const std::int64_t dy = call.integer(), x = call.integer(), scale = call.integer(), bias = call.integer(), stats = call.integer();
  const std::int64_t dx = call.integer(), parts = call.integer();
  Shape s = shapeOf(call);
  const bool silu = call.integer() != 0;
  call.skip(1);
  s.images = call.integer();
  const float *slopes = call.at(dy, s.images * s.image()), *from = call.at(x, s.images * s.image()), *statsOf = call.at(stats, s.images * s.groups * 2);
  const Parameters parameters{call.at(scale, s.channels), call.at(bias, s.channels)};
  float* to = call.at(dx, s.images * s.image());
  double* shares = call.at<double>(parts, 2 * s.images * s.channels);
  inPieces(*call.engine().pool, s.images, kGrain / std::max<std::int64_t>(s.image(), 1), [&](std::int64_t first, std::int64_t last) {
    Work work(s.channels);
    for (std::int64_t n = first; n < last; n++) {
      const float *image = from + n * s.image(), *own = statsOf + n * s.groups * 2;
      factorsFrom(s, own, parameters, work);
      (silu ? slopeAndSums<true> : slopeAndSums<false>)(s, slopes + n * s.image(), image, to + n * s.image(), work);
      gradientTerms(s, own, parameters, work);
      combine(s, image, to + n * s.image(), work);
      std::copy(work.productSums.begin(), work.productSums.end(), shares + 2 * n * s.channels);
      std::copy(work.sums.begin(), work.sums.end(), shares + (2 * n + 1) * s.channels);
    }
  });
}

/** parts, dscale, dbias, images, channels: adds the images' shares in their order. */
void groupNormSiluParts(Call& call) {
  const std::int64_t parts = call.integer(), dscale = call.integer(), dbias = call.integer(), images = call.integer(), channels = call.integer();
  const double* shares = call.at<double>(parts, 2 * images * channels);
  float *scale = call.at(dscale, channels), *bias = call.at(dbias, channels);
  for (std::int64_t c = 0; c < channels; c++) {
    double scaleSum = 0, biasSum = 0;
    for (std::int64_t n = 0; n < images; n++) {
      scaleSum += shares[2 * n * channels + c];
      biasSum += shares[(2 * n + 1) * channels + c];
    }
    scale[c] = static_cast<float>(scaleSum);
    bias[c] = static_cast<float>(biasSum);
  }
}
