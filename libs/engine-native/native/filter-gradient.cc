#include "filter-gradient.h"

#include <algorithm>
#include <cstring>

#include "vector.h"

/**
 * The filter's gradient, for which oneDNN 2.6 is slow on NHWC images (45 to 55 GFLOP/s a core where its other passes reach 80; measured
 * on AVX2). Twelve vectors of sums, 6 input by 16 output channels of one tap, stay in registers over a band of pixels. Both images are
 * first packed so that these channels lie side by side: channels a power of two apart would share few lines of the nearest cache.
 */
namespace {

constexpr std::int64_t kInputs = 6, kPackedInputs = 8, kOutputs = 16;
/** Pixels of a band, and of the images that are packed together when they are small: both sides stay in the nearest cache. */
constexpr std::int64_t kPixels = 256;

/** The pixels that one tile sums over, in packed numbers. */
struct Band {
  std::int64_t images, rows, columns;
  std::int64_t imageX, rowX, stepX;
  std::int64_t imageDy, rowDy;
};

/** filter[i][0..16] += sum over the band of x[i] dy[0..16], i < inputs; rows of the filter are `stride` apart. */
template <int inputs>
void tile(const Band& band, const float* x, const float* dy, float* filter, std::int64_t stride) {
  Floats sums[inputs][2];
  for (int i = 0; i < inputs; i++) {
    sums[i][0] = load(filter + i * stride);
    sums[i][1] = load(filter + i * stride + kLanes);
  }
  for (std::int64_t n = 0; n < band.images; n++) {
    for (std::int64_t row = 0; row < band.rows; row++) {
      const float *pixel = x + n * band.imageX + row * band.rowX, *slope = dy + n * band.imageDy + row * band.rowDy;
      for (const float* end = slope + band.columns * kOutputs; slope < end; slope += kOutputs, pixel += band.stepX) {
        const Floats low = load(slope), high = load(slope + kLanes);
#pragma GCC unroll 6
        for (int i = 0; i < inputs; i++) {
          const Floats value = splat(pixel[i]);
          sums[i][0] += value * low;
          sums[i][1] += value * high;
        }
      }
    }
  }
  for (int i = 0; i < inputs; i++) {
    store(filter + i * stride, sums[i][0]);
    store(filter + i * stride + kLanes, sums[i][1]);
  }
}

using Tile = void (*)(const Band&, const float*, const float*, float*, std::int64_t);
constexpr Tile tiles[] = {nullptr, tile<1>, tile<2>, tile<3>, tile<4>, tile<5>, tile<6>};

/** to [blocks][pixels][width] = from [pixels][channels], `used` channels a block; the last may have fewer. */
template <std::int64_t used, std::int64_t width>
void pack(const float* from, float* to, std::int64_t pixels, std::int64_t channels) {
  for (std::int64_t first = 0; first < channels; first += used) {
    const std::int64_t some = channels - first;
    for (std::int64_t p = 0; p < pixels; p++, to += width) {
      const float* pixel = from + p * channels + first;
      if (some >= used) std::memcpy(to, pixel, used * sizeof(float));
      else std::memcpy(to, pixel, static_cast<std::size_t>(some) * sizeof(float));
    }
  }
}

/** Positions [first, last) at which a tap reads inside the image. */
struct Inside {
  std::int64_t first, last;
};

Inside inside(std::int64_t offset, std::int64_t stride, std::int64_t size, std::int64_t positions) {
  const std::int64_t first = offset >= 0 ? 0 : (-offset + stride - 1) / stride;
  const std::int64_t last = size - 1 - offset < 0 ? 0 : (size - 1 - offset) / stride + 1;
  return {first, std::min(last, positions)};
}

/** One packed pair of blocks against all taps. */
void taps(const ConvolutionShape& s, std::int64_t images, const float* x, const float* dy, float* filter, std::int64_t inputs) {
  const std::int64_t imageX = s.height * s.width * kPackedInputs, imageDy = s.outHeight * s.outWidth * kOutputs;
  const std::int64_t bandRows = std::max<std::int64_t>(1, kPixels / s.outWidth);
  for (std::int64_t top = 0; top < s.outHeight; top += bandRows) {
    for (std::int64_t tap = 0; tap < s.filterHeight * s.filterWidth; tap++) {
      const std::int64_t down = tap / s.filterWidth - s.padTop, across = tap % s.filterWidth - s.padLeft;
      const Inside rows = inside(down, s.strideHeight, s.height, s.outHeight), columns = inside(across, s.strideWidth, s.width, s.outWidth);
      const std::int64_t first = std::max(rows.first, top), last = std::min(rows.last, top + bandRows);
      if (first >= last || columns.first >= columns.last) continue;
      const Band band{images, last - first, columns.last - columns.first, imageX, s.strideHeight * s.width * kPackedInputs, s.strideWidth * kPackedInputs,
                      imageDy, s.outWidth * kOutputs};
      const float* fromX = x + ((first * s.strideHeight + down) * s.width + columns.first * s.strideWidth + across) * kPackedInputs;
      const float* fromDy = dy + (first * s.outWidth + columns.first) * kOutputs;
      tiles[inputs](band, fromX, fromDy, filter + tap * s.channels * s.outChannels, s.outChannels);
    }
  }
}

}  // namespace

bool knowsFilterGradient(const ConvolutionShape& s) {
  return s.filterHeight * s.filterWidth > 1 && s.dilationHeight == 1 && s.dilationWidth == 1 && s.channels >= kInputs && s.outChannels % kOutputs == 0;
}

void filterGradientOf(const ConvolutionShape& s, std::int64_t images, const float* x, const float* dy, float* filter, Buffer& scratch) {
  std::fill(filter, filter + s.filterSize(), 0.0f);
  const std::int64_t together = std::max<std::int64_t>(1, kPixels / std::max<std::int64_t>(1, s.outHeight * s.outWidth));
  const std::int64_t blocks = (s.channels + kInputs - 1) / kInputs;
  const std::int64_t blockX = together * s.height * s.width * kPackedInputs, blockDy = together * s.outHeight * s.outWidth * kOutputs;
  float* packedX = scratch.array<float>(static_cast<std::size_t>(blocks * blockX + s.outChannels / kOutputs * blockDy));
  float* packedDy = packedX + blocks * blockX;
  for (std::int64_t n = 0; n < images; n += together) {
    const std::int64_t some = std::min(together, images - n), pixelsX = some * s.height * s.width, pixelsDy = some * s.outHeight * s.outWidth;
    pack<kInputs, kPackedInputs>(x + n * s.inputSize(), packedX, pixelsX, s.channels);
    pack<kOutputs, kOutputs>(dy + n * s.outputSize(), packedDy, pixelsDy, s.outChannels);
    for (std::int64_t output = 0; output < s.outChannels; output += kOutputs) {
      for (std::int64_t input = 0; input < s.channels; input += kInputs) {
        taps(s, some, packedX + input / kInputs * pixelsX * kPackedInputs, packedDy + output / kOutputs * pixelsDy * kOutputs,
             filter + input * s.outChannels + output, std::min(kInputs, s.channels - input));
      }
    }
  }
}
