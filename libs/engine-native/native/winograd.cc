#include "winograd.h"

#include <algorithm>

#include "products.h"
#include "winograd-tiles.h"

namespace {

using namespace winograd_tiles;

using products::kColumns;
/** Tiles are counted in twelves, which make whole blocks of products. */
constexpr std::int64_t kRows = 12;
/** Components lie so much further apart than they are long: a power of two would put them in few sets of the cache. */
constexpr std::int64_t kPadding = 16;
/** Numbers that the transforms of the tiles taken together may fill, and the most of these: about what the second cache holds. */
constexpr std::int64_t kNumbers = 1 << 16, kMostTiles = 96;
/** Inputs whose sums one piece of the filter's gradient makes; each piece transforms dy for itself. */
constexpr std::int64_t kInputs = 128;
/** Groups of images whose filter gradients are summed apart. */
constexpr std::int64_t kMostGroups = 8;
/** Products in whose time a channel of a tile is transformed, there and back. */
constexpr std::int64_t kTransform = 450;

struct Images {
  float* data;
  std::int64_t height, width, channels;
  float* at(std::int64_t image, std::int64_t row, std::int64_t column) const { return data + ((image * height + row) * width + column) * channels; }
};

/** `side` x `side` pixels from (row, column) on, `outside` for those that are not in the image. */
template <std::int64_t side, typename Pixel>
void listPixels(const Images& images, std::int64_t image, std::int64_t row, std::int64_t column, float* outside, Pixel* list) {
  for (std::int64_t r = row; r < row + side; r++) {
    const bool inHeight = r >= 0 && r < images.height;
    for (std::int64_t c = column; c < column + side; c++) *list++ = inHeight && c >= 0 && c < images.width ? images.at(image, r, c) : outside;
  }
}

/** Which pixels tiles read and write. For those outside, `zeros` is read and `dump` written. */
struct Tiling {
  Images large, small;
  std::int64_t top, left, down, across;
  float *zeros, *dump;

  Tile tile(std::int64_t index) const {
    const std::int64_t image = index / (down * across), row = index / across % down * 4, column = index % across * 4;
    Tile tile;
    listPixels<6>(large, image, row - top, column - left, zeros, tile.large);
    listPixels<4>(small, image, row, column, dump, tile.small);
    return tile;
  }
};

Tiling tilingOf(const Images& large, const Images& small, std::int64_t top, std::int64_t left) {
  return {large, small, top, left, (small.height + 3) / 4, (small.width + 3) / 4, nullptr, nullptr};
}

/** From component to component of a transformed filter. */
std::int64_t filterStride(std::int64_t inputs, std::int64_t outputs) { return inputs * outputs + kPadding; }

std::int64_t together(std::int64_t numbersPerTile) {
  return std::max(kRows, std::min(kMostTiles, kNumbers / numbersPerTile / kRows * kRows));
}

/** The filter [9][inputs][outputs] to [9][outputs][inputs], its taps flipped both ways. */
void exchangeFilter(Engine& engine, std::int64_t inputs, std::int64_t outputs, const float* filter, float* exchanged) {
  const std::int64_t blocks = inputs / kColumns, tap = inputs * outputs;
  inPieces(*engine.pool, 9 * blocks, 8, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t block = first; block < last; block++) {
      const std::int64_t index = block / blocks, input = block % blocks * kColumns;
      const float* from = filter + index * tap + input * outputs;
      float* to = exchanged + (8 - index) * tap + input;
      for (std::int64_t o = 0; o < outputs; o++) {
        for (std::int64_t i = 0; i < kColumns; i++) to[o * inputs + i] = from[i * outputs + o];
      }
    }
  });
}

/** A filter [9][inputs][outputs] to panels [36][outputs / 16][inputs][16]. */
void packFilter(Engine& engine, std::int64_t inputs, std::int64_t outputs, const float* filter, float* panels) {
  const std::int64_t tap = inputs * outputs, stride = filterStride(inputs, outputs);
  inPieces(*engine.pool, inputs, 16, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t i = first; i < last; i++) {
      for (std::int64_t o = 0; o < outputs; o += kLanes) filterTile(filter + i * outputs + o, tap, panels + (o / kColumns * inputs + i) * kColumns + o % kColumns, stride);
    }
  });
}

