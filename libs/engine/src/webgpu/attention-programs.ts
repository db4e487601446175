import { family } from './program.js';
import type { Program } from './program.js';

/** Sizes that are written into the programs, so that they divide by constants only. */
export interface AttentionShape {
  tokens: number;
  heads: number;
  /** Channels of a head, divisible by 4. */
  width: number;
}

/** Queries, or keys, of a workgroup: one for each thread. */
export const rowsTogether = 64;

/** vec4s of a shared tile: 64 tokens of heads with 8 channels. */
const tileNumbers = 128;
/** Tokens of a tile. */
const tileLength = (width: number) => Math.floor((4 * tileNumbers) / width);

const partsOf = ({ width }: AttentionShape) => Array.from({ length: width / 4 }, (_, c) => c);
/** The same for each vec4 of a token's head. */
const forParts = (shape: AttentionShape, write: (c: number) => string) => partsOf(shape).map(write).join(' ');
const registers = (shape: AttentionShape, name: string) => forParts(shape, (c) => `var ${name}${c} = vec4<f32>(0.0);`);
/** The product of a register of each vec4 with another, or with a tile's token `other`. */
const product = (shape: AttentionShape, a: string, b: (c: number) => string) => partsOf(shape).map((c) => `dot(${a}${c}, ${b(c)})`).join(' + ');
const ofTile = (shape: AttentionShape, tile: string) => (c: number) => `${tile}[other * ${shape.width / 4} + ${c}]`;

/** A thread's token of a head, `first` and `joined` the head's first vec4 in arrays of [n,tokens,channels] and of [n,tokens,3 channels]; `item` counts the workgroups of all heads. */
const places = ({ tokens, heads, width }: AttentionShape, item: string, inside: (pair: string) => string) => `
  let pair = (${item}) / ${Math.ceil(tokens / rowsTogether)};
  let first = (pair / ${heads}) * ${tokens * heads * (width / 4)} + (pair % ${heads}) * ${width / 4};
  let joined = (pair / ${heads}) * ${3 * tokens * heads * (width / 4)} + (pair % ${heads}) * ${width / 4};
  let inside = ${inside(`pair * ${tokens * (width / 4)}`)};
  let token = ((${item}) % ${Math.ceil(tokens / rowsTogether)}) * ${rowsTogether} + lane;
  let own = inside && token < ${tokens};`;

/** Queries, keys and values are in one array, in this order, and so are their gradients. */
const parts: Readonly<Record<string, readonly [array: string, part: number]>> = { q: ['qkv', 0], k: ['qkv', 1], v: ['qkv', 2], dq: ['dqkv', 0], dk: ['dqkv', 1], dv: ['dqkv', 2] };

/** Vec4 `c` of a token's head, of which `first` and `joined` name the first vec4, in an array of its own or in one of three. */
export function at({ heads, width }: AttentionShape, array: string, token: string, c: number | string): string {
  const channels = heads * (width / 4);
  const [whole, part] = parts[array] ?? [];
  return whole === undefined ? `${array}[first + (${token}) * ${channels} + ${c}]` : `${whole}[joined + (${token}) * ${3 * channels} + ${part! * channels} + ${c}]`;
}

const tiles = (...names: string[]) => names.map((name) => `var<workgroup> ${name} : array<vec4<f32>, ${tileNumbers}>;`).join(' ');

/** Reads the thread's token from arrays into registers of these names. */
const readOwn = (shape: AttentionShape, arrays: Readonly<Record<string, string>>) => `
  ${Object.keys(arrays).map((name) => registers(shape, name)).join(' ')}
  if (own) { ${Object.entries(arrays).map(([name, array]) => forParts(shape, (c) => `${name}${c} = ${at(shape, array, 'token', c)};`)).join(' ')} }`;

/** Runs `each` for every token `other` of the head in turn, with its numbers from two arrays in tiles, and with what `before` prepares for `count` tokens from `start` on. */
const overTokens = (shape: AttentionShape, loads: Readonly<Record<string, string>>, each: string, before = '') => `
  for (var start = 0; start < ${shape.tokens}; start = start + ${tileLength(shape.width)}) {
    let count = min(${tileLength(shape.width)}, ${shape.tokens} - start);
    for (var to = lane; to < select(0, count * ${shape.width / 4}, inside); to = to + ${rowsTogether}) {
      ${Object.entries(loads).map(([tile, array]) => `${tile}[to] = ${at(shape, array, `start + to / ${shape.width / 4}`, `to % ${shape.width / 4}`)};`).join(' ')}
    }
    ${before}
    workgroupBarrier();
    for (var other = 0; other < count; other = other + 1) { ${each} }
    workgroupBarrier();
  }`;

export const named = (what: string, { tokens, heads, width }: AttentionShape) => `attention_${what}_${tokens}_${heads}_${width}`;

