import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Inputs } from '../kernel-inputs.js';
import { family } from './program.js';
import type { Program } from './program.js';

/** What may be added to a convolution's result before it is stored: bias [c], a number for each image and channel [n,c], another tensor of the result's shape; in this order. */
export const addends = ['bias', 'perImage', 'other'] as const;
export type Addend = (typeof addends)[number];

/** Those that a kernel is given. */
export function givenAddends(inputs: Inputs): { added: Addend[]; tensors: TensorInfo[] } {
  const added = addends.filter((name) => inputs[name] !== undefined);
  return { added, tensors: added.map((name) => inputs[name]!) };
}

/** ` + ...` for a result's number, or four of adjacent channels where the arrays are of vec4: its image, its channel and its place, all counted in elements of the arrays, of which a pixel has `width`. */
export const plus = (added: readonly Addend[], { image, channel, place, width }: Record<'image' | 'channel' | 'place' | 'width', string>): string => {
  const terms: Readonly<Record<Addend, string>> = { bias: `bias[${channel}]`, perImage: `perImage[(${image}) * (${width}) + ${channel}]`, other: `other[${place}]` };
  return added.map((name) => ` + ${terms[name]}`).join('');
};

/** The sum of all parts, each as long as the output, and of what is added to it. */
export const partsTogether = family((added: readonly Addend[]): Program => ({
  name: ['parts_together', ...added].join('_'), inputs: ['parts', ...added], uniforms: `count : i32, ${added.length > 0 ? 'pixels : i32, width : i32,' : ''}`,
  body: `
  var sum = 0.0;
  for (var part = 0; part < uniforms.count; part = part + 1) { sum = sum + parts[part * uniforms.size + index]; }
  result[index] = sum${plus(added, { image: 'index / (uniforms.pixels * uniforms.width)', channel: 'index % uniforms.width', place: 'index', width: 'uniforms.width' })};`,
}));
