import { ablationNamesText, axesOf, expectedTable, isAblationName, paperTables, tablesOf } from './ablations.js';

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
    [['inputScale', 'steps'], ['noise-schedule', 'sampler']],
    [['schedule', 'inputScale', 'sampler', 'steps'], ['noise-schedule', 'sampler']],
    [['sampler', 'steps', 'discretisation'], ['sampler', 'discretisation-by-sampler']],
    [['conditioning', 'steps', 'clampX0'], ['sampler', 'conditioning-by-steps', 'clampX0-by-steps']],
    [['normalisation'], ['normalisation-by-steps']],
  ])('a sweep over %j has the tables %j', (varying, tables) => {
    expect(tablesOf(varying)).toEqual(tables);
  });
});