/**
 * Softmax(q k^T / sqrt(width)) v of each head; qkv [n,tokens,3 heads width], seen [n,tokens,heads width]; one thread a query. The sums are rescaled when a larger score comes (Milakov &
 * Gimelshein 2018), so that no score is stored. total [n,heads,tokens]: the logarithm of the sum of a query's exponentials.
 */
export const attended = family((shape: AttentionShape): Program => ({
  name: named('seen', shape), inputs: ['qkv'], outputs: ['seen', 'total'], vectors: ['qkv', 'seen'], uniforms: '', lanes: rowsTogether,
  declarations: tiles('tile0', 'tile1'),
  body: `${places(shape, 'item', (numbers) => `${numbers} < uniforms.size`)}
  ${readOwn(shape, { query: 'q' })}
  ${registers(shape, 'sum')}
  var largest = -3.0e38;
  var weights = 0.0;
  ${overTokens(shape, { tile0: 'k', tile1: 'v' }, `
    let score = (${product(shape, 'query', ofTile(shape, 'tile0'))}) * ${1 / Math.sqrt(shape.width)};
    let next = max(largest, score);
    let kept = exp(largest - next);
    let weight = exp(score - next);
    weights = weights * kept + weight;
    ${forParts(shape, (c) => `sum${c} = sum${c} * kept + weight * ${ofTile(shape, 'tile1')(c)};`)}
    largest = next;`)}
  if (own) {
    ${forParts(shape, (c) => `${at(shape, 'seen', 'token', c)} = sum${c} / weights;`)}
    total[pair * ${shape.tokens} + token] = largest + log(weights);
  }`,
}));

/** dqkv like qkv: half of the workgroups have a query in each thread, half a key. Dao et al. 2022 (FlashAttention), app. B.2. */
export const attentionGradients = family((shape: AttentionShape): Program => ({
  name: named('gradients', shape), inputs: ['qkv', 'seen', 'total', 'dseen'], outputs: ['dqkv'], vectors: ['qkv', 'seen', 'dseen', 'dqkv'], uniforms: '', lanes: rowsTogether,
  declarations: `${tiles('tile0', 'tile1')} var<workgroup> expectations : array<f32, ${tileNumbers}>;`,
  body: `${places(shape, 'item / 2', (numbers) => `3 * ${numbers} < uniforms.size`)}
  if (item % 2 == 0) { ${queryGradients(shape)} } else { ${keyGradients(shape)} }`,
}));

const queryGradients = (shape: AttentionShape): string => `
  ${readOwn(shape, { query: 'q', away: 'dseen', was: 'seen' })}
  var whole = 0.0;
  if (own) { whole = total[pair * ${shape.tokens} + token]; }
  let expected = ${product(shape, 'away', (c) => `was${c}`)};
  ${registers(shape, 'sum')}
  ${overTokens(shape, { tile0: 'k', tile1: 'v' }, `
    let weight = exp((${product(shape, 'query', ofTile(shape, 'tile0'))}) * ${1 / Math.sqrt(shape.width)} - whole);
    let slope = weight * (${product(shape, 'away', ofTile(shape, 'tile1'))} - expected) * ${1 / Math.sqrt(shape.width)};
    ${forParts(shape, (c) => `sum${c} = sum${c} + slope * ${ofTile(shape, 'tile0')(c)};`)}`)}
  if (own) { ${forParts(shape, (c) => `${at(shape, 'dq', 'token', c)} = sum${c};`)} }`;

const keyGradients = (shape: AttentionShape): string => `
  ${readOwn(shape, { key: 'k', value: 'v' })}
  ${registers(shape, 'keySum')} ${registers(shape, 'valueSum')}
  ${overTokens(shape, { tile0: 'q', tile1: 'dseen' }, `
    let weight = exp((${product(shape, 'key', ofTile(shape, 'tile0'))}) * ${1 / Math.sqrt(shape.width)} - total[pair * ${shape.tokens} + start + other]);
    let slope = weight * (${product(shape, 'value', ofTile(shape, 'tile1'))} - expectations[other]) * ${1 / Math.sqrt(shape.width)};
    ${forParts(shape, (c) => `keySum${c} = keySum${c} + slope * ${ofTile(shape, 'tile0')(c)}; valueSum${c} = valueSum${c} + weight * ${ofTile(shape, 'tile1')(c)};`)}`, `
    for (var to = lane; to < select(0, count, inside); to = to + ${rowsTogether}) {
      expectations[to] = ${partsOf(shape).map((c) => `dot(${at(shape, 'dseen', 'start + to', c)}, ${at(shape, 'seen', 'start + to', c)})`).join(' + ')};
    }`)}
  if (own) { ${forParts(shape, (c) => `${at(shape, 'dk', 'token', c)} = keySum${c}; ${at(shape, 'dv', 'token', c)} = valueSum${c};`)} }`;
