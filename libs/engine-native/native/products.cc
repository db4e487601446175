#include "products.h"

#include <dnnl.hpp>

#include "vector.h"

namespace products {
namespace {

/** Sixteen float32 lanes: one register of AVX-512. */
typedef float Wide __attribute__((vector_size(64)));

template <typename Lanes>
inline __attribute__((always_inline)) Lanes lanesAt(const float* from) {
  Lanes lanes;
  std::memcpy(&lanes, from, sizeof lanes);
  return lanes;
}

/** One block of `rows`. `rowA` and `stepA`: from row to row of a, and along depth. Sums begin with what is in y, or with zero. */
template <typename Lanes, int rows, bool adds>
inline __attribute__((always_inline)) void block(const float* a, std::int64_t rowA, std::int64_t stepA, const float* panel, std::int64_t depth, float* y, std::int64_t strideY) {
  constexpr int lanes = sizeof(Lanes) / sizeof(float), parts = kColumns / lanes;
  Lanes sums[rows][parts] = {};
  if (adds) {
    for (int r = 0; r < rows; r++) for (int p = 0; p < parts; p++) sums[r][p] = lanesAt<Lanes>(y + r * strideY + p * lanes);
  }
  for (std::int64_t k = 0; k < depth; k++, panel += kColumns, a += stepA) {
    Lanes line[parts];
    for (int p = 0; p < parts; p++) line[p] = lanesAt<Lanes>(panel + p * lanes);
#pragma GCC unroll 12
    for (int r = 0; r < rows; r++) {
      const float value = a[r * rowA];
#pragma GCC unroll 2
      for (int p = 0; p < parts; p++) sums[r][p] += value * line[p];
    }
  }
  for (int r = 0; r < rows; r++) for (int p = 0; p < parts; p++) std::memcpy(y + r * strideY + p * lanes, &sums[r][p], sizeof(Lanes));
}

struct Blocks {
  const float* a;
  std::int64_t rowA, stepA;
  const float* panel;
  std::int64_t depth;
  float* y;
  std::int64_t strideY;
};

/** All rows: the largest blocks that leave no remainder. */
template <typename Lanes, bool adds, int most>
inline __attribute__((always_inline)) void overRows(std::int64_t rows, const Blocks& b) {
  for (std::int64_t r = 0; r < rows;) {
    const float* a = b.a + r * b.rowA;
    float* y = b.y + r * b.strideY;
    const std::int64_t left = rows - r;
    if (most >= 12 && left >= 12 && left != 16) { block<Lanes, 12, adds>(a, b.rowA, b.stepA, b.panel, b.depth, y, b.strideY); r += 12; }
    else if (most >= 8 && (left == 8 || left == 16)) { block<Lanes, 8, adds>(a, b.rowA, b.stepA, b.panel, b.depth, y, b.strideY); r += 8; }
    else if (left % 6 == 0 || left >= 10) { block<Lanes, 6, adds>(a, b.rowA, b.stepA, b.panel, b.depth, y, b.strideY); r += 6; }
    else { block<Lanes, 4, adds>(a, b.rowA, b.stepA, b.panel, b.depth, y, b.strideY); r += 4; }
  }
}

using Run = void (*)(std::int64_t rows, const Blocks& blocks);

template <bool adds>
void plain(std::int64_t rows, const Blocks& blocks) { overRows<Floats, adds, 6>(rows, blocks); }

#if defined(__x86_64__)
template <bool adds>
__attribute__((target("avx512f"))) void wide(std::int64_t rows, const Blocks& blocks) { overRows<Wide, adds, 12>(rows, blocks); }

/** Whether oneDNN uses AVX-512: the processor has it, and ONEDNN_MAX_CPU_ISA does not forbid it. */
bool isWide() {
  constexpr int wanted = static_cast<int>(dnnl::cpu_isa::avx512_core);
  return (static_cast<int>(dnnl::get_effective_cpu_isa()) & wanted) == wanted;
}
#else
template <bool adds>
void wide(std::int64_t rows, const Blocks& blocks) { plain<adds>(rows, blocks); }

bool isWide() { return false; }
#endif

}  // namespace

void overwrite(std::int64_t rows, const float* a, std::int64_t strideA, const float* panel, std::int64_t depth, float* y, std::int64_t strideY) {
  static const Run run = isWide() ? wide<false> : plain<false>;
  run(rows, {a, strideA, 1, panel, depth, y, strideY});
}

void add(std::int64_t rows, const float* a, std::int64_t strideA, const float* panel, std::int64_t depth, float* s, std::int64_t strideS) {
  static const Run run = isWide() ? wide<true> : plain<true>;
  run(rows, {a, 1, strideA, panel, depth, s, strideS});
}

}  // namespace products
