#pragma once

#include <cstdint>

/**
 * The products of matrices that convolutions by tiles spend their time in, sixteen columns at a time: blocks of rows whose sums stay in
 * registers. Computed with AVX-512 where the processor has it, else with what the addon was compiled for.
 */
namespace products {

constexpr std::int64_t kColumns = 16;

/** y [rows][16] = a [rows][depth] times panel [depth][16], rows a multiple of 6. Rows of a and of y lie `strideA` and `strideY` apart. */
void overwrite(std::int64_t rows, const float* a, std::int64_t strideA, const float* panel, std::int64_t depth, float* y, std::int64_t strideY);

/** s [rows][16] += a^T times panel [depth][16], a [depth][rows], rows a multiple of 4. Lines of a and rows of s lie `strideA` and `strideS` apart. */
void add(std::int64_t rows, const float* a, std::int64_t strideA, const float* panel, std::int64_t depth, float* s, std::int64_t strideS);

}  // namespace products
