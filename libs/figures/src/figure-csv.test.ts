import type { Figure } from './figure.js';
import { figureCsv } from './figure-csv.js';
import { reportedLossFigure } from './figures/loss-figure.js';

test('the points of curves with their bands, and the marks of rows, each with its axes', () => {
  const x = { label: 'noise level, "sigma"', scale: 'log' } as const;
  const figure: Figure = { title: 't', subtitle: 's', columns: 1, legend: 'none', notes: [], panels: [
    { kind: 'curves', title: 'b = 1', x, y: { label: 'density', scale: 'linear' }, series: [{ label: 'a', points: [[0.1, 2], [0.2, 3]], band: [[0.2, 2.5, 3.5]] }] },
    { kind: 'rows', x, rows: [{ label: 'karras', marks: [{ x: 0.1, outside: true }] }] },
  ] };
  expect(figureCsv(figure).split('\r\n')).toEqual([
    'panel,curve,x_axis,x,y_axis,y,low,high,outside',
    'b = 1,a,"noise level, ""sigma""",0.1,density,2,,,',
    'b = 1,a,"noise level, ""sigma""",0.2,density,3,2.5,3.5,',
    ',karras,"noise level, ""sigma""",0.1,,,,,true',
    '',
  ]);
});

test('losses that were reported are at the steps of their reports', () => {
  const figure = reportedLossFigure({ stage: 'train 3f2a9c01', points: [[10, 0.5], [40, 0.25]], across: 'step' });
  expect(figureCsv(figure).split('\r\n').slice(1, 3)).toEqual([',train 3f2a9c01,step,10,"loss, log scale",0.5,,,', ',train 3f2a9c01,step,40,"loss, log scale",0.25,,,']);
});
