import { compareWithBest } from '../compare-with-best.js';
import { seededRandom } from '../random.js';
import { simulatedTogether } from '../simulated.js';
import { commonSpread } from './level.js';
import type { Proof, Simulation } from './proof.js';
import { sizeText, sizes, spreads } from './shapes.js';

/** True means in standard deviations of a training's own part; the first is the best. */
const ladders: Readonly<Record<string, readonly number[]>> = {
  '8 equal configurations': new Array<number>(8).fill(30),
  '8 in steps of 0.5': Array.from({ length: 8 }, (_, i) => 30 + i / 2),
  '2 equal ones and 6 far behind': [30, 30, ...new Array<number>(6).fill(60)],
  '20 in steps of 2': Array.from({ length: 20 }, (_, i) => 30 + 2 * i),
  '20 equal configurations': new Array<number>(20).fill(30),
};

/** How often the group that cannot be told apart from the best contains the truly best configuration, which is promised for 95 %, and how large it is; of equal ones, how often any is told apart, which is not: the best was chosen by the same scores. */
export function bestGroupProofs({ runs, seed }: Simulation): Proof[] {
  const random = seededRandom(seed + 3);
  const few = Math.ceil(runs / 4);
  return Object.entries(ladders).flatMap(([words, means]) => sizes.filter(({ trainingRuns }) => trainingRuns > 2).flatMap((size): Proof[] => {
    let [contained, members, wrong] = [0, 0, 0];
    const equal = means.every((mean) => mean === means[0]);
    const own = size.samples === 1 ? { ...spreads['training runs differ, samples less']!, samples: 0 } : spreads['training runs differ, samples less']!;
    for (let run = 0; run < few; run++) {
      const { toBest } = compareWithBest(simulatedTogether(random, size, { means, common: commonSpread, own }), { better: 'lower' });
      const group = toBest.map((one) => one === null || !one.apart);
      contained += Number(group[0]);
      members += group.filter(Boolean).length;
      wrong += Number(group.includes(false));
    }
    return [
      { part: 'best group', name: `${words}, ${sizeText(size)}: contains the truly best`, promise: { low: 0.94, high: 1 }, measured: contained / few },
      { part: 'best group', name: `${words}, ${sizeText(size)}: members`, promise: null, measured: members / few },
      ...(equal ? [{ part: 'best group' as const, name: `${words}, ${sizeText(size)}: any told apart`, promise: null, measured: wrong / few }] : []),
    ];
  }));
}
