#include <algorithm>
#include <cstring>

#include "engine.h"
#include "filter-gradient.h"
#include "kernels.h"
#include "winograd.h"

namespace {

using dnnl::memory;

/** Multiplications below which a piece is not worth its overhead, and the most pieces: a piece more than half a core's share each way. */
constexpr double kLeastWork = 5e6;
constexpr std::int64_t kMostPieces = 16;
/** Each piece of a filter gradient holds a filter of its own. */
constexpr std::int64_t kMostPartialFilters = 8;

/** The images of the batch, cut in pieces that depend on the shape alone; the last may be smaller and has a plan of its own. */
struct Split {
  std::int64_t images, grain, pieces;
  const ConvolutionPlan& whole;
  const ConvolutionPlan& last;

  const ConvolutionPlan& plan(std::int64_t piece) const { return piece == pieces - 1 ? last : whole; }
  std::int64_t first(std::int64_t piece) const { return piece * grain; }
};

std::int64_t grainOf(const ConvolutionShape& shape) {
  const double image = static_cast<double>(shape.outHeight * shape.outWidth) * static_cast<double>(shape.filterSize());
  const std::int64_t least = std::max<std::int64_t>(1, static_cast<std::int64_t>(kLeastWork / std::max(image, 1.0)));
  const std::int64_t most = shape.pass == ConvolutionPass::filterGradient ? kMostPartialFilters : kMostPieces;
  return std::min(shape.images, std::max(least, (shape.images + most - 1) / most));
}

Split split(Engine& engine, ConvolutionShape shape) {
  const std::int64_t images = shape.images, grain = grainOf(shape), pieces = (images + grain - 1) / grain;
  shape.images = grain;
  const ConvolutionPlan& whole = engine.convolutions.find(engine.device, shape);
  shape.images = images - (pieces - 1) * grain;
  return {images, grain, pieces, whole, engine.convolutions.find(engine.device, shape)};
}

void copyFilter(Engine& engine, const memory::desc& from, void* source, const memory::desc& to, void* target) {
  Lane& lane = engine.lanes[0];
  memory input(from, engine.device, source), output(to, engine.device, target);
  dnnl::reorder(input, output).execute(lane.stream, input, output);
  lane.stream.wait();
}

struct Pointers {
  float *x, *filter, *y;
};

/** Names of a pass's three tensors among a primitive's arguments. */
struct Roles {
  int x, filter, y;
};

void execute(Engine& engine, const ConvolutionPlan& plan, const Roles& roles, const Pointers& at, int thread) {
  Lane& lane = engine.lanes[static_cast<std::size_t>(thread)];
  const memory::dim scratchBytes = static_cast<memory::dim>(plan.scratchBytes);
  const memory::desc scratch({scratchBytes}, memory::data_type::u8, memory::format_tag::a);
  plan.primitive.execute(lane.stream, {
    {roles.x, memory(plan.input, engine.device, at.x)},
    {roles.filter, memory(plan.filter, engine.device, at.filter)},
    {roles.y, memory(plan.output, engine.device, at.y)},
    {DNNL_ARG_SCRATCHPAD, memory(scratch, engine.device, lane.scratch.reserve(plan.scratchBytes))},
  });
  lane.stream.wait();
}

/** Forward and input gradient: each piece of the images by itself, the filter put in oneDNN's order once. */
void overImages(Engine& engine, const ConvolutionShape& shape, const Roles& roles, const Pointers& at) {
  const Split pieces = split(engine, shape);
  // Both plans may want the filter in an order of their own; the smaller piece then waits for its turn.
  const auto run = [&](const ConvolutionPlan& plan, std::int64_t from, std::int64_t to) {
    float* filter = at.filter;
    if (plan.filter != plan.plainFilter) {
      filter = static_cast<float*>(engine.filter.reserve(plan.filter.get_size()));
      copyFilter(engine, plan.plainFilter, at.filter, plan.filter, filter);
    }
    engine.pool->run(to - from, [&](std::int64_t piece, int thread) {
      const std::int64_t image = pieces.first(from + piece);
      execute(engine, plan, roles, {at.x + image * shape.inputSize(), filter, at.y + image * shape.outputSize()}, thread);
    });
  };
  if (&pieces.whole == &pieces.last) return run(pieces.whole, 0, pieces.pieces);
  run(pieces.whole, 0, pieces.pieces - 1);
  run(pieces.last, pieces.pieces - 1, pieces.pieces);
}

/**
 * Forward without strides: as an input gradient, for which oneDNN has the faster kernel on NHWC images (measured on AVX2: by a tenth at
 * 32x32, a quarter at 8x8). The filter's taps are put in reverse order here; that its channels are exchanged is said to the reorder.
 */
void overImagesExchanged(Engine& engine, const ConvolutionShape& shape, const Pointers& at) {
  const std::int64_t taps = shape.filterHeight * shape.filterWidth, tap = shape.channels * shape.outChannels;
  float* flipped = engine.partial.array<float>(static_cast<std::size_t>(taps * tap));
  for (std::int64_t i = 0; i < taps; i++) std::memcpy(flipped + i * tap, at.filter + (taps - 1 - i) * tap, static_cast<std::size_t>(tap) * sizeof(float));
  overImages(engine, shape.exchanged(), {DNNL_ARG_DIFF_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DIFF_DST}, {at.y, flipped, at.x});
}

/** to += from. */
void addTo(float* to, const float* from, std::int64_t first, std::int64_t last) {
  for (std::int64_t i = first; i < last; i++) to[i] += from[i];
}

/** Each piece a filter of its own, in the plain order; these are added up in the order of the pieces. */
void overFilters(Engine& engine, const ConvolutionShape& shape, const Roles& roles, const Pointers& at) {
  const Split pieces = split(engine, shape);
  const std::size_t bytes = (std::max(pieces.whole.filter.get_size(), pieces.last.filter.get_size()) + 63) / 64 * 64;
  const std::int64_t stride = static_cast<std::int64_t>(bytes / sizeof(float));
  float* partial = engine.partial.array<float>(static_cast<std::size_t>(pieces.pieces * stride));
  engine.pool->run(pieces.pieces, [&](std::int64_t piece, int thread) {
    const std::int64_t image = pieces.first(piece);
    execute(engine, pieces.plan(piece), roles, {at.x + image * shape.inputSize(), partial + piece * stride, at.y + image * shape.outputSize()}, thread);
  });

  const bool alike = pieces.whole.filter == pieces.last.filter;
  const std::int64_t summed = alike ? pieces.pieces : pieces.pieces - 1;
  const std::int64_t size = static_cast<std::int64_t>(pieces.whole.filter.get_size() / sizeof(float));
  inPieces(*engine.pool, size, 16384, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t piece = 1; piece < summed; piece++) addTo(partial, partial + piece * stride, first, last);
  });
  copyFilter(engine, pieces.whole.filter, partial, pieces.whole.plainFilter, at.filter);
  if (alike) return;
  float* plain = engine.filter.array<float>(static_cast<std::size_t>(shape.filterSize()));
  copyFilter(engine, pieces.last.filter, partial + summed * stride, pieces.last.plainFilter, plain);
  addTo(at.filter, plain, 0, shape.filterSize());
}