/** Forward, or the input gradient: y and the exchanged filter give x. */
void overTiles(Engine& engine, std::int64_t images, const Tiling& tiling, const float* panels) {
  const std::int64_t inputs = tiling.large.channels, outputs = tiling.small.channels;
  const std::int64_t some = together(kComponents * (inputs + outputs)), tiles = images * tiling.down * tiling.across;
  const std::int64_t strideV = some * inputs + kPadding, strideM = some * outputs + kPadding, stride = filterStride(inputs, outputs);
  engine.pool->run((tiles + some - 1) / some, [&](std::int64_t piece, int thread) {
    float* v = engine.lanes[static_cast<std::size_t>(thread)].scratch.array<float>(static_cast<std::size_t>(kComponents * (strideV + strideM) + inputs + outputs));
    float *m = v + kComponents * strideV, *zeros = m + kComponents * strideM;
    std::fill(zeros, zeros + inputs, 0.0f);
    Tiling mine = tiling;
    mine.zeros = zeros;
    mine.dump = zeros + inputs;
    Tile list[kMostTiles];
    const std::int64_t first = piece * some, count = std::min(some, tiles - first);
    for (std::int64_t t = 0; t < count; t++) {
      list[t] = mine.tile(first + t);
      for (std::int64_t i = 0; i < inputs; i += kLanes) inputTile(list[t], i, v + t * inputs + i, strideV);
    }
    for (std::int64_t component = 0; component < kComponents; component++) {
      for (std::int64_t o = 0; o < outputs; o += kColumns) {
        const float* panel = panels + component * stride + o * inputs;
        // The last rows may lie behind the last tile: they are computed from whatever is there, and nobody reads them.
        products::overwrite((count + 5) / 6 * 6, v + component * strideV, inputs, panel, inputs, m + component * strideM + o, outputs);
      }
    }
    for (std::int64_t t = 0; t < count; t++) {
      for (std::int64_t o = 0; o < outputs; o += kLanes) outputTile(m + t * outputs + o, strideM, list[t], o);
    }
  });
}

using TileRow = void (*)(const Tile&, std::int64_t, float*, std::int64_t);
constexpr TileRow inputRows[] = {inputRow<0>, inputRow<1>, inputRow<2>, inputRow<3>, inputRow<4>, inputRow<5>};
constexpr TileRow slopeRows[] = {slopeRow<0>, slopeRow<1>, slopeRow<2>, slopeRow<3>, slopeRow<4>, slopeRow<5>};

/** What one piece of the filter's gradient sums: some rows of components and some inputs, over some tiles. */
struct Part {
  std::int64_t firstTile, endTile, firstInput, endInput;
  int firstRow, endRow;
  /** [36][inputs][outputs], of which the part's own is written. */
  float* sums;
};

/** Some tiles' row of components, columns `stride`, as panels [channels / 16][room][16]: `channels` of them, those from `first` on. */
void transformRow(TileRow transform, const Tile* tiles, std::int64_t count, std::int64_t first, std::int64_t channels, std::int64_t room, float* to, std::int64_t stride) {
  for (std::int64_t t = 0; t < count; t++) {
    for (std::int64_t c = 0; c < channels; c += kLanes) transform(tiles[t], first + c, to + (c / kColumns * room + t) * kColumns + c % kColumns, stride);
  }
}

/** Sum over the part's tiles of (B^T x B)^T (A dy A^T). */
void sumPart(const Tiling& tiling, const Part& part, Buffer& scratch) {
  const std::int64_t inputs = part.endInput - part.firstInput, outputs = tiling.small.channels, widest = std::max(tiling.large.channels, outputs);
  const std::int64_t some = together(kRow * (inputs + outputs)), strideV = some * inputs + kPadding, strideW = some * outputs + kPadding;
  const std::int64_t stride = filterStride(tiling.large.channels, outputs);
  float* v = scratch.array<float>(static_cast<std::size_t>(kRow * (strideV + strideW) + widest));
  float *w = v + kRow * strideV, *zeros = w + kRow * strideW;
  std::fill(zeros, zeros + widest, 0.0f);
  Tiling mine = tiling;
  mine.zeros = mine.dump = zeros;
  float* sums = part.sums + part.firstInput * outputs;
  for (int component = kRow * part.firstRow; component < kRow * part.endRow; component++) std::fill(sums + component * stride, sums + component * stride + inputs * outputs, 0.0f);

  Tile list[kMostTiles];
  for (std::int64_t first = part.firstTile; first < part.endTile; first += some) {
    const std::int64_t count = std::min(some, part.endTile - first);
    for (std::int64_t t = 0; t < count; t++) list[t] = mine.tile(first + t);
    for (int row = part.firstRow; row < part.endRow; row++) {
      transformRow(inputRows[row], list, count, part.firstInput, inputs, some, v, strideV);
      transformRow(slopeRows[row], list, count, 0, outputs, some, w, strideW);
      for (int column = 0; column < kRow; column++) {
        const float *fromV = v + column * strideV, *fromW = w + column * strideW;
        float* to = sums + (kRow * row + column) * stride;
        for (std::int64_t o = 0; o < outputs; o += kColumns) {
          for (std::int64_t i = 0; i < inputs; i += kColumns) products::add(kColumns, fromV + i * some, kColumns, fromW + o * some, count, to + i * outputs + o, outputs);
        }
      }
    }
  }
}

