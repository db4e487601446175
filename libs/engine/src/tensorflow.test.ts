import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import util from 'node:util';
import { processorName } from './backend.js';
import { loadTensorflow, tensorflowDevice } from './tensorflow.js';

let folder: string;

beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'elucidate-tensorflow-')); });
afterEach(() => rmSync(folder, { recursive: true }));

/** Installs a one-file package in its own folder; returns a file from which it resolves. */
function installed(name: string, code: string): string {
  const place = join(folder, 'node_modules', name);
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, 'package.json'), JSON.stringify({ name, version: '4.22.0', main: 'index.js' }));
  writeFileSync(join(place, 'index.js'), code);
  return join(folder, 'index.js');
}

const failures = (from: string) => ('failures' in loadTensorflow(from) ? (loadTensorflow(from) as { failures: string[] }).failures : []);

describe('loadTensorflow', () => {
  it('without either package says that none is installed', () => {
    expect(failures(join(folder, 'index.js'))).toEqual(['@tensorflow/tfjs-node-gpu is not installed', '@tensorflow/tfjs-node is not installed']);
  });

  it('takes the GPU package if both are installed, and its version counts the changes of the numbers that it is given', () => {
    installed('@tensorflow/tfjs-node', '');
    expect(loadTensorflow(installed('@tensorflow/tfjs-node-gpu', ''))).toEqual({ version: '4.22.0-gpu+numerics.2' });
  });

  it('with a package whose download did not complete says which part is missing', () => {
    // what tfjs-node 4.22 does on loading after `npm install --ignore-scripts`
    const from = installed('@tensorflow/tfjs-node-gpu', `
      const file = require('node:path').join(__dirname, 'lib', 'napi-v8', 'tfjs_binding.node');
      if (!require('node:fs').existsSync(file)) throw new Error("The Node.js native addon module (tfjs_binding.node) can not be found at path: " + file + ". \\nPlease run command 'npm rebuild'");`);
    expect(failures(from)[0]).toBe('@tensorflow/tfjs-node-gpu is installed without its native library, which its install script downloads');
  });

  it('with a library that does not load reports the message of the loader', () => {
    const from = installed('@tensorflow/tfjs-node-gpu', `process.dlopen({ exports: {} }, require('node:path').join(__dirname, 'package.json'));`);
    expect(failures(from)[0]).toMatch(/^@tensorflow\/tfjs-node-gpu does not load \(.*package\.json.+\)$/);
  });

  it('does not report a package as missing if only one of its dependencies is', () => {
    expect(failures(installed('@tensorflow/tfjs-node-gpu', `require('no-such-package');`))[0]).toMatch(/^@tensorflow\/tfjs-node-gpu does not load \(.*'no-such-package'/);
  });

  it('falls back to the CPU package when the GPU package fails', () => {
    installed('@tensorflow/tfjs-node-gpu', `throw new Error('libcudart.so.11.0: cannot open shared object file');`);
    expect(loadTensorflow(installed('@tensorflow/tfjs-node', ''))).toEqual({ version: '4.22.0+numerics.2' });
  });

  it('restores the functions of util that tfjs-node calls and Node 23 no longer has', () => {
    const functions = util as unknown as Record<string, unknown>;
    const before = { ...functions };
    const names = ['isNullOrUndefined', 'isUndefined', 'isArray'] as const;
    for (const name of names) delete functions[name];
    const from = installed('@tensorflow/tfjs-node-gpu', `
      const { isNullOrUndefined, isUndefined, isArray } = require('util');
      const found = [isNullOrUndefined(null), isNullOrUndefined(0), isUndefined(undefined), isUndefined(null), isArray([]), isArray({})];
      if (found.join() !== 'true,false,true,false,true,false') throw new Error(found.join());`);
    expect(loadTensorflow(from)).toEqual({ version: '4.22.0-gpu+numerics.2' });
    for (const name of names) if (name in before) functions[name] = before[name];
  });
});

describe('tensorflowDevice', () => {
  it.each([
    [{ isUsingGpuDevice: true, isGPUPackage: true }, 'GPU by CUDA'],
    [{ isUsingGpuDevice: false, isGPUPackage: true }, `${processorName()}, since libtensorflow found no CUDA 11.2 with cuDNN 8.1 and a GPU`],
    [{ isUsingGpuDevice: false, isGPUPackage: false }, processorName()],
  ])('of %j is %s', (backend, device) => {
    expect(tensorflowDevice(backend)).toBe(device);
  });
});
