import { startEngine } from '@elucidate/engine/start';
import { findPython } from '@elucidate/shell/python.fixture';
import { fixedOutputs } from '@elucidate/training/fixed-outputs';
import { torchShape } from './entrants.js';
import { torchOutputs } from './processes.js';
import { checkSame, differenceOf } from './same-network.js';

const workloads = (['tiny', 'large'] as const).map((network) => ({ network, batch: 2, resolution: 16 } as const));

const python = findPython(['torch']);
if (python === undefined) console.warn('the U-Net in PyTorch: not compared with the built-in one here, because no Python 3.9 or newer has torch (apt install python3-torch)');

describe('bench/torch_unet.py', () => {
  (python === undefined ? it.skip : it).each(workloads)('is the same function as libs/diffusion: $network', async (workload) => {
    await startEngine({ backend: 'simd' });
    const [ours, theirs] = [await fixedOutputs(workload), await torchOutputs(python!, torchShape(workload))];
    expect(ours).toHaveLength(2 * 16 * 16);
    expect(differenceOf(ours, theirs)).toBeLessThan(1e-5);
    // in general position: no two images are alike
    expect(differenceOf(ours.slice(0, 256), ours.slice(256))).toBeGreaterThan(0.1);
  });

  it('is refused if it computes another function', () => {
    expect(() => checkSame([1, -2, 0.5], [1, -2, 0.50001])).not.toThrow();
    expect(() => checkSame([1, -2, 0.5], [1, -1, 0.5])).toThrow(/differ by 0\.50 of their largest output/);
    expect(() => checkSame([1, -2], [1])).toThrow(/Infinity/);
  });
});
