#include "winograd.h"

#include <algorithm>

#include "products.h"
#include "winograd-tiles.h"

namespace {

using namespace winograd_tiles;

using products::kColumns;
/** Tiles are counted in twelves, which make whole blocks of products. */
constexpr std::int64_t kRows = 12;
/** Rows of transformed images lie so much further apart than they are long: a power of two would put them in few sets of the cache. */
constexpr std::int64_t kPadding = 16;
/** Numbers that the transforms of the tiles taken together may fill, and the most of these: about what the second cache holds. */
constexpr std::int64_t kNumbers = 1 << 16, kMostTiles = 96;
/** Inputs whose sums one piece of the filter's gradient makes; each piece transforms dy for itself. */
constexpr std::int64_t kInputs = 32;

/** Groups of images whose filter gradients are summed apart. */
constexpr std::int64_t kMostGroups = 8;
/** Pairs of channels below which the transforms cost more than they save: 16 by 16 is faster directly, 16 by 32 is not. */
constexpr std::int64_t kLeastPairs = 512;

struct Images {
  float* data;
  std::int64_t height, width, channels;
  float* at(std::int64_t image, std::int64_t row, std::int64_t column) const { return data + ((image * height + row) * width + column) * channels; }
};

/** Which pixels tiles read and write. For those outside, `zeros` is read and `dump` written. */
struct Tiling {
  Images large, small;
  std::int64_t top, left, down, across;
  float *zeros, *dump;

  Tile tile(std::int64_t index) const {
    const std::int64_t image = index / (down * across), row = index / across % down * 2, column = index % across * 2;
    Tile tile;
    for (std::int64_t i = 0; i < 16; i++) {
      const std::int64_t r = row - top + i / 4, c = column - left + i % 4;
      tile.large[i] = r < 0 || c < 0 || r >= large.height || c >= large.width ? zeros : large.at(image, r, c);
    }
    for (std::int64_t i = 0; i < 4; i++) {
      const std::int64_t r = row + i / 2, c = column + i % 2;
      tile.small[i] = r >= small.height || c >= small.width ? dump : small.at(image, r, c);
    }
    return tile;
  }
};

Tiling tilingOf(const Images& large, const Images& small, std::int64_t top, std::int64_t left) {
  return {large, small, top, left, (small.height + 1) / 2, (small.width + 1) / 2, nullptr, nullptr};
}

std::int64_t together(std::int64_t numbersPerTile) {
  return std::max(kRows, std::min(kMostTiles, kNumbers / numbersPerTile / kRows * kRows));
}

/** The filter [9][inputs][outputs] to panels [16][columns / 16][depth][16]: columns are outputs, or inputs where channels are exchanged. */
void packFilter(Engine& engine, const ConvolutionShape& shape, bool exchanged, const float* filter, float* panels) {
  const std::int64_t inputs = shape.channels, outputs = shape.outChannels, tap = inputs * outputs;
  inPieces(*engine.pool, inputs, 16, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t i = first; i < last; i++) {
      for (std::int64_t o = 0; o < outputs; o += kLanes) {
        Floats places[kPlaces];
        filterPlaces(filter + i * outputs + o, tap, exchanged, places);
        for (std::int64_t place = 0; place < kPlaces; place++) {
          float* panel = panels + place * tap;
          if (!exchanged) {
            store(panel + (o / kColumns * inputs + i) * kColumns + o % kColumns, places[place]);
            continue;
          }
          for (std::int64_t lane = 0; lane < kLanes; lane++) panel[(i / kColumns * outputs + o + lane) * kColumns + i % kColumns] = places[place][lane];
        }
      }
    }
  });
}

void transformInput(const Tile& tile, std::int64_t channels, float* v, std::int64_t apart) {
  for (std::int64_t c = 0; c < channels; c += kLanes) {
    inputRow<0>(tile, c, v + c, apart);
    inputRow<1>(tile, c, v + c + 4 * apart, apart);
    inputRow<2>(tile, c, v + c + 8 * apart, apart);
    inputRow<3>(tile, c, v + c + 12 * apart, apart);
  }
}

