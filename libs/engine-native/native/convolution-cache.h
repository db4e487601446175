#pragma once

#include <dnnl.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <map>

/** What is computed of y = x * filter. */
enum class Pass : std::int64_t { forward, inputGradient, filterGradient };

/** A convolution of NHWC images by an HWIO filter. */
struct ConvolutionShape {
  Pass pass;
  std::int64_t images, height, width, channels;
  std::int64_t outHeight, outWidth, outChannels;
  std::int64_t filterHeight, filterWidth;
  std::int64_t strideHeight, strideWidth;
  std::int64_t dilationHeight, dilationWidth;
  std::int64_t padTop, padLeft;

  using Key = std::array<std::int64_t, 16>;
  Key key() const {
    return {static_cast<std::int64_t>(pass), images, height, width, channels, outHeight, outWidth, outChannels, filterHeight, filterWidth,
            strideHeight, strideWidth, dilationHeight, dilationWidth, padTop, padLeft};
  }
  std::int64_t inputSize() const { return height * width * channels; }
  std::int64_t outputSize() const { return outHeight * outWidth * outChannels; }
  std::int64_t filterSize() const { return filterHeight * filterWidth * channels * outChannels; }
};

/** A primitive of oneDNN and the layouts of what it works on. */
struct ConvolutionPlan {
  dnnl::primitive primitive;
  dnnl::memory::desc input, output;
  /** In the order that oneDNN computes fastest with, and as JavaScript holds it. */
  dnnl::memory::desc filter, plainFilter;
  std::size_t scratchBytes;
};

/** Plans by shape, the ones used last: making one takes milliseconds. */
class ConvolutionCache {
 public:
  const ConvolutionPlan& find(const dnnl::engine& device, const ConvolutionShape& shape);

 private:
  static constexpr std::size_t kMost = 512;
  using Entry = std::pair<ConvolutionShape::Key, ConvolutionPlan>;
  std::list<Entry> newestFirst_;
  std::map<ConvolutionShape::Key, std::list<Entry>::iterator> places_;
};
