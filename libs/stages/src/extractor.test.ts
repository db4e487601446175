import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ElucidateError } from '@elucidate/experiment/errors';
import { standardExtractors } from '@elucidate/experiment/extractors';
import { standardExtractorFile } from '@elucidate/training/feature-extractor';
import type { StageContext } from './context.js';
import { runExtractor } from './extractor.js';

jest.mock('./real-images.js', () => ({ labelledImages: jest.fn() }));
const { labelledImages } = jest.requireMock<{ labelledImages: jest.Mock }>('./real-images.js');

const outDir = mkdtempSync(join(tmpdir(), 'elucidate-extractor-'));
afterAll(() => rmSync(outDir, { recursive: true }));

const lines: string[] = [];
const run = () => runExtractor({ extractor: { kind: 'standard', weights: standardExtractors['fashion-mnist'].weights } }, { stageId: 'a', inputs: {}, checkpointDir: outDir, outDir, keepState: false }, { onLog: (line: string) => lines.push(line) } as unknown as StageContext);

if (!existsSync(standardExtractorFile)) console.warn(`the standard extractor without its data set: not tested here, because there is no ${standardExtractorFile}`);
(existsSync(standardExtractorFile) ? describe : describe.skip)('the standard extractor', () => {
  it('needs no data set, and then states the accuracy that was measured when it was made', async () => {
    labelledImages.mockRejectedValue(new ElucidateError('data.missing', 'Fashion-MNIST is not here'));
    const { metrics } = await run();
    expect(metrics).toEqual([{ name: 'accuracy', value: standardExtractors['fashion-mnist'].accuracy, n: 10_000, details: { split: 'test', measured: 'when it was made, on wasm' } }]);
    expect(lines).toEqual([expect.stringContaining('Fashion-MNIST is not here')]);
  });

  it('is not excused from a data set that is damaged', async () => {
    labelledImages.mockRejectedValue(new ElucidateError('data.corrupt', 'Fashion-MNIST is damaged'));
    await expect(run()).rejects.toMatchObject({ code: 'data.corrupt' });
  });
});
