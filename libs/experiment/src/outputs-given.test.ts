import { isGiven } from './outputs-given.js';
import { stageKinds } from './stages.js';

test('only an average that is made of them is given the snapshots of a training, and nothing that reads it is given its state', () => {
  const readers = [...stageKinds.filter((kind) => kind !== 'average').map((kind) => ({ kind, params: {} })), ...[{ kind: 'none' }, { kind: 'power', std: 0.1 }].map((ema) => ({ kind: 'average' as const, params: { ema } }))];
  expect(readers.filter((reader) => isGiven(reader, 'snapshots'))).toEqual([{ kind: 'average', params: { ema: { kind: 'power', std: 0.1 } } }]);
  expect(readers.filter((reader) => isGiven(reader, 'state'))).toEqual([]);
  expect(readers.filter((reader) => isGiven(reader, 'weights'))).toEqual(readers);
});
