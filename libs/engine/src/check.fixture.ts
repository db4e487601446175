import * as tf from '@tensorflow/tfjs-core';
import type { Case } from './cases.fixture.js';
import { sizeOf } from './loops.fixture.js';
import type { Values } from './loops.fixture.js';

/** Fixed numbers in a range, already rounded to float32, so that reference and backend start from the same ones. */
function numbers(count: number, [low, high]: [number, number], salt: number): Values {
  let state = 12345 + salt * 7919;
  return Float64Array.from({ length: count }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return Math.fround(low + ((high - low) * (state >>> 8)) / 2 ** 24);
  });
}

/** Central differences, exact to about 1e-9 for functions and numbers of order 1. */
function differences(reference: Case['reference'], inputs: readonly Values[], dy: Values): Values[] {
  const h = 1e-4;
  const project = (at: readonly Values[]) => reference(...at).reduce((sum, y, i) => sum + y * (dy[i] ?? 0), 0);
  return inputs.map((input, which) => input.map((value, i) => {
    const moved = (by: number) => project(inputs.map((other, j) => (j === which ? other.map((x, k) => (k === i ? value + by : x)) : other)));
    return (moved(h) - moved(-h)) / (2 * h);
  }));
}

interface Answer {
  inputs: Values[];
  y: Values;
  dy: Values;
  gradients: Values[];
}

/** The expected result of a case on every backend, computed once. */
const answers = new Map<Case, Answer>();

function answerTo(question: Case): Answer {
  const known = answers.get(question);
  if (known) return known;
  const { shapes, reference, backward, range = [-1, 1] } = question;
  const inputs = shapes.map((shape, i) => numbers(sizeOf(shape), range, i));
  const y = reference(...inputs);
  const dy = numbers(y.length, [-1, 1], 99);
  const answer = { inputs, y, dy, gradients: backward ? backward(inputs, dy) : differences(reference, inputs, dy) };
  answers.set(question, answer);
  return answer;
}

/** Largest difference, relative to the largest expected number. */
function error(got: ArrayLike<number>, want: Values): number {
  expect(got.length).toBe(want.length);
  const size = want.reduce((largest, x) => Math.max(largest, Math.abs(x)), 1e-3);
  return want.reduce((worst, x, i) => Math.max(worst, Math.abs((got[i] ?? NaN) - x) / size), 0);
}

/** float32 sums of at most 600 products: 2^-24 times a little more than the square root of that, with room for approximate exp. */
const tolerance = 4e-6;

/** Runs an op and its gradient on the current backend, compares both with the case's reference, and counts the tensors left undisposed. */
export async function expectConforms(question: Case): Promise<void> {
  const want = answerTo(question);
  const tensorsBefore = tf.memory().numTensors;

  const [y, ...gradients] = tf.tidy(() => {
    const tensors = want.inputs.map((values, i) => tf.tensor(Float32Array.from(values), [...(question.shapes[i] ?? [])]));
    const output = question.op(...tensors);
    const cotangent = tf.tensor(Float32Array.from(want.dy), output.shape);
    return [output, ...tf.grads((...at) => question.op(...at))(tensors, cotangent)];
  });

  expect(error((await y?.data()) ?? [], want.y)).toBeLessThan(tolerance);
  for (const [i, gradient] of gradients.entries()) expect(error(await gradient.data(), want.gradients[i] ?? new Float64Array())).toBeLessThan(tolerance);
  tf.dispose([y, ...gradients]);
  expect(tf.memory().numTensors).toBe(tensorsBefore);
}
