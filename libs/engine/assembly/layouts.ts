/** Made of libs/engine-native/src/kernel-layouts.ts by `npm run build:layouts -w @elucidate/engine`. */

export const enum BinaryOp { Add, Sub, Multiply, RealDiv, SquaredDifference, Maximum, Minimum }

export const enum UnaryOp { Sigmoid, Square, Sqrt, Rsqrt, Neg, Relu, Exp, Abs, Step }

export const enum BroadcastPlan { size0, size1, size2, size3, a0, a1, a2, a3, b0, b1, b2, b3 }

export const enum ConvolvePlan {
  x, inHeight, inWidth, inputs, records, taps, panels, y, outHeight, outWidth, outputs, images, gridHeight, gridWidth, stepInRow, stepInColumn,
  stepOutRow, stepOutColumn, startRow, startColumn, scratch, scratchBytes,
}

export const enum FilterGradientPlan {
  x, images, inHeight, inWidth, inputs, dy, outHeight, outWidth, outputs, dw, filterHeight, filterWidth, strideRow, strideColumn, top, left,
  imagesTogether, rowsTogether, scratch, scratchBytes,
}

export const enum WinogradPlan { x, inHeight, inWidth, inputs, y, outHeight, outWidth, outputs, panels, top, left, together, scratch, scratchBytes }

export const enum WinogradGradientPlan { x, images, inHeight, inWidth, inputs, dy, outHeight, outWidth, outputs, sums, top, left, together, scratch, scratchBytes }

export const enum KernelSize { tilesTogether = 8, largeListBytes = 144, smallListBytes = 64, betweenBytes = 576, padBytes = 64 }
