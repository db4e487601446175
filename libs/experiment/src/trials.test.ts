import { text } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { trialsCsv, trialsNdjson, type TrialsPage } from './trials.js';

const columns = ['cell', 'sampler.kind', 'fid', 'diverged'];
async function* pages(): AsyncGenerator<TrialsPage> {
  yield { columns, trials: [{ 'cell': 'a', 'sampler.kind': 'ddim', 'fid': 1.5, 'diverged': false }], nextCursor: '0.1.1' };
  yield await Promise.resolve({ columns, trials: [{ 'cell': 'b', 'sampler.kind': 'a,b', 'fid': NaN, 'diverged': true }], nextCursor: null });
}

test('CSV has one header, whatever the number of pages, and NaN where a trial diverged', async () => {
  expect(await text(Readable.from(trialsCsv(pages())))).toBe('cell,sampler.kind,fid,diverged\r\na,ddim,1.5,false\r\nb,"a,b",NaN,true\r\n');
});

test('every line of NDJSON is one trial', async () => {
  const lines = (await text(Readable.from(trialsNdjson(pages())))).trimEnd().split('\n').map((line) => JSON.parse(line) as unknown);
  expect(lines).toEqual([{ 'cell': 'a', 'sampler.kind': 'ddim', 'fid': 1.5, 'diverged': false }, { 'cell': 'b', 'sampler.kind': 'a,b', 'fid': null, 'diverged': true }]);
});