/** Forward, or the input gradient: y and the filter turned by 180 degrees, its channels exchanged, give x. */
void overTiles(Engine& engine, std::int64_t images, const Tiling& tiling, const float* panels) {
  const std::int64_t inputs = tiling.large.channels, outputs = tiling.small.channels;
  const std::int64_t rowV = inputs + kPadding, rowM = outputs + kPadding, some = together(kPlaces * (rowV + rowM));
  const std::int64_t apartV = some * rowV, apartM = some * rowM, tiles = images * tiling.down * tiling.across;
  engine.pool->run((tiles + some - 1) / some, [&](std::int64_t piece, int thread) {
    float* v = engine.lanes[static_cast<std::size_t>(thread)].scratch.array<float>(static_cast<std::size_t>(kPlaces * (apartV + apartM) + inputs + outputs));
    float *m = v + kPlaces * apartV, *zeros = m + kPlaces * apartM;
    std::fill(zeros, zeros + inputs, 0.0f);
    Tiling mine = tiling;
    mine.zeros = zeros;
    mine.dump = zeros + inputs;
    Tile list[kMostTiles];
    const std::int64_t first = piece * some, count = std::min(some, tiles - first);
    for (std::int64_t t = 0; t < count; t++) {
      list[t] = mine.tile(first + t);
      transformInput(list[t], inputs, v + t * rowV, apartV);
    }
    for (std::int64_t place = 0; place < kPlaces; place++) {
      for (std::int64_t o = 0; o < outputs; o += kColumns) {
        const float* panel = panels + place * inputs * outputs + o * inputs;
        // The last rows may lie behind the last tile: they are computed from whatever is there, and nobody reads them.
        products::overwrite((count + 5) / 6 * 6, v + place * apartV, rowV, panel, inputs, m + place * apartM + o, rowM);
      }
    }
    for (std::int64_t t = 0; t < count; t++) {
      for (std::int64_t o = 0; o < outputs; o += kLanes) outputTile(m + t * rowM + o, apartM, list[t], o);
    }
  });
}

using InputRow = void (*)(const Tile&, std::int64_t, float*, std::int64_t);
constexpr InputRow inputRows[] = {inputRow<0>, inputRow<1>, inputRow<2>, inputRow<3>};
constexpr InputRow gradientRows[] = {gradientRow<0>, gradientRow<1>, gradientRow<2>, gradientRow<3>};

/** What one piece of the filter's gradient sums: some rows of places and some inputs, over some tiles. */
struct Part {
  std::int64_t firstTile, endTile, firstInput, endInput;
  int firstRow, endRow;
  /** [16][inputs][outputs], of which the part's own is written. */
  float* sums;
};

/** Sum over the part's tiles of (B^T x B)^T (A dy A^T). */
void sumPart(const Tiling& tiling, const Part& part, Buffer& scratch) {
  const std::int64_t inputs = part.endInput - part.firstInput, outputs = tiling.small.channels, widest = std::max(tiling.large.channels, outputs);
  const std::int64_t rowV = inputs + kPadding, some = together(4 * (rowV + outputs)), apartV = some * rowV, apartW = some * outputs;
  const std::int64_t place = tiling.large.channels * outputs;
  float* v = scratch.array<float>(static_cast<std::size_t>(4 * (apartV + apartW) + widest));
  float *w = v + 4 * apartV, *zeros = w + 4 * apartW;
  std::fill(zeros, zeros + widest, 0.0f);
  Tiling mine = tiling;
  mine.zeros = mine.dump = zeros;
  float* sums = part.sums + part.firstInput * outputs;
  for (int i = 4 * part.firstRow; i < 4 * part.endRow; i++) std::fill(sums + i * place, sums + i * place + inputs * outputs, 0.0f);

  Tile list[kMostTiles];
  for (std::int64_t first = part.firstTile; first < part.endTile; first += some) {
    const std::int64_t count = std::min(some, part.endTile - first);
    for (std::int64_t t = 0; t < count; t++) list[t] = mine.tile(first + t);
    for (int row = part.firstRow; row < part.endRow; row++) {
      for (std::int64_t t = 0; t < count; t++) {
        for (std::int64_t i = 0; i < inputs; i += kLanes) inputRows[row](list[t], part.firstInput + i, v + t * rowV + i, apartV);
        for (std::int64_t o = 0; o < outputs; o += kLanes) gradientRows[row](list[t], o, w + (o / kColumns * some + t) * kColumns + o % kColumns, apartW);
      }
      for (int column = 0; column < 4; column++) {
        for (std::int64_t o = 0; o < outputs; o += kColumns) {
          products::add(inputs, v + column * apartV, rowV, w + column * apartW + o * some, count, sums + (4 * row + column) * place + o, outputs);
        }
      }
    }
  }
}

