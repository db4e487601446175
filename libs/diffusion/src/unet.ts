import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { attentionBlock } from './attention.js';
import { conditionEmbedding, sinusoidNumbers } from './embedding.js';
import { convolution, denseEach, groupNorm } from './layers.js';
import type { DeclaredDense, Layer } from './layers.js';
import type { Condition } from './network.js';
import { upsample2x } from './ops.js';
import { initialWeights, parameterList, zeros } from './parameters.js';
import type { Parameter, ParameterList, Weights } from './parameters.js';
import { residualBlock } from './residual-block.js';
import type { Conditioned, Dropout } from './residual-block.js';
import { wirings } from './wiring.js';
import type { Architecture, Wiring } from './wiring.js';

export interface UNetConfig {
  /** Channels of each level, finest first; each level halves the sides. All are divisible by `groups`. */
  channels: readonly number[];
  /** Residual blocks per level, on the way down and again on the way up; see Wiring.kept. */
  blocks: number;
  /** Self-attention nowhere, in the middle of the lowest level, or there and after the blocks of these levels, 0 the finest. */
  attention: boolean | readonly number[];
  /** Number of groups of the group norms. */
  groups: number;
  /** Number of channels of the images. */
  inChannels: number;
  /** Default compact. */
  architecture?: Architecture;
  /** Channels after the first convolution; the level's embedding is four times as wide. Default the finest level's. */
  baseChannels?: number | undefined;
  /** Channels per attention head; must divide the channels of every level with attention. Default all: one head. */
  headChannels?: number | undefined;
  /** Whether the noise level scales and shifts after the second norm of a block, or is added before it. Default false: added. */
  scaleShift?: boolean;
  /** Number of classes that the network is conditioned on. Default 0: none. */
  classes?: number | undefined;
  /** How many numbers describe the augmentation of a training image. Default 0: none. */
  augmentationLabels?: number | undefined;
}

export interface PassOptions {
  /** Used during training; see Dropout. */
  dropout?: Dropout | undefined;
}

export interface UNet {
  /** In the order of use, which is also the checkpoint's order. */
  parameters: readonly Parameter[];
  /** Initial weights, owned by the caller; the output starts at zero. */
  init(seed: number): Record<string, Tensor>;
  /** The sinusoids of levels, [n,features], computed on the host in float64 (see sinusoidNumbers): a condition's `waves`. Owned by the caller. */
  embedding(levels: readonly number[]): Tensor2D;
  /** x [n,h,w,inChannels], h and w divisible by 2^(levels - 1); returns the same shape as x, owned by the caller. A label has as many columns as there are classes. */
  apply(weights: Weights, x: Tensor4D, condition: Condition, options?: PassOptions): Tensor4D;
}

/** The state of one pass: the feature map, maps of the level's embedding, and the maps kept for the way up. */
interface Pass extends Conditioned {
  kept: readonly Tensor4D[];
}

type Stage = (weights: Weights, pass: Pass) => Pass;

/** What the parts of the network are built from, and the state of the construction: the channels of the current map and of the kept maps. */
interface Build {
  list: ParameterList;
  config: UNetConfig;
  wiring: Wiring;
  stages: Stage[];
  channels: number;
  kept: number[];
  /** Of the level's embedding, one a block. */
  levelMaps: DeclaredDense[];
}

/** A U-Net as described by its architecture's source. Pure: the weights are passed with each call. */
export function unet(config: UNetConfig): UNet {
  const { channels, inChannels, groups, architecture = 'compact', baseChannels = channels[0]!, classes, augmentationLabels } = config;
  const wiring = wirings[architecture];
  const list = parameterList();
  const features = wiring.sinusoids * baseChannels;
  const embed = conditionEmbedding(list, 'embedding', { features, width: 4 * baseChannels, classes, augmentationLabels });
  const enter = convolution(list, 'enter', { in: inChannels, out: baseChannels, bias: true });
  const build: Build = { list, config, wiring, stages: [], channels: baseChannels, kept: wiring.kept === 'all' ? [baseChannels] : [], levelMaps: [] };
  downwards(build);
  middle(build);
  upwards(build);
  const norm = groupNorm(list, 'leave.norm', { channels: build.channels, groups, epsilon: wiring.epsilon });
  const leave = convolution(list, 'leave', { in: build.channels, out: inChannels, bias: true, init: zeros });
  return {
    parameters: list.parameters,
    init: (seed) => initialWeights(list.parameters, seed),
    embedding: (levels) => tf.tensor2d(sinusoidNumbers(levels, features), [levels.length, features]),
    apply: (weights, x, condition, { dropout } = {}) => tf.tidy(() => {
      const entered = enter(weights, x);
      const start: Pass = { h: entered, level: denseEach(weights, embed(weights, condition), build.levelMaps), dropout, kept: wiring.kept === 'all' ? [entered] : [] };
      const { h } = build.stages.reduce((pass, stage) => stage(weights, pass), start);
      return leave(weights, norm(weights, h));
    }),
  };
}

