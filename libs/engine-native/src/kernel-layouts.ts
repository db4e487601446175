/**
 * How kernels are called, defined once: operations by number, plans and arguments by the index of each number. Callers in TypeScript write
 * by these names (`inOrder`); the kernels read by the same ones, libs/engine/assembly through layouts.ts there and C++ through
 * native/kernel-layouts.h, both generated from this file by `npm run build:layouts -w @elucidate/engine`.
 */
export const kernelLayouts = {
  /** `binary`, by tfjs's names. */
  BinaryOp: ['Add', 'Sub', 'Multiply', 'RealDiv', 'SquaredDifference', 'Maximum', 'Minimum'],
  /** `unary`, by tfjs's names. */
  UnaryOp: ['Sigmoid', 'Square', 'Sqrt', 'Rsqrt', 'Neg', 'Relu', 'Exp', 'Abs', 'Step'],
  /** int32 words of `binary`: the sizes of the output's four axes, and the strides of a and b in numbers, 0 where one is broadcast. */
  BroadcastPlan: ['size0', 'size1', 'size2', 'size3', 'a0', 'a1', 'a2', 'a3', 'b0', 'b1', 'b2', 'b3'],
  /** int32 words of `convolve`; `records` are the taps', (row, column, index) each; thread i has its scratch at scratch + i scratchBytes. */
  ConvolvePlan: [
    'x', 'inHeight', 'inWidth', 'inputs', 'records', 'taps', 'panels', 'y', 'outHeight', 'outWidth', 'outputs', 'images', 'gridHeight', 'gridWidth',
    'stepInRow', 'stepInColumn', 'stepOutRow', 'stepOutColumn', 'startRow', 'startColumn', 'scratch', 'scratchBytes',
  ],
  /** int32 words of `filterGradient`. */
  FilterGradientPlan: [
    'x', 'images', 'inHeight', 'inWidth', 'inputs', 'dy', 'outHeight', 'outWidth', 'outputs', 'dw', 'filterHeight', 'filterWidth',
    'strideRow', 'strideColumn', 'top', 'left', 'imagesTogether', 'rowsTogether', 'scratch', 'scratchBytes',
  ],
  /** int32 words of `winograd`. */
  WinogradPlan: ['x', 'inHeight', 'inWidth', 'inputs', 'y', 'outHeight', 'outWidth', 'outputs', 'panels', 'top', 'left', 'together', 'scratch', 'scratchBytes'],
  /** int32 words of `winogradGradient`. */
  WinogradGradientPlan: [
    'x', 'images', 'inHeight', 'inWidth', 'inputs', 'dy', 'outHeight', 'outWidth', 'outputs', 'sums', 'top', 'left', 'together', 'scratch', 'scratchBytes',
  ],
  /** What native's `convolution` computes of y = x * filter. */
  ConvolutionPass: ['forward', 'inputGradient', 'filterGradient'],
  /** Arguments of native's `convolution`; for a gradient, x or filter is written and y, which holds dy, is read. */
  ConvolutionArgument: [
    'x', 'filter', 'y', 'pass', 'images', 'height', 'width', 'channels', 'outHeight', 'outWidth', 'outChannels', 'filterHeight', 'filterWidth',
    'strideHeight', 'strideWidth', 'dilationHeight', 'dilationWidth', 'padTop', 'padLeft',
  ],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** Sizes that callers and kernels of libs/engine/assembly must agree on. */
export const kernelSizes = {
  /** Tiles of `convolve` that are multiplied by a panel of the filter before the next panel is read: the panels of wide layers do not fit the nearest cache. */
  tilesTogether: 8,
  /** Of Winograd's tiles: the addresses of 6 x 6 pixels, and of 4 x 4. */
  largeListBytes: 144,
  smallListBytes: 64,
  /** Of Winograd's tiles: numbers between two maps. */
  betweenBytes: 576,
  /** Between one place of transformed tiles and the next: lines a power of two apart would share one set of the cache. */
  padBytes: 64,
} as const;

export type KernelLayout = keyof typeof kernelLayouts;
export type KernelName<L extends KernelLayout> = (typeof kernelLayouts)[L][number];

/** The numbers of a plan or a call, given by name, returned in the order of their layout. */
export function inOrder<L extends KernelLayout>(layout: L, numbers: Readonly<Record<KernelName<L>, number>>): number[] {
  return (kernelLayouts[layout] as readonly (keyof typeof numbers)[]).map((name) => numbers[name]);
}

/** The number that stands for a name. */
export function codeOf<L extends KernelLayout>(layout: L, name: KernelName<L>): number {
  return (kernelLayouts[layout] as readonly string[]).indexOf(name);
}
