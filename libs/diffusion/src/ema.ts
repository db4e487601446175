/** The fraction of the average that remains after one update of `batch` images; one half remains after `halfLifeImages`: 0.5^(batch/halfLife). EDM, app. F.2. */
export function decayOf(halfLifeImages: number, batch: number): number {
  return 0.5 ** (batch / halfLifeImages);
}

/** decay * average + (1 - decay) * weights, in a new array; the sum is taken in float64. */
export function averagedArray(average: Float32Array, weights: Float32Array, decay: number): Float32Array {
  return average.map((value, i) => decay * value + (1 - decay) * weights[i]!);
}
