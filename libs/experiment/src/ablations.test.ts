import fc from 'fast-check';
import { ablationNamesText, axesOf, expectedTable, isAblationName, paperTables, tablesOf } from './ablations.js';
import { parameterNames } from './parameters.js';

describe('axesOf', () => {
  it("knows the papers' tables, and those of any two parameters", () => {
    expect(axesOf('sampler')).toEqual({ row: 'sampler', column: 'steps' });
    expect(axesOf('discretisation-by-sampler')).toEqual({ row: 'discretisation', column: 'sampler' });
    expect(Object.keys(paperTables).every(isAblationName)).toBe(true);
  });

  it.each(['network', 'discretisation-by-discretisation', 'discretisation-by-', 'discretisation-by-sampler-by-steps', 'discretization-by-sampler', 'toString', ''])('has no table %j', (name) => {
    expect(axesOf(name)).toBeUndefined();
  });
});

describe('expectedTable', () => {
  it('names the table that an old name means, otherwise all tables', () => {
    expect(expectedTable('sampler-by-grid')).toBe('sampler-by-discretisation, the new name of sampler-by-grid');
    expect([expectedTable('grid'), expectedTable('grid-by-discretisation')]).toEqual([ablationNamesText, ablationNamesText]);
  });
});

describe('tablesOf', () => {
  it.each([
    [[], []],
    [['schedule'], ['noise-schedule']],
    [['inputScale'], ['input-scale']],
    [['steps'], ['steps-by-sampler']],
    [['normalisation'], ['normalisation-by-steps']],
    [['inputScale', 'steps'], ['inputScale-by-steps']],
    [['inputScale', 'sampler', 'steps'], ['inputScale-by-sampler', 'sampler']],
    [['schedule', 'inputScale', 'sampler', 'steps'], ['noise-schedule', 'inputScale-by-sampler', 'sampler']],
    [['sampler', 'steps', 'discretisation'], ['sampler', 'discretisation-by-sampler']],
    [['conditioning', 'steps', 'clampX0'], ['conditioning-by-steps', 'clampX0-by-steps']],
    [['dropout', 'conditioning'], ['conditioning-by-dropout']],
  ])('a sweep over %j has the tables %j', (varying, tables) => {
    expect(tablesOf(varying)).toEqual(tables);
  });

  it('shows every parameter that varies, and none that does not, in a sweep of two or more', () => {
    fc.assert(fc.property(fc.subarray(parameterNames, { minLength: 2 }), (varying) => {
      expect(new Set(tablesOf(varying).flatMap((table) => Object.values(axesOf(table)!)))).toEqual(new Set(varying));
    }));
  });
});

test.each([['input-scale-by-sampler', 'inputScale-by-sampler'], ['noise-schedul', 'noise-schedule'], ['steps', 'steps-by-sampler'], ['samplers', 'sampler'], ['discretization', 'discretisation-by-steps']])('instead of %s the nearest table is named, %s', (name, nearest) => {
  expect(expectedTable(name)).toMatch(new RegExp(`did you mean ${nearest}\\?$`));
});
