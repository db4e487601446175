import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf, inOrder, kernelLayouts } from '@elucidate/engine-native/kernel-layouts';
import { assemblySource, headerSource } from './layout-sources.js';

const text = (...path: string[]) => readFileSync(join(__dirname, '..', ...path), 'utf8');

test.each([
  ['AssemblyScript', assemblySource, ['assembly', 'layouts.ts']],
  ['C++', headerSource, ['..', 'engine-native', 'native', 'kernel-layouts.h']],
] as const)('the committed layouts in %s are those of TypeScript', (_, source, path) => {
  expect(text(...path)).toBe(source());
});

test('the numbers of a plan are written in the order of its layout, whatever the order in which they are given', () => {
  const names = kernelLayouts.WinogradPlan;
  const reversed = Object.fromEntries(names.toReversed().map((name) => [name, codeOf('WinogradPlan', name)])) as Record<(typeof names)[number], number>;
  expect(inOrder('WinogradPlan', reversed)).toEqual(names.map((_, i) => i));
});

test('no layout has a name twice', () => {
  for (const names of Object.values(kernelLayouts)) expect(new Set(names).size).toBe(names.length);
});
