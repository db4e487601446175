import { axesOf } from './axes.js';
import { ElucidateError } from './errors.js';
import { parseSpec } from './parse-spec.js';
import { least } from './spec.fixture.js';
import { compileWhere, whereOver } from './where.js';

const count = (length: number) => Array.from({ length }, (_, index) => index);
const text = (length: number) => `[${count(length).map((index) => `${index}.0`).join(', ')}]`;
const axes = axesOf(parseSpec({ ...least, parameters: { steps: { values: count(1000).map((index) => index + 1) }, inputScale: { values: count(100).map((index) => (index + 1) / 100) } } }));

function refused(where: string): ElucidateError {
  try {
    whereOver(axes, where)(0);
  } catch (error) {
    if (error instanceof ElucidateError) return error;
  }
  throw new Error('it was taken');
}

describe('where', () => {
  it.each([
    ["sampler.kind != 'heun' || steps <= 5", ['sampler', 'steps']],
    ['has(network.channels) && network.channels.exists(c, c > 3.0)', ['network']],
    ['2 * steps - 1 == 9', ['steps']],
    ['true', []],
  ])('`%s` depends on %j alone', (where, names) => {
    expect([...compileWhere(where).names].sort()).toEqual(names);
  });

  it('knows a network by its name, as a guide too', () => {
    const guidance = { values: ['tiny', 'small'].map((network) => ({ kind: 'autoguidance', scale: 2, network })) };
    const both = axesOf(parseSpec({ ...least, parameters: { network: { values: ['tiny', 'base'] }, guidance }, where: "network == 'base'" }));
    expect([0, 1, 2, 3].filter(whereOver(both, "guidance.network != network && network in ['tiny', 'base']"))).toEqual([1, 2, 3]);
    expect([0, 1, 2, 3].filter(whereOver(both, "guidance.network == 'small'"))).toEqual([1, 3]);
  });

  it('is evaluated once for all cells that agree on the parameters it names', () => {
    // evaluating it for each of the 100,000 cells would be rejected, as below
    const keeps = whereOver(axes, `inputScale > 0.5 && ${count(20).map((index) => `inputScale != ${index}.25`).join(' && ')}`);
    expect(count(axes.size).filter(keeps)).toHaveLength(50_000);
  });

  it('counts the body of a loop once for each element of its list', () => {
    const [one, ten] = [1, 10].map((length) => compileWhere(`${text(length)}.exists(x, x > steps)`).work);
    // nine more numbers in the list, nine more times the body's 44 nodes: the three of x > steps, x, and an error forgiven
    expect(ten! - one!).toBe(9 + 9 * 44);
  });

  it.each([
    ['loops within loops', `${text(90)}.all(x, ${text(90)}.all(y, ${text(90)}.all(z, x + y + z + steps > 0.0)))`],
    ['a long expression over very many cells', count(12).map((index) => `steps != ${index}.5 && inputScale != ${index}.5`).join(' && ')],
  ])('is refused when it takes too much work: %s', (_, where) => {
    expect(() => count(axes.size).map(whereOver(axes, where))).toThrow(expect.objectContaining({ code: 'spec.invalid', message: expect.stringMatching(/at most 30000000 steps in all; it takes up to \d+ for each of \d+ combinations of /) }));
  });

  it.each(['matches', 'bind', 'split', 'join'])('may not call %s', (name) => {
    const where = { matches: "sampler.kind.matches('(d+)+')", bind: "cel.bind(x, 'aa', x + x) == 'aaaa'", split: "'abc'.split('').size() > 1", join: "['a'].join() == 'a'" }[name]!;
    expect(refused(where).message).toContain(`expected no ${name}()`);
  });

  it('may contain such a word in a string', () => {
    expect(whereOver(axes, "!sampler.kind.contains('matches(x)')")(0)).toBe(true);
  });
});
