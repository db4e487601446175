#include <algorithm>
#include <cmath>
#include <vector>

#include "engine.h"
#include "kernels.h"
#include "vector.h"

/**
 * Group normalisation, scale and bias a channel, then SiLU. x is [images][pixels][channels], scale and bias [channels],
 * stats [images][groups][2] = (mean, 1/std). Images are independent. Sums are taken a channel at a time in short float32 runs that are
 * added up in float64; groups are put together afterwards, so that a group may hold any number of channels.
 */
namespace {

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

/** Calls `use(channel, count)` for runs of eight channels, then for what is left of them, one run a pixel. */
template <typename Use>
void overLanes(std::int64_t channels, const Use& use) {
  std::int64_t c = 0;
  for (; c + kLanes <= channels; c += kLanes) use(c, kLanes);
  if (c < channels) use(c, channels - c);
}

Floats loadSome(const float* from, std::int64_t count) {
  if (count == kLanes) return load(from);
  Floats x{};
  std::memcpy(&x, from, static_cast<std::size_t>(count) * sizeof(float));
  return x;
}

void storeSome(float* to, Floats x, std::int64_t count) {
  if (count == kLanes) store(to, x);
  else std::memcpy(to, &x, static_cast<std::size_t>(count) * sizeof(float));
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

struct Parameters {
  const float *scale, *bias;
};

/** u = x factor + shift is the normalised image, scaled and shifted. */
void factorsFrom(const Shape& s, const float* stats, const Parameters& parameters, Work& work) {
  for (std::int64_t c = 0; c < s.channels; c++) {
    const float *group = stats + c / s.width() * 2, factor = group[1] * parameters.scale[c];
    work.factors[static_cast<std::size_t>(c)] = factor;
    work.shifts[static_cast<std::size_t>(c)] = parameters.bias[c] - group[0] * factor;
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

/** pixels, channels, groups. */
Shape shapeOf(Call& call) {
  Shape s{};
  for (std::int64_t* member : {&s.pixels, &s.channels, &s.groups}) *member = call.integer();
  if (s.groups < 1 || s.channels % s.groups != 0) throw std::invalid_argument(std::to_string(s.groups) + " groups do not divide " + std::to_string(s.channels) + " channels");
  return s;
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
