#pragma once

#include "buffer.h"
#include "convolution-cache.h"

/** Whether `filterGradientOf` knows the shape, and is worth its packing: several taps, no dilation, at least 6 channels, output channels in sixteens. */
bool knowsFilterGradient(const ConvolutionShape& shape);

/** filter (HWIO) = the gradient from so many of the images of `shape`. */
void filterGradientOf(const ConvolutionShape& shape, std::int64_t images, const float* x, const float* dy, float* filter, Buffer& scratch);