function downwards(build: Build): void {
  const { config: { channels, blocks }, wiring } = build;
  channels.forEach((out, level) => {
    if (level > 0) {
      shrink(build, level);
      if (wiring.kept === 'all') keep(build);
    }
    for (let i = 0; i < blocks; i++) {
      addBlock(build, `down.${level}.${i}`, { out });
      if (attends(build.config, level)) addAttention(build, `down.${level}.${i}.attention`);
      keep(build);
    }
  });
}

function middle(build: Build): void {
  addBlock(build, 'middle', { out: build.channels });
  if (build.config.attention !== false) addAttention(build, 'middle.attention');
  if (build.wiring.middleBlocks === 2) addBlock(build, 'middle.1', { out: build.channels });
}

function upwards(build: Build): void {
  const { config: { channels, blocks }, wiring } = build;
  const count = wiring.kept === 'all' ? blocks + 1 : blocks;
  for (let level = channels.length - 1; level >= 0; level--) {
    for (let i = 0; i < count; i++) {
      join(build);
      addBlock(build, `up.${level}.${i}`, { out: channels[level]! });
      if (attends(build.config, level) && (wiring.upAttention === 'each' || i === count - 1)) addAttention(build, `up.${level}.${i}.attention`);
    }
    if (level > 0) grow(build, level);
  }
}

const attends = ({ attention }: UNetConfig, level: number): boolean => typeof attention !== 'boolean' && attention.includes(level);

/** A layer on the map alone. */
function addLayer(build: Build, layer: Layer<Tensor4D>): void {
  build.stages.push((weights, pass) => ({ ...pass, h: layer(weights, pass.h) }));
}

function addBlock(build: Build, name: string, { out, resample }: { out: number; resample?: 'down' | 'up' }): void {
  const { list, levelMaps, wiring: { biases, sumScale, epsilon }, config: { groups, scaleShift = false, channels, baseChannels = channels[0]! } } = build;
  const block = residualBlock(list, name, { in: build.channels, out, groups, width: 4 * baseChannels, biases, sumScale, epsilon, scaleShift, resample, levelMaps });
  build.stages.push((weights, pass) => {
    const { h, again } = block(weights, { ...pass, twice: pass.kept.includes(pass.h) });
    return { ...pass, h, beside: undefined, kept: pass.kept.map((map) => (map === pass.h ? again : map)) };
  });
  build.channels = out;
}

function addAttention(build: Build, name: string): void {
  const { list, channels, wiring: { biases, sumScale, epsilon }, config: { groups, headChannels = channels } } = build;
  addLayer(build, attentionBlock(list, name, { channels, groups, heads: channels / headChannels, biases, sumScale, epsilon }));
}

function shrink(build: Build, level: number): void {
  const { list, wiring: { resampling, biases: bias }, config, channels } = build;
  const name = `down.${level}.shrink`;
  if (resampling === 'block') return addBlock(build, name, { out: channels, resample: 'down' });
  const changing = resampling === 'changing convolution';
  const out = changing ? config.channels[level]! : channels;
  addLayer(build, convolution(list, name, { in: channels, out, stride: 2, bias, pad: changing ? 'same' : 1 }));
  build.channels = out;
}

function grow(build: Build, level: number): void {
  const { list, wiring: { resampling, biases: bias }, config, channels } = build;
  const name = `up.${level}.grow`;
  if (resampling === 'block') return addBlock(build, name, { out: channels, resample: 'up' });
  const out = resampling === 'changing convolution' ? config.channels[level - 1]! : channels;
  const convolve = convolution(list, name, { in: channels, out, bias });
  addLayer(build, (weights, h) => convolve(weights, upsample2x(h)));
  build.channels = out;
}

/** Keeps the map for the way up. */
function keep(build: Build): void {
  build.stages.push((_, pass) => ({ ...pass, kept: [...pass.kept, pass.h] }));
  build.kept.push(build.channels);
}

/** Puts the most recently kept map beside the current one, as further channels of it. */
function join(build: Build): void {
  build.stages.push((_, pass) => ({ ...pass, beside: pass.kept.at(-1)!, kept: pass.kept.slice(0, -1) }));
  build.channels += build.kept.pop()!;
}
