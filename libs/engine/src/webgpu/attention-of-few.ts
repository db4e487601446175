import { at, type AttentionShape, named } from './attention-programs.js';
import { family } from './program.js';
import type { Program } from './program.js';

/** Attention over few tokens, with heads of any width: a workgroup has one token of a head, and its threads divide first the other tokens, then the channels, among themselves. */

/** Threads of a workgroup, and most tokens. */
export const mostTokens = 64;

/** Lengths of loops, which are not written into the programs, so that compilers leave them loops. */
const uniforms = 'tokens : i32, fours : i32,';

const places = ({ tokens, heads, width }: AttentionShape, inside: (pair: string) => string) => `
  let pair = item / ${tokens};
  let token = item % ${tokens};
  let first = (pair / ${heads}) * ${tokens * heads * (width / 4)} + (pair % ${heads}) * ${width / 4};
  let joined = (pair / ${heads}) * ${3 * tokens * heads * (width / 4)} + (pair % ${heads}) * ${width / 4};
  let inside = ${inside(`pair * ${tokens * (width / 4)}`)};
  let other = select(${tokens}, lane, inside);`;

/** Runs `each` for the vec4s `c` of a head that are the thread's. */
const forOwn = ({ width }: AttentionShape, each: string) => `for (var c = select(${width / 4}, lane, inside); c < uniforms.fours; c = c + ${mostTokens}) { ${each} }`;

/** Arrays that the workgroup shares: one token's numbers in `rows`, a number for each other token in `numbers`. */
const shared = ({ width }: AttentionShape, rows: readonly string[], numbers: readonly string[]) =>
  [...rows.map((name) => `var<workgroup> ${name} : array<vec4<f32>, ${width / 4}>;`), ...numbers.map((name) => `var<workgroup> ${name} : array<f32, ${mostTokens}>;`)].join(' ');

/** The products, over a head's vec4s, of pairs of expressions of `c`, in variables of these names. */
const products = (pairs: Readonly<Record<string, readonly [string, string]>>) => `
    ${Object.keys(pairs).map((name) => `var ${name} = 0.0;`).join(' ')}
    for (var c = 0; c < uniforms.fours; c = c + 1) { ${Object.entries(pairs).map(([name, [a, b]]) => `${name} = ${name} + dot(${a}, ${b});`).join(' ')} }`;

const scale = ({ width }: AttentionShape) => 1 / Math.sqrt(width);

/** Like `attended`. */
export const attendedOfFew = family((shape: AttentionShape): Program => ({
  name: named('of_few', shape), inputs: ['qkv'], outputs: ['seen', 'total'], vectors: ['qkv', 'seen'], uniforms, lanes: mostTokens,
  declarations: shared(shape, ['query'], ['scores']),
  body: `${places(shape, (numbers) => `${numbers} < uniforms.size`)}
  ${forOwn(shape, `query[c] = ${at(shape, 'q', 'token', 'c')};`)}
  workgroupBarrier();
  if (other < ${shape.tokens}) {
    ${products({ score: ['query[c]', at(shape, 'k', 'other', 'c')] })}
    scores[other] = score * ${scale(shape)};
  }
  workgroupBarrier();
  var largest = scores[0];
  for (var i = 1; i < uniforms.tokens; i = i + 1) { largest = max(largest, scores[i]); }
  var weights = 0.0;
  for (var i = 0; i < uniforms.tokens; i = i + 1) { weights = weights + exp(scores[i] - largest); }
  ${forOwn(shape, `
    var sum = vec4<f32>(0.0);
    for (var i = 0; i < uniforms.tokens; i = i + 1) { sum = sum + exp(scores[i] - largest) * ${at(shape, 'v', 'i', 'c')}; }
    ${at(shape, 'seen', 'token', 'c')} = sum / weights;`)}
  if (lane == 0 && inside) { total[pair * ${shape.tokens} + token] = largest + log(weights); }`,
}));

/** Like `attentionGradients`: a workgroup has the gradients of its token's query, key and value. */
export const gradientsOfFew = family((shape: AttentionShape): Program => ({
  name: named('gradients_of_few', shape), inputs: ['qkv', 'seen', 'total', 'dseen'], outputs: ['dqkv'], vectors: ['qkv', 'seen', 'dseen', 'dqkv'], uniforms, lanes: mostTokens,
  declarations: shared(shape, ['query', 'key', 'value', 'away'], ['expected', 'weights', 'slopes', 'ownSlopes']),
  body: `${places(shape, (numbers) => `3 * ${numbers} < uniforms.size`)}
  ${forOwn(shape, `query[c] = ${at(shape, 'q', 'token', 'c')}; key[c] = ${at(shape, 'k', 'token', 'c')}; value[c] = ${at(shape, 'v', 'token', 'c')}; away[c] = ${at(shape, 'dseen', 'token', 'c')};`)}
  workgroupBarrier();
  var ownScore = 0.0;
  var ownAway = 0.0;
  if (other < ${shape.tokens}) {
    ${products({
    score: [at(shape, 'q', 'other', 'c'), 'key[c]'], slope: [at(shape, 'dseen', 'other', 'c'), 'value[c]'], mean: [at(shape, 'dseen', 'other', 'c'), at(shape, 'seen', 'other', 'c')],
    seeking: ['query[c]', at(shape, 'k', 'other', 'c')], missing: ['away[c]', at(shape, 'v', 'other', 'c')],
  })}
    expected[other] = mean;
    weights[other] = exp(score * ${scale(shape)} - total[pair * ${shape.tokens} + other]);
    slopes[other] = weights[other] * (slope - mean) * ${scale(shape)};
    ownScore = exp(seeking * ${scale(shape)} - total[pair * ${shape.tokens} + token]);
    ownAway = missing;
  }
  workgroupBarrier();
  if (other < ${shape.tokens}) { ownSlopes[other] = ownScore * (ownAway - expected[token]) * ${scale(shape)}; }
  workgroupBarrier();
  ${forOwn(shape, `
    var querySum = vec4<f32>(0.0);
    var keySum = vec4<f32>(0.0);
    var valueSum = vec4<f32>(0.0);
    for (var i = 0; i < uniforms.tokens; i = i + 1) {
      querySum = querySum + ownSlopes[i] * ${at(shape, 'k', 'i', 'c')};
      keySum = keySum + slopes[i] * ${at(shape, 'q', 'i', 'c')};
      valueSum = valueSum + weights[i] * ${at(shape, 'dseen', 'i', 'c')};
    }
    ${at(shape, 'dq', 'token', 'c')} = querySum; ${at(shape, 'dk', 'token', 'c')} = keySum; ${at(shape, 'dv', 'token', 'c')} = valueSum;`)}`,
}));
