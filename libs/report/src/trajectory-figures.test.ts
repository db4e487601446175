import type { TrajectoryRow } from '@elucidate/store/queries/trajectories';
import { trajectoryFigures } from './trajectory-figures.js';

const row = (steps: number, values: number[], metric: TrajectoryRow['metric'] = 'fid'): TrajectoryRow =>
  ({ cellId: `c${steps}`, config: { steps, inputScale: 1 }, metric, sigmas: [80, 2, 0].slice(0, values.length + 1), values });

test('one curve for each configuration, named by what differs: the mean over its trials at each level', () => {
  const [figure, ...others] = trajectoryFigures([row(2, [10, 4]), row(2, [20, 6]), row(1, [7])]);
  expect(others).toEqual([]);
  expect(figure?.panels).toEqual([expect.objectContaining({
    series: [
      { label: 'steps 2', points: [[80, 15], [2, 5]], dots: true },
      { label: 'steps 1', points: [[80, 7]], dots: true },
    ],
  })]);
});

test('one picture for each metric, none without numbers', () => {
  expect(trajectoryFigures([]).map(({ title }) => title)).toEqual([]);
  expect(trajectoryFigures([row(2, [1, 2]), row(2, [0.1, -0.2], 'kid')]).map(({ title }) => title)).toEqual([expect.stringContaining('FID'), expect.stringContaining('KID')]);
});
