import { text } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { columnType, trialsCsv, trialsNdjson, type TrialsPage } from './trials.js';

const columns = ['cell', 'sampler.kind', 'fid', 'diverged'];
const types = Object.fromEntries(columns.map((column) => [column, columnType(column, column === 'sampler.kind' ? ['ddim', null] : [])]));
async function* pages(): AsyncGenerator<TrialsPage> {
  yield { columns, types, trials: [{ 'cell': 'a', 'sampler.kind': 'ddim', 'fid': 1.5, 'diverged': false }], nextCursor: '0.1.1' };
  yield await Promise.resolve({ columns, types, trials: [{ 'cell': 'b', 'sampler.kind': 'a,b', 'fid': NaN, 'diverged': true }], nextCursor: null });
}

test('CSV has one header, whatever the number of pages, and NaN where a trial diverged', async () => {
  expect(await text(Readable.from(trialsCsv(pages())))).toBe('cell,sampler.kind,fid,diverged\r\na,ddim,1.5,false\r\nb,"a,b",NaN,true\r\n');
});

test('every line of NDJSON is one trial', async () => {
  const lines = (await text(Readable.from(trialsNdjson(pages())))).trimEnd().split('\n').map((line) => JSON.parse(line) as unknown);
  expect(lines).toEqual([{ 'cell': 'a', 'sampler.kind': 'ddim', 'fid': 1.5, 'diverged': false }, { 'cell': 'b', 'sampler.kind': 'a,b', 'fid': null, 'diverged': true }]);
});

test('a column holds what its values are; several kinds of value are text', () => {
  expect(types).toEqual({ 'cell': 'string', 'sampler.kind': 'string', 'fid': 'number', 'diverged': 'boolean' });
  expect([columnType('clampX0', [true, false]), columnType('gradientClip', [false, 1]), columnType('sampler.eta', [null, 0]), columnType('train_seed')]).toEqual(['boolean', 'string', 'number', 'number']);
});
