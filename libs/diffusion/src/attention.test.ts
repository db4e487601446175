import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { attentionBlock } from './attention.js';
import { noiseSource } from './noise.js';
import { parameterList } from './parameters.js';
import { stirred } from './stirred.fixture.js';

const image = (channels: number) => noiseSource([1, 2], [3, 4, channels]).next();

/** Softmax attention of one image's tokens, element by element, each head over its own channels. */
function attended(tokens: readonly { q: number[]; k: number[]; v: number[] }[], heads: number): number[][] {
  const width = tokens[0]!.q.length / heads;
  return tokens.map(({ q }) => Array.from(q, (_, channel) => {
    const own = Array.from({ length: width }, (__, i) => Math.floor(channel / width) * width + i);
    const scores = tokens.map(({ k }) => Math.exp(own.reduce((sum, i) => sum + q[i]! * k[i]!, 0) / Math.sqrt(width)));
    const total = scores.reduce((a, b) => a + b, 0);
    return tokens.reduce((sum, { v }, t) => sum + (scores[t]! / total) * v[channel]!, 0);
  }));
}

describe.each([[1, false], [2, false], [4, true]] as const)('attention of %i heads, biases %s', (heads, biases) => {
  it('is what the formula gives, element by element', () => tf.tidy(() => {
    const channels = 8;
    const list = parameterList();
    const block = attentionBlock(list, 'a', { channels, groups: 2, heads, biases, sumScale: Math.SQRT1_2 });
    const weights = stirred(list.parameters);
    const x = image(channels) as Tensor4D;
    const got = block(weights, x);
    // with identity maps and nothing added, only the norm remains
    const eye = tf.eye(channels);
    const ofNorm = tf.moments(tf.reshape(x, [2, 12, 2, 4]), [1, 3], true);
    const normal = tf.add(tf.mul(tf.reshape(tf.div(tf.sub(tf.reshape(x, [2, 12, 2, 4]), ofNorm.mean), tf.sqrt(tf.add(ofNorm.variance, 1e-5))), [2, 12, channels]), weights['a.norm.scale']!), weights['a.norm.bias']!);
    const mapped = (part: string) => tf.add(tf.matMul(tf.reshape(normal, [24, channels]), (weights[`a.${part}.kernel`] ?? eye) as tf.Tensor2D), weights[`a.${part}.bias`] ?? 0).arraySync() as number[][];
    const [q, k, v] = [mapped('query'), mapped('key'), mapped('value')];
    const seen = [0, 1].flatMap((n) => attended(Array.from({ length: 12 }, (_, t) => ({ q: q[n * 12 + t]!, k: k[n * 12 + t]!, v: v[n * 12 + t]! })), heads));
    const out = tf.add(tf.matMul(tf.tensor2d(seen), weights['a.out.kernel'] as tf.Tensor2D), weights['a.out.bias'] ?? 0);
    const want = tf.mul(tf.add(x, tf.reshape(out, x.shape)), Math.SQRT1_2);
    const error = (tf.max(tf.abs(tf.sub(got, want))) as Tensor).dataSync()[0]!;
    expect(error).toBeLessThan(1e-5);
  }));
});
