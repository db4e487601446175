import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { randomStream } from './noise.js';

/** Weights by name. */
export type Weights = Readonly<Record<string, Tensor>>;

/** How a parameter is initialised: to a constant, or normal with mean 0. */
export type Init = { kind: 'constant'; value: number } | { kind: 'normal'; std: number };

export interface Parameter {
  name: string;
  shape: readonly number[];
  init: Init;
}

/** Where a network's layers declare their parameters, in order; the returned function looks up that parameter in the weights. */
export interface ParameterList {
  parameters: readonly Parameter[];
  declare<T extends Tensor>(parameter: Parameter): (weights: Weights) => T;
}

export const zeros: Init = { kind: 'constant', value: 0 };
export const ones: Init = { kind: 'constant', value: 1 };

/** Keeps the variance of a sum of `fanIn` unit inputs at 1 (LeCun et al. 1998). */
export function fanIn(inputs: number): Init {
  return { kind: 'normal', std: Math.sqrt(1 / inputs) };
}

export function parameterList(): ParameterList {
  const parameters: Parameter[] = [];
  return {
    parameters,
    declare: <T extends Tensor>(parameter: Parameter) => {
      parameters.push(parameter);
      return (weights: Weights) => weights[parameter.name] as T;
    },
  };
}

/** Initial weights, owned by the caller. Each parameter has its own random stream, named by seed and parameter, so other parameters do not affect it. */
export function initialWeights(parameters: readonly Parameter[], seed: number): Record<string, Tensor> {
  return Object.fromEntries(parameters.map((parameter) => [parameter.name, initialTensor(parameter, seed)]));
}

function initialTensor({ name, shape, init }: Parameter, seed: number): Tensor {
  const values = new Float32Array(shape.reduce((size, side) => size * side, 1));
  if (init.kind === 'constant') {
    values.fill(init.value);
  } else {
    const stream = randomStream([seed, ...Array.from(name, (letter) => letter.codePointAt(0)!)]);
    for (let i = 0; i < values.length; i++) values[i] = init.std * stream.normal();
  }
  return tf.tensor(values, [...shape]);
}
