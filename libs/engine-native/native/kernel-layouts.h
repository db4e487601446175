#pragma once

#include <cstdint>

/** Made of libs/engine-native/src/kernel-layouts.ts by `npm run build:layouts -w @elucidate/engine`. */

enum class BinaryOp : std::int64_t { Add, Sub, Multiply, RealDiv, SquaredDifference, Maximum, Minimum };

enum class UnaryOp : std::int64_t { Sigmoid, Square, Sqrt, Rsqrt, Neg, Relu, Exp, Abs, Step };

enum class BroadcastPlan : std::int64_t { size0, size1, size2, size3, a0, a1, a2, a3, b0, b1, b2, b3 };

enum class ConvolutionPass : std::int64_t { forward, inputGradient, filterGradient };

enum class ConvolutionArgument : std::int64_t {
  x, filter, y, pass, images, height, width, channels, outHeight, outWidth, outChannels, filterHeight, filterWidth, strideHeight, strideWidth,
  dilationHeight, dilationWidth, padTop, padLeft,
};
