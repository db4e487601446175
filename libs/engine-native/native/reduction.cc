#include <algorithm>

#include "engine.h"
#include "kernels.h"

namespace {

/** Numbers of a piece. Sums are cut in the same pieces, and these added up in the same order, whatever the number of threads. */
constexpr std::int64_t kGrain = 32768;

/** Sum in float64, eight running sums side by side. */
double sumOf(const float* x, std::int64_t count) {
  double lanes[8] = {};
  std::int64_t i = 0;
  for (; i + 8 <= count; i += 8) {
    for (int lane = 0; lane < 8; lane++) lanes[lane] += x[i + lane];
  }
  double sum = ((lanes[0] + lanes[4]) + (lanes[1] + lanes[5])) + ((lanes[2] + lanes[6]) + (lanes[3] + lanes[7]));
  for (; i < count; i++) sum += x[i];
  return sum;
}

/** sums [columns] += x [rows][columns] over rows. */
void addRows(const float* x, std::int64_t rows, std::int64_t columns, double* __restrict sums) {
  for (std::int64_t row = 0; row < rows; row++, x += columns) {
    for (std::int64_t column = 0; column < columns; column++) sums[column] += x[column];
  }
}

}  // namespace

/** x, y, count, length, scale: y [count] = scale times the sums of the rows of x [count][length]. */
void sumRows(Call& call) {
  const std::int64_t x = call.integer(), y = call.integer(), count = call.integer(), length = call.integer();
  const double scale = call.number();
  const float* from = call.at(x, count * length);
  float* to = call.at(y, count);
  const std::int64_t cuts = std::max<std::int64_t>(1, (length + kGrain - 1) / kGrain);
  double* partial = call.engine().partial.array<double>(static_cast<std::size_t>(count * cuts));
  inPieces(*call.engine().pool, count * cuts, kGrain / std::max<std::int64_t>(1, std::min(length, kGrain)), [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t i = first; i < last; i++) {
      const std::int64_t start = i % cuts * kGrain;
      partial[i] = sumOf(from + i / cuts * length + start, std::min(kGrain, length - start));
    }
  });
  for (std::int64_t i = 0; i < count; i++) {
    double sum = 0;
    for (std::int64_t cut = 0; cut < cuts; cut++) sum += partial[i * cuts + cut];
    to[i] = static_cast<float>(sum * scale);
  }
}

/** x, y, count, rows, columns, scale: y [count][columns] = scale times the sums over the rows of x [count][rows][columns]. */
void sumColumns(Call& call) {
  const std::int64_t x = call.integer(), y = call.integer(), count = call.integer(), rows = call.integer(), columns = call.integer();
  const double scale = call.number();
  const float* from = call.at(x, count * rows * columns);
  float* to = call.at(y, count * columns);
  const std::int64_t grain = std::max<std::int64_t>(1, kGrain / std::max<std::int64_t>(1, columns)), cuts = std::max<std::int64_t>(1, (rows + grain - 1) / grain);
  double* partial = call.engine().partial.array<double>(static_cast<std::size_t>(count * cuts * columns));
  call.engine().pool->run(count * cuts, [&](std::int64_t piece, int) {
    const std::int64_t n = piece / cuts, start = piece % cuts * grain;
    double* sums = partial + piece * columns;
    std::fill(sums, sums + columns, 0.0);
    addRows(from + (n * rows + start) * columns, std::min(grain, rows - start), columns, sums);
  });
  for (std::int64_t n = 0; n < count; n++) {
    double* sums = partial + n * cuts * columns;
    for (std::int64_t cut = 1; cut < cuts; cut++) {
      for (std::int64_t column = 0; column < columns; column++) sums[column] += sums[cut * columns + column];
    }
    for (std::int64_t column = 0; column < columns; column++) to[n * columns + column] = static_cast<float>(sums[column] * scale);
  }
}
