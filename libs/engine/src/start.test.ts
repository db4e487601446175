import * as tf from '@tensorflow/tfjs-core';
import { backendNames } from './backend.js';
import { probeEngines, startEngine } from './start.js';
import { tensorflowPackage } from './tensorflow.js';

const listeners = () => process.listenerCount('uncaughtException') + process.listenerCount('unhandledRejection');
const listenersBefore = listeners();

describe('startEngine', () => {
  it('takes the first available backend and says which ones it skipped', async () => {
    const { backend, line } = await startEngine();
    const found = await probeEngines();
    const first = backendNames.find((name) => found[name].available && !('onlyByName' in found[name]));
    expect(backend).toBe(first);
    expect(tf.getBackend()).toBe(first);
    for (const name of backendNames.slice(0, backendNames.indexOf(backend))) expect(line).toContain(`not ${name}: `);
  });

  it('takes the requested backend and says so', async () => {
    const engine = await startEngine({ backend: 'cpu' });
    expect(engine).toMatchObject({ backend: 'cpu', threads: 1 });
    expect(engine.line).toMatch(/^cpu 4\.22\.0, 1 thread, .+: requested$/);
    expect(tf.getBackend()).toBe('cpu');
  });

  it('reports the threads it computes with, not those requested', async () => {
    expect((await startEngine({ backend: 'wasm', threads: 8 })).threads).toBe(1);
  });

  if (tensorflowPackage()) console.warn('an absent backend: not tested here, because tensorflow is installed');
  (tensorflowPackage() ? it.skip : it)('refuses an absent backend and says how to install it', async () => {
    await expect(startEngine({ backend: 'tensorflow' })).rejects.toMatchObject({
      code: 'engine.absent',
      message: expect.stringMatching(/tfjs-node is not installed.*npm install/),
    });
  });
});

describe('probeEngines', () => {
  it('does not change the current backend', async () => {
    await startEngine({ backend: 'cpu' });
    await probeEngines();
    expect(tf.getBackend()).toBe('cpu');
  });
});

describe('wasm', () => {
  it('leaves no listeners on the process', async () => {
    await startEngine({ backend: 'wasm' });
    expect(listeners()).toBe(listenersBefore);
  });
});