/** Rows of components, and the inputs in blocks: each piece reads all images, and no sums are to be added up. */
void sumByRows(Engine& engine, const Tiling& tiling, std::int64_t tiles, float* sums) {
  const std::int64_t inputs = tiling.large.channels, blocks = (inputs + kInputs - 1) / kInputs;
  engine.pool->run(kRow * blocks, [&](std::int64_t piece, int thread) {
    const int row = static_cast<int>(piece / blocks);
    const std::int64_t from = piece % blocks * kInputs;
    sumPart(tiling, {0, tiles, from, std::min(inputs, from + kInputs), row, row + 1, sums}, engine.lanes[static_cast<std::size_t>(thread)].scratch);
  });
}

/** Images in a few groups, which depend on their number alone: each is read once, and the groups' sums are added up in their order. */
void sumByImages(Engine& engine, const Tiling& tiling, std::int64_t images, float* sums) {
  const std::int64_t perImage = tiling.down * tiling.across, size = kComponents * filterStride(tiling.large.channels, tiling.small.channels);
  const std::int64_t grain = (images + kMostGroups - 1) / kMostGroups, groups = (images + grain - 1) / grain;
  engine.pool->run(groups, [&](std::int64_t group, int thread) {
    const std::int64_t first = group * grain, end = std::min(images, first + grain);
    sumPart(tiling, {first * perImage, end * perImage, 0, tiling.large.channels, 0, kRow, sums + group * size}, engine.lanes[static_cast<std::size_t>(thread)].scratch);
  });
  inPieces(*engine.pool, size, 16384, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t group = 1; group < groups; group++) {
      for (std::int64_t i = first; i < last; i++) sums[i] += sums[group * size + i];
    }
  });
}

void filterGradient(Engine& engine, std::int64_t images, const Tiling& tiling, float* filter) {
  const std::int64_t pairs = tiling.large.channels * tiling.small.channels, stride = filterStride(tiling.large.channels, tiling.small.channels);
  const std::int64_t tiles = images * tiling.down * tiling.across;
  // Numbers that each way moves beyond once through the images: these five times more, or the groups' sums twice.
  const std::int64_t again = 5 * tiles * 16 * (tiling.large.channels + tiling.small.channels), grouped = 2 * std::min(images, kMostGroups) * kComponents * pairs;
  const bool byImages = grouped < again;
  float* sums = engine.partial.array<float>(static_cast<std::size_t>(kComponents * stride * (byImages ? kMostGroups : 1)));
  if (byImages) sumByImages(engine, tiling, images, sums);
  else sumByRows(engine, tiling, tiles, sums);
  inPieces(*engine.pool, pairs / kLanes, 512, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t at = first * kLanes; at < last * kLanes; at += kLanes) tapsOfSums(sums + at, stride, filter + at, pairs);
  });
}

/** Whether tiles save products enough to make up for the transforms. */
bool saves(const ConvolutionShape& s) {
  const bool gradient = s.pass == ConvolutionPass::inputGradient;
  const std::int64_t tiles = ((gradient ? s.height : s.outHeight) + 3) / 4 * (((gradient ? s.width : s.outWidth) + 3) / 4);
  const std::int64_t saved = 9 * s.outHeight * s.outWidth - kComponents * tiles;
  return saved * s.channels * s.outChannels > kTransform * tiles * (s.channels + s.outChannels);
}

}  // namespace

bool suitsWinograd(const ConvolutionShape& s) {
  return s.filterHeight == 3 && s.filterWidth == 3 && s.strideHeight == 1 && s.strideWidth == 1 && s.dilationHeight == 1 && s.dilationWidth == 1 &&
         s.channels % kColumns == 0 && s.outChannels % kColumns == 0 && saves(s);
}

void winograd(Engine& engine, const ConvolutionShape& s, float* x, float* filter, float* y) {
  const Images inputs{x, s.height, s.width, s.channels}, outputs{y, s.outHeight, s.outWidth, s.outChannels};
  if (s.pass == ConvolutionPass::filterGradient) return filterGradient(engine, s.images, tilingOf(inputs, outputs, s.padTop, s.padLeft), filter);
  float* panels = engine.filter.array<float>(static_cast<std::size_t>(kComponents * filterStride(s.channels, s.outChannels)));
  if (s.pass == ConvolutionPass::forward) {
    packFilter(engine, s.channels, s.outChannels, filter, panels);
    return overTiles(engine, s.images, tilingOf(inputs, outputs, s.padTop, s.padLeft), panels);
  }
  float* flipped = engine.partial.array<float>(static_cast<std::size_t>(s.filterSize()));
  exchangeFilter(engine, s.channels, s.outChannels, filter, flipped);
  packFilter(engine, s.outChannels, s.channels, flipped, panels);
  overTiles(engine, s.images, tilingOf(outputs, inputs, 2 - s.padTop, 2 - s.padLeft), panels);
}
