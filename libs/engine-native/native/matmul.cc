#include <algorithm>

#include "engine.h"
#include "kernels.h"

namespace {

/** Products below which a piece is not worth its overhead. */
constexpr double kLeastWork = 2e6;
constexpr std::int64_t kMostPieces = 16;
/** Rows of a piece at least: with fewer, oneDNN takes a way of half the speed (2.6, measured at 1024 x 1024). */
constexpr std::int64_t kLeastRows = 512;

struct Product {
  const float *a, *b;
  float* y;
  std::int64_t rows, depth, columns;
  std::int64_t rowA, depthA, depthB, columnB;
};

/** y rows [first, last) of one product; a and b lie by rows or by columns. */
void multiplyRows(const Product& p, std::int64_t first, std::int64_t last) {
  const char orderA = p.depthA == 1 ? 'N' : 'T', orderB = p.columnB == 1 ? 'N' : 'T';
  // Of a single row or column the step is of no consequence, but must not be shorter than one.
  const std::int64_t strideA = p.depthA == 1 ? std::max(p.rowA, p.depth) : std::max(p.depthA, last - first);
  const std::int64_t strideB = p.columnB == 1 ? std::max(p.depthB, p.columns) : std::max(p.columnB, p.depth);
  const dnnl::status status = dnnl::sgemm(orderA, orderB, last - first, p.columns, p.depth, 1, p.a + first * p.rowA, strideA, p.b, strideB, 0, p.y + first * p.columns, p.columns);
  if (status != dnnl::status::success) throw dnnl::error(static_cast<dnnl_status_t>(status), "sgemm failed");
}

/** A column times a row: the whole work is in writing. */
void outer(const Product& p, std::int64_t first, std::int64_t last) {
  for (std::int64_t row = first; row < last; row++) {
    const float factor = p.a[row * p.rowA];
    float* to = p.y + row * p.columns;
    for (std::int64_t column = 0; column < p.columns; column++) to[column] = factor * p.b[column * p.columnB];
  }
}

}  // namespace

/**
 * a, b, y, rows, depth, columns, then steps in numbers: between the matrices of a and of b (0: the same one), between rows of a,
 * along the depth of a and of b, between columns of b; two numbers that are not used. Items are fours of rows.
 */
void multiply(Call& call) {
  const std::int64_t a = call.integer(), b = call.integer(), y = call.integer();
  Product p{};
  p.rows = call.integer();
  p.depth = call.integer();
  p.columns = call.integer();
  const std::int64_t strideA = call.integer(), strideB = call.integer();
  for (std::int64_t* step : {&p.rowA, &p.depthA, &p.depthB, &p.columnB}) *step = call.integer();
  call.skip(2);
  const std::int64_t batch = call.integer() / std::max<std::int64_t>(1, (p.rows + 3) / 4);
  const float* firstA = call.at(a, (batch - 1) * strideA + p.rows * p.depth);
  const float* firstB = call.at(b, (batch - 1) * strideB + p.depth * p.columns);
  float* firstY = call.at(y, batch * p.rows * p.columns);

  // Pieces are whole products, or, of few products, some rows of one: in any case the same ones for a shape.
  const double work = static_cast<double>(p.rows) * static_cast<double>(p.depth) * static_cast<double>(p.columns);
  const std::int64_t cuts = std::max<std::int64_t>(1, std::min(static_cast<std::int64_t>(work / kLeastWork), (kMostPieces + batch - 1) / batch));
  const std::int64_t grain = std::max(kLeastRows, ((p.rows + cuts - 1) / cuts + 7) / 8 * 8), pieces = (p.rows + grain - 1) / grain;
  const std::int64_t productsAPiece = std::max<std::int64_t>(1, static_cast<std::int64_t>(kLeastWork / 8 / std::max(work, 1.0)));
  inPieces(*call.engine().pool, batch * pieces, productsAPiece, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t i = first; i < last; i++) {
      const std::int64_t n = i / pieces, row = i % pieces * grain;
      Product one = p;
      one.a = firstA + n * strideA;
      one.b = firstB + n * strideB;
      one.y = firstY + n * p.rows * p.columns;
      (p.depth == 1 ? outer : multiplyRows)(one, row, std::min(row + grain, p.rows));
    }
  });
}
