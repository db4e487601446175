#pragma once

#include "engine.h"

/**
 * 3 x 3 convolutions of stride 1 by Winograd's minimal filtering, F(4 x 4, 3 x 3): a tile of 4 x 4 outputs takes 36 products a pair of
 * channels where the sum over taps takes 144. y = A^T [(G w G^T) . (B^T x B)] A, and at each of a tile's 36 components the sum over channels
 * is a product of matrices. Lavin & Gray 2016 (arXiv 1509.09308), section 4; winograd-maps.h has the matrices.
 */
bool suitsWinograd(const ConvolutionShape& shape);

/** The pass of `shape`: y from x and filter, x from y and filter, or filter from x and y. */
void winograd(Engine& engine, const ConvolutionShape& shape, float* x, float* filter, float* y);
