#include <algorithm>
#include <cstring>

#include "engine.h"
#include "kernels.h"

namespace {

/** Bytes of a piece. */
constexpr std::int64_t kGrain = 131072;
/** Side of the square that `transpose` turns at a time: its rows and columns stay in the first-level cache. */
constexpr std::int64_t kTile = 16;

std::int64_t grain(std::int64_t bytesEach) { return kGrain / std::max<std::int64_t>(bytesEach, 1); }

std::size_t bytesOf(std::int64_t floats) { return static_cast<std::size_t>(floats) * sizeof(float); }

/** Rows [first, last) of x [rows][columns] into columns of y [columns][rows]. */
void turn(const float* x, float* y, std::int64_t rows, std::int64_t columns, std::int64_t first, std::int64_t last) {
  for (std::int64_t left = 0; left < columns; left += kTile) {
    const std::int64_t right = std::min(left + kTile, columns);
    for (std::int64_t column = left; column < right; column++) {
      for (std::int64_t row = first; row < last; row++) y[column * rows + row] = x[row * columns + column];
    }
  }
}

}  // namespace

/** from, to, bytes, strideFrom, strideTo: rows of so many bytes whose starts lie so far apart; items are rows. */
void copyRows(Call& call) {
  const std::int64_t from = call.integer(), to = call.integer(), bytes = call.integer(), strideFrom = call.integer(), strideTo = call.integer(), rows = call.integer();
  if (rows == 0) return;
  const unsigned char* source = call.at<unsigned char>(from, (rows - 1) * strideFrom + bytes);
  unsigned char* target = call.at<unsigned char>(to, (rows - 1) * strideTo + bytes);
  inPieces(*call.engine().pool, rows, grain(bytes), [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t row = first; row < last; row++) std::memcpy(target + row * strideTo, source + row * strideFrom, static_cast<std::size_t>(bytes));
  });
}

/** x, y, rows, columns: y [columns][rows] = x [rows][columns] transposed, in each of a batch; items are rows of y. */
void transpose(Call& call) {
  const std::int64_t x = call.integer(), y = call.integer(), rows = call.integer(), columns = call.integer();
  const std::int64_t batch = call.integer() / std::max<std::int64_t>(columns, 1);
  const float* from = call.at(x, batch * rows * columns);
  float* to = call.at(y, batch * rows * columns);
  const std::int64_t strips = (rows + kTile - 1) / kTile;
  inPieces(*call.engine().pool, batch * strips, grain(static_cast<std::int64_t>(bytesOf(kTile * columns))), [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t i = first; i < last; i++) {
      const std::int64_t image = i / strips * rows * columns, row = i % strips * kTile;
      turn(from + image, to + image, rows, columns, row, std::min(row + kTile, rows));
    }
  });
}

/** x, y, width, channels: nearest upsampling, x [rows][width][channels] -> y [2 rows][2 width][channels]; items are rows of all images. */
void upsample2x(Call& call) {
  const std::int64_t x = call.integer(), y = call.integer(), width = call.integer(), channels = call.integer(), rows = call.integer();
  const std::int64_t line = width * channels;
  const float* from = call.at(x, rows * line);
  float* to = call.at(y, 4 * rows * line);
  inPieces(*call.engine().pool, rows, grain(static_cast<std::int64_t>(bytesOf(4 * line))), [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t row = first; row < last; row++) {
      float* upper = to + row * 4 * line;
      for (std::int64_t column = 0; column < width; column++) {
        const float* pixel = from + row * line + column * channels;
        std::memcpy(upper + 2 * column * channels, pixel, bytesOf(channels));
        std::memcpy(upper + (2 * column + 1) * channels, pixel, bytesOf(channels));
      }
      std::memcpy(upper + 2 * line, upper, bytesOf(2 * line));
    }
  });
}

/** dy, dx, width, channels: its gradient, the sum over 2 x 2, dy [2 rows][2 width][channels] -> dx [rows][width][channels]. */
void upsample2xGradient(Call& call) {
  const std::int64_t dy = call.integer(), dx = call.integer(), width = call.integer(), channels = call.integer(), rows = call.integer();
  const std::int64_t line = width * channels;
  const float* from = call.at(dy, 4 * rows * line);
  float* to = call.at(dx, rows * line);
  inPieces(*call.engine().pool, rows, grain(static_cast<std::int64_t>(bytesOf(4 * line))), [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t i = first * width; i < last * width; i++) {
      const float* above = from + i / width * 4 * line + i % width * 2 * channels;
      const float* below = above + 2 * line;
      float* sum = to + i * channels;
      for (std::int64_t c = 0; c < channels; c++) sum[c] = (above[c] + above[channels + c]) + (below[c] + below[channels + c]);
    }
  });
}
