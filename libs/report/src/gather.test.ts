import type { AblationTable } from '@elucidate/experiment/tables';
import { tablesAtOnePlace } from './gather.js';

test('tables of one name are of the same place for every metric, wherever each of them is best', async () => {
  const best: Readonly<Record<string, string>> = { fid: '10', kid: '5' };
  const asked: unknown[] = [];
  const tablesAt = ({ name, metric }: { name: AblationTable['name']; metric: string }, fixed: AblationTable['fixed'] | undefined): Promise<[AblationTable]> => {
    asked.push([name, metric, fixed]);
    return Promise.resolve([{ name, metric, fixed: { network: 'tiny', steps: best[metric]!, ...fixed }, choices: { steps: ['5', '10'] } } as unknown as AblationTable]);
  };
  const wanted = (['sampler', 'input-scale'] as const).flatMap((name) => ['fid', 'kid'].map((metric) => ({ name, metric })));
  const found: AblationTable[] = [];
  for await (const table of tablesAtOnePlace(wanted, tablesAt)) found.push(table);
  expect(found.map(({ name, metric, fixed }) => [name, metric, fixed['steps']])).toEqual(wanted.map(({ name, metric }) => [name, metric, '10']));
  // what has one value only is not asked for
  expect(asked).toEqual(wanted.map(({ name, metric }) => [name, metric, metric === 'fid' ? undefined : { steps: '10' }]));
});
