#pragma once

#include <dnnl.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <map>

#include "kernel-layouts.h"

/** A convolution of NHWC images by an HWIO filter. */
struct ConvolutionShape {
  ConvolutionPass pass;
  std::int64_t images, height, width, channels;
  std::int64_t outHeight, outWidth, outChannels;
  std::int64_t filterHeight, filterWidth;
  std::int64_t strideHeight, strideWidth;
  std::int64_t dilationHeight, dilationWidth;
  std::int64_t padTop, padLeft;
  /** 1: the filter lies in memory as HWOI. */
  std::int64_t exchangedFilter = 0;

  using Key = std::array<std::int64_t, 17>;
  Key key() const {
    return {static_cast<std::int64_t>(pass), images, height, width, channels, outHeight, outWidth, outChannels, filterHeight, filterWidth,
            strideHeight, strideWidth, dilationHeight, dilationWidth, padTop, padLeft, exchangedFilter};
  }
  /**
   * The same images and outputs as an input gradient, of a convolution from y to x by the filter flipped both ways, its channels
   * exchanged. Only without strides and dilations.
   */
  ConvolutionShape exchanged() const {
    ConvolutionShape other = *this;
    other.pass = ConvolutionPass::inputGradient;
    other.exchangedFilter = 1;
    other.height = outHeight;
    other.width = outWidth;
    other.channels = outChannels;
    other.outHeight = height;
    other.outWidth = width;
    other.outChannels = channels;
    other.padTop = filterHeight - 1 - padTop;
    other.padLeft = filterWidth - 1 - padLeft;
    return other;
  }
  bool canBeExchanged() const {
    return pass == ConvolutionPass::forward && strideHeight == 1 && strideWidth == 1 && dilationHeight == 1 && dilationWidth == 1 && padTop < filterHeight && padLeft < filterWidth;
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
