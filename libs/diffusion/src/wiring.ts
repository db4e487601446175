/** How the blocks of a U-Net are connected, by the source that describes it. */
export const architectures = ['compact', 'ddpm', 'ddpm++'] as const;
export type Architecture = (typeof architectures)[number];

export interface Wiring {
  /** Whether convolutions and attention have biases even where a norm or a projection that follows makes them redundant. */
  biases: boolean;
  /** The maps kept for the way up: each block's, or every one from the first convolution on, which adds one block per level on the way up. */
  kept: 'blocks' | 'all';
  /**
   * How to get from level to level: convolutions that also change the channels; convolutions that keep them, padded equally on all sides;
   * or residual blocks, 2x2 means on the way down and nearest neighbours on the way up, a 1x1 convolution on the skip.
   */
  resampling: 'changing convolution' | 'convolution' | 'block';
  /** Residual blocks at the lowest level between the ways down and up; attention follows the first. */
  middleBlocks: 1 | 2;
  /** Where a level has attention: after each of its blocks, or on the way up only after the last. */
  upAttention: 'each' | 'last';
  /** Every sum of a block and its skip is multiplied by this. */
  sumScale: number;
  /** Number of sinusoids of the noise level, in multiples of the base channels. */
  sinusoids: 1 | 2;
  /** Added to the variance in group norms. */
  epsilon: number;
}

export const wirings: Readonly<Record<Architecture, Wiring>> = {
  /** This project's own, for small networks: as many blocks up as down. */
  'compact': { biases: false, kept: 'blocks', resampling: 'changing convolution', middleBlocks: 1, upAttention: 'each', sumScale: 1, sinusoids: 2, epsilon: 1e-5 },
  /** Ho et al. 2020, app. B, as in diffusers' UNet2DModel. */
  'ddpm': { biases: true, kept: 'all', resampling: 'convolution', middleBlocks: 2, upAttention: 'each', sumScale: 1, sinusoids: 1, epsilon: 1e-5 },
  /** Song et al. 2021, app. H, as in EDM (Karras et al. 2022, Table 7). */
  'ddpm++': { biases: true, kept: 'all', resampling: 'block', middleBlocks: 2, upAttention: 'last', sumScale: Math.SQRT1_2, sinusoids: 1, epsilon: 1e-6 },
};
