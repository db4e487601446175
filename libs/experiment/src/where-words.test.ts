import { ElucidateError } from './errors.js';
import { compileWhere } from './where.js';

function refused(where: string): { expected: string; nearest?: string } {
  try {
    compileWhere(where);
  } catch (error) {
    if (error instanceof ElucidateError && error.problems[0] !== undefined) return error.problems[0];
  }
  throw new Error('it was taken');
}

describe('a `where` that compares a parameter with what it never is', () => {
  it.each([
    ['a record with a word', "sampler != 'heun' || steps <= 10", 'sampler.kind in place of sampler, a record that is never equal to \'heun\'', 'sampler.kind'],
    ['the other way round', "'heun' == sampler", 'sampler.kind in place of sampler', 'sampler.kind'],
    ['a record with a list of words', "schedule in ['cosine', 'linear']", 'schedule.kind in place of schedule', 'schedule.kind'],
    ['a kind with a misspelt word', "sampler.kind != 'hen' || steps <= 10", "it is never 'hen'", "'heun'"],
    ['a kind with a misspelt word of a list', "sampler.kind in ['ddim', 'huen']", "it is never 'huen'", "'heun'"],
    ['a kind in brackets', "sampler['kind'] == 'huen'", "it is never 'huen'", "'heun'"],
    ['a word of another program', "sampler.kind == 'dpmpp_2m'", "it is never 'dpmpp_2m'", "'dpmpp-2m'"],
    ['a named network with a misspelt name', "network == 'tini'", "it is never 'tini'", "'tiny'"],
    ["a guide's network", "guidance.kind == 'autoguidance' && guidance.network == 'tini'", "it is never 'tini'", "'tiny'"],
    ['a number with text', "steps != '5'", "steps compared with a number, without quotes: it is never '5'", undefined],
    ['a number with texts', "steps in ['5', '10']", "without quotes: it is never '5'", undefined],
    ['a word with a number', 'conditioning == 3', 'it is never 3', undefined],
    ['within a negation and a condition', "!(steps == 5 && (sampler.kind == 'ddim' ? true : schedule == 'linear'))", 'schedule.kind in place of schedule', 'schedule.kind'],
  ])('is refused: %s', (_, where, expected, nearest) => {
    const problem = refused(where);
    expect(problem.expected).toContain(expected);
    expect(problem.nearest).toBe(nearest);
  });

  it.each([
    ["sampler.kind != 'heun' || steps <= 10"],
    ["network == 'tiny' || network in ['small', 'base']"],
    ['clampX0 == true || clampX0 == 2 || clampX0 == 1.5'],
    ["sigmaData == 'measured' || sigmaData == 0.5"],
    ['inputScale in [0.3, 1] && steps == 20'],
    ["discretisation.start == 0.99 && (noiseLevel.kind == 'predicted') == (clampX0 == 2)"],
    ['sampler == discretisation'],
    ["['heun'].exists(sampler, sampler == 'heun')"],
    ["[sampler.kind].exists(kind, kind == 'heuns')"],
  ])('is taken where it may hold: %s', (where) => {
    expect(() => compileWhere(where)).not.toThrow();
  });
});