/** The same by our own kernel, which leaves the partial filters in the plain order. */
void overFiltersOurselves(Engine& engine, const ConvolutionShape& shape, const Pointers& at) {
  const std::int64_t grain = grainOf(shape), pieces = (shape.images + grain - 1) / grain, size = shape.filterSize();
  float* partial = engine.partial.array<float>(static_cast<std::size_t>(pieces * size));
  engine.pool->run(pieces, [&](std::int64_t piece, int thread) {
    const std::int64_t image = piece * grain;
    filterGradientOf(shape, std::min(grain, shape.images - image), at.x + image * shape.inputSize(), at.y + image * shape.outputSize(), partial + piece * size,
                     engine.lanes[static_cast<std::size_t>(thread)].scratch);
  });
  inPieces(*engine.pool, size, 16384, [&](std::int64_t first, std::int64_t last) {
    std::copy(partial + first, partial + last, at.filter + first);
    for (std::int64_t piece = 1; piece < pieces; piece++) addTo(at.filter, partial + piece * size, first, last);
  });
}

ConvolutionShape shapeOf(const Call& call) {
  using A = ConvolutionArgument;
  ConvolutionShape shape;
  shape.pass = static_cast<ConvolutionPass>(call.integer(A::pass));
  shape.images = call.integer(A::images);
  shape.height = call.integer(A::height);
  shape.width = call.integer(A::width);
  shape.channels = call.integer(A::channels);
  shape.outHeight = call.integer(A::outHeight);
  shape.outWidth = call.integer(A::outWidth);
  shape.outChannels = call.integer(A::outChannels);
  shape.filterHeight = call.integer(A::filterHeight);
  shape.filterWidth = call.integer(A::filterWidth);
  shape.strideHeight = call.integer(A::strideHeight);
  shape.strideWidth = call.integer(A::strideWidth);
  shape.dilationHeight = call.integer(A::dilationHeight);
  shape.dilationWidth = call.integer(A::dilationWidth);
  shape.padTop = call.integer(A::padTop);
  shape.padLeft = call.integer(A::padLeft);
  return shape;
}

}  // namespace

/** A `ConvolutionArgument`. */
void convolution(Call& call) {
  using A = ConvolutionArgument;
  const ConvolutionShape shape = shapeOf(call);
  const Pointers at{call.at(call.integer(A::x), shape.images * shape.inputSize()), call.at(call.integer(A::filter), shape.filterSize()),
                    call.at(call.integer(A::y), shape.images * shape.outputSize())};
  if (suitsWinograd(shape)) return winograd(call.engine(), shape, at.x, at.filter, at.y);
  switch (shape.pass) {
    case ConvolutionPass::forward:
      if (shape.canBeExchanged()) return overImagesExchanged(call.engine(), shape, at);
      return overImages(call.engine(), shape, {DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST}, at);
    case ConvolutionPass::inputGradient:
      return overImages(call.engine(), shape, {DNNL_ARG_DIFF_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DIFF_DST}, at);
    case ConvolutionPass::filterGradient:
      if (knowsFilterGradient(shape)) return overFiltersOurselves(call.engine(), shape, at);
      return overFilters(call.engine(), shape, {DNNL_ARG_SRC, DNNL_ARG_DIFF_WEIGHTS, DNNL_ARG_DIFF_DST}, at);
  }
}