/** Rows of places, and the inputs in blocks: each piece reads all images, and no sums are to be added up. */
void sumByRows(Engine& engine, const Tiling& tiling, std::int64_t tiles, float* sums) {
  const std::int64_t inputs = tiling.large.channels, blocks = (inputs + kInputs - 1) / kInputs;
  engine.pool->run(4 * blocks, [&](std::int64_t piece, int thread) {
    const int row = static_cast<int>(piece / blocks);
    const std::int64_t from = piece % blocks * kInputs;
    sumPart(tiling, {0, tiles, from, std::min(inputs, from + kInputs), row, row + 1, sums}, engine.lanes[static_cast<std::size_t>(thread)].scratch);
  });
}

/** Images in a few groups, which depend on their number alone: each is read once, and the groups' sums are added up in their order. */
void sumByImages(Engine& engine, const Tiling& tiling, std::int64_t images, float* sums) {
  const std::int64_t perImage = tiling.down * tiling.across, size = kPlaces * tiling.large.channels * tiling.small.channels;
  const std::int64_t grain = (images + kMostGroups - 1) / kMostGroups, groups = (images + grain - 1) / grain;
  engine.pool->run(groups, [&](std::int64_t group, int thread) {
    const std::int64_t first = group * grain, end = std::min(images, first + grain);
    sumPart(tiling, {first * perImage, end * perImage, 0, tiling.large.channels, 0, 4, sums + group * size}, engine.lanes[static_cast<std::size_t>(thread)].scratch);
  });
  inPieces(*engine.pool, size, 16384, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t group = 1; group < groups; group++) {
      for (std::int64_t i = first; i < last; i++) sums[i] += sums[group * size + i];
    }
  });
}

void filterGradient(Engine& engine, std::int64_t images, const Tiling& tiling, float* filter) {
  const std::int64_t pairs = tiling.large.channels * tiling.small.channels, tiles = images * tiling.down * tiling.across;
  // Numbers that each way moves beyond once through the images: these three times more, or the groups' sums twice.
  const std::int64_t again = 3 * tiles * 4 * (tiling.large.channels + tiling.small.channels), grouped = 2 * std::min(images, kMostGroups) * kPlaces * pairs;
  const bool byImages = grouped < again;
  float* sums = engine.partial.array<float>(static_cast<std::size_t>(kPlaces * pairs * (byImages ? kMostGroups : 1)));
  if (byImages) sumByImages(engine, tiling, images, sums);
  else sumByRows(engine, tiling, tiles, sums);
  inPieces(*engine.pool, pairs / kLanes, 512, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t at = first * kLanes; at < last * kLanes; at += kLanes) tapsOfSums(sums + at, pairs, filter + at);
  });
}

}  // namespace

bool suitsWinograd(const ConvolutionShape& s) {
  return s.filterHeight == 3 && s.filterWidth == 3 && s.strideHeight == 1 && s.strideWidth == 1 && s.dilationHeight == 1 && s.dilationWidth == 1 &&
         s.channels % kColumns == 0 && s.outChannels % kColumns == 0 && s.channels * s.outChannels >= kLeastPairs && std::min(std::min(s.height, s.width), std::min(s.outHeight, s.outWidth)) > 1;
}

void winograd(Engine& engine, const ConvolutionShape& s, float* x, float* filter, float* y) {
  const Images inputs{x, s.height, s.width, s.channels}, outputs{y, s.outHeight, s.outWidth, s.outChannels};
  if (s.pass == Pass::filterGradient) return filterGradient(engine, s.images, tilingOf(inputs, outputs, s.padTop, s.padLeft), filter);
  const bool exchanged = s.pass == Pass::inputGradient;
  float* panels = engine.filter.array<float>(static_cast<std::size_t>(kPlaces * s.channels * s.outChannels));
  packFilter(engine, s, exchanged, filter, panels);
  overTiles(engine, s.images, exchanged ? tilingOf(outputs, inputs, 2 - s.padTop, 2 - s.padLeft) : tilingOf(inputs, outputs, s.padTop, s.padLeft), panels);
}
