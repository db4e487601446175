import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import { attentionBlock, residualBlock } from './blocks.js';
import type { Conditioned } from './blocks.js';
import { levelEmbedding } from './embedding.js';
import { convolution, groupNorm } from './layers.js';
import type { Layer } from './layers.js';
import { upsample2x } from './ops.js';
import { initialWeights, parameterList, zeros } from './parameters.js';
import type { Parameter, ParameterList, Weights } from './parameters.js';

export interface UNetConfig {
  /** Channels of each level, finest first; each level halves the sides. All divide by `groups`. */
  channels: readonly number[];
  /** Residual blocks a level, on the way down and again on the way up. */
  blocks: number;
  /** Self-attention in the middle of the lowest level. */
  attention: boolean;
  /** Groups of the group norms. */
  groups: number;
  /** Channels of the images. */
  inChannels: number;
}

export interface UNet {
  /** In the order in which they are used; the checkpoint's order. */
  parameters: readonly Parameter[];
  /** Starting weights, the caller's; its output starts at zero. */
  init(seed: number): Record<string, Tensor>;
  /** x [n,h,w,inChannels], h and w divisible by 2^(levels - 1); c [n], see noiseConditioning; the same shape as x, the caller's. */
  apply(weights: Weights, x: Tensor4D, c: Tensor1D): Tensor4D;
}

/** The state of one pass: the feature map, the level's embedding, and the maps kept for the way up. */
interface Pass extends Conditioned {
  kept: readonly Tensor4D[];
}

type Stage = Layer<Pass>;

/** What the halves of the network are built with. */
interface Build {
  list: ParameterList;
  config: UNetConfig;
  width: number;
}

/** Ho et al. 2020's U-Net (app. B), small: as many blocks up as down, attention only in the middle. Pure: weights come in with each call. */
export function unet(config: UNetConfig): UNet {
  const { channels, inChannels, groups } = config;
  const list = parameterList();
  const finest = channels[0]!;
  const width = 4 * finest;
  const embed = levelEmbedding(list, 'embedding', { features: 2 * finest, width });
  const enter = convolution(list, 'enter', { in: inChannels, out: finest, bias: true });
  const build = { list, config, width };
  const stages = [...downwards(build), ...middle(build), ...upwards(build)];
  const norm = groupNorm(list, 'leave.norm', { channels: finest, groups });
  const leave = convolution(list, 'leave', { in: finest, out: inChannels, bias: true, init: zeros });
  return {
    parameters: list.parameters,
    init: (seed) => initialWeights(list.parameters, seed),
    apply: (weights, x, c) => tf.tidy(() => {
      const start: Pass = { h: enter(weights, x), level: embed(weights, c), kept: [] };
      const { h } = stages.reduce((pass, stage) => stage(weights, pass), start);
      return leave(weights, norm(weights, h));
    }),
  };
}

function downwards({ list, config: { channels, blocks, groups }, width }: Build): Stage[] {
  return channels.flatMap((out, level) => {
    const stages: Stage[] = [];
    if (level > 0) {
      const shrink = convolution(list, `down.${level}.shrink`, { in: channels[level - 1]!, out, stride: 2 });
      stages.push((weights, pass) => ({ ...pass, h: shrink(weights, pass.h) }));
    }
    for (let i = 0; i < blocks; i++) {
      const block = residualBlock(list, `down.${level}.${i}`, { in: out, out, groups, width });
      stages.push((weights, pass) => {
        const h = block(weights, pass);
        return { ...pass, h, kept: [...pass.kept, h] };
      });
    }
    return stages;
  });
}

function middle({ list, config: { channels, attention, groups }, width }: Build): Stage[] {
  const lowest = channels.at(-1)!;
  const block = residualBlock(list, 'middle', { in: lowest, out: lowest, groups, width });
  const stages: Stage[] = [(weights, pass) => ({ ...pass, h: block(weights, pass) })];
  if (attention) {
    const attend = attentionBlock(list, 'middle.attention', { channels: lowest, groups });
    stages.push((weights, pass) => ({ ...pass, h: attend(weights, pass.h) }));
  }
  return stages;
}

function upwards({ list, config: { channels, blocks, groups }, width }: Build): Stage[] {
  return channels.flatMap((out, level) => ({ out, level })).reverse().flatMap(({ out, level }) => {
    const stages: Stage[] = [];
    for (let i = 0; i < blocks; i++) {
      const block = residualBlock(list, `up.${level}.${i}`, { in: 2 * out, out, groups, width });
      stages.push((weights, { h, level: embedded, kept }) => {
        const joined = tf.concat([h, kept.at(-1)!], 3);
        return { h: block(weights, { h: joined, level: embedded }), level: embedded, kept: kept.slice(0, -1) };
      });
    }
    if (level > 0) {
      const grow = convolution(list, `up.${level}.grow`, { in: out, out: channels[level - 1]! });
      stages.push((weights, pass) => ({ ...pass, h: grow(weights, upsample2x(pass.h)) }));
    }
    return stages;
  });
}
