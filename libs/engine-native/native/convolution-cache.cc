#include "convolution-cache.h"

namespace {

using dnnl::memory;
using Dims = memory::dims;
using Tag = memory::format_tag;

/** Everything of a convolution but its pass, in oneDNN's terms. */
struct Terms {
  memory::desc input, output, filter, plainFilter;
  Dims strides, dilations, padBefore, padAfter;
  dnnl::primitive_attr attributes;
};

std::int64_t padAfter(std::int64_t size, std::int64_t before, std::int64_t reach, std::int64_t positions, std::int64_t stride) {
  const std::int64_t missing = (positions - 1) * stride + reach - size - before;
  return missing > 0 ? missing : 0;
}

Terms termsOf(const ConvolutionShape& s) {
  constexpr auto f32 = memory::data_type::f32;
  const Dims filter{s.outChannels, s.channels, s.filterHeight, s.filterWidth};
  Terms t;
  t.input = memory::desc({s.images, s.channels, s.height, s.width}, f32, Tag::nhwc);
  t.output = memory::desc({s.images, s.outChannels, s.outHeight, s.outWidth}, f32, Tag::nhwc);
  t.filter = memory::desc(filter, f32, Tag::any);
  t.plainFilter = s.exchangedFilter ? memory::desc(filter, f32, Dims{s.channels, 1, s.filterWidth * s.channels * s.outChannels, s.channels * s.outChannels})
                          : memory::desc(filter, f32, Tag::hwio);
  t.strides = {s.strideHeight, s.strideWidth};
  t.dilations = {s.dilationHeight - 1, s.dilationWidth - 1};
  t.padBefore = {s.padTop, s.padLeft};
  t.padAfter = {padAfter(s.height, s.padTop, (s.filterHeight - 1) * s.dilationHeight + 1, s.outHeight, s.strideHeight),
                padAfter(s.width, s.padLeft, (s.filterWidth - 1) * s.dilationWidth + 1, s.outWidth, s.strideWidth)};
  t.attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return t;
}

constexpr auto kDirect = dnnl::algorithm::convolution_direct;

dnnl::convolution_forward::primitive_desc forwardOf(const dnnl::engine& device, const Terms& t) {
  constexpr auto kind = dnnl::prop_kind::forward_training;
#if DNNL_VERSION_MAJOR >= 3
  return {device, kind, kDirect, t.input, t.filter, t.output, t.strides, t.dilations, t.padBefore, t.padAfter, t.attributes};
#else
  return {{kind, kDirect, t.input, t.filter, t.output, t.strides, t.dilations, t.padBefore, t.padAfter}, t.attributes, device};
#endif
}

/** The gradients' descriptions take that of their forward pass as a hint. */
template <typename Gradient>
typename Gradient::primitive_desc gradientOf(const dnnl::engine& device, const Terms& t, const memory::desc& first, const memory::desc& second, const memory::desc& third) {
  const auto hint = forwardOf(device, t);
#if DNNL_VERSION_MAJOR >= 3
  return {device, kDirect, first, second, third, t.strides, t.dilations, t.padBefore, t.padAfter, hint, t.attributes};
#else
  return {{kDirect, first, second, third, t.strides, t.dilations, t.padBefore, t.padAfter}, t.attributes, device, hint};
#endif
}

ConvolutionPlan planOf(const dnnl::engine& device, const ConvolutionShape& shape) {
  const Terms t = termsOf(shape);
  const auto plan = [&](const dnnl::primitive& primitive, const memory::desc& filter, const memory::desc& scratch) {
    return ConvolutionPlan{primitive, t.input, t.output, filter, t.plainFilter, scratch.get_size()};
  };
  switch (shape.pass) {
    case ConvolutionPass::forward: {
      const auto forward = forwardOf(device, t);
      return plan(dnnl::convolution_forward(forward), forward.weights_desc(), forward.scratchpad_desc());
    }
    case ConvolutionPass::inputGradient: {
      using Gradient = dnnl::convolution_backward_data;
      const auto gradient = gradientOf<Gradient>(device, t, t.input, t.filter, t.output);
      return plan(Gradient(gradient), gradient.weights_desc(), gradient.scratchpad_desc());
    }
    default: {
      using Gradient = dnnl::convolution_backward_weights;
      const auto gradient = gradientOf<Gradient>(device, t, t.input, t.filter, t.output);
      return plan(Gradient(gradient), gradient.diff_weights_desc(), gradient.scratchpad_desc());
    }
  }
}

}  // namespace

const ConvolutionPlan& ConvolutionCache::find(const dnnl::engine& device, const ConvolutionShape& shape) {
  const auto key = shape.key();
  const auto known = places_.find(key);
  if (known != places_.end()) {
    newestFirst_.splice(newestFirst_.begin(), newestFirst_, known->second);
    return known->second->second;
  }
  // The caller may hold one other plan, the newest.
  if (newestFirst_.size() >= kMost) {
    places_.erase(newestFirst_.back().first);
    newestFirst_.pop_back();
  }
  newestFirst_.emplace_front(key, planOf(device, shape));
  places_[key] = newestFirst_.begin();
  return newestFirst_.front().second;
}
