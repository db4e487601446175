import type { Rule } from './state.js';
import type { Setting } from './scene.js';

/** Small worlds, each with two workers, of which the second lacks one stage's code version, and two sweeps that share a stage. */
const worlds: Record<string, Omit<Setting, 'faults' | 'without'>> = {
  'input and follower': { inputs: [[], [0]], sweeps: [[0, 1], [0]], lacks: [[], [1]], maxAttempts: 2, maxUncounted: 1 },
  'a common follower of two': { inputs: [[], [], [0, 1]], sweeps: [[0, 1, 2], [1]], lacks: [[], [2]], maxAttempts: 2, maxUncounted: 1 },
};

export const settingNames: readonly string[] = Object.keys(worlds);

export function settingsOf(faults: number, without?: Rule): { name: string; setting: Setting }[] {
  return Object.entries(worlds).map(([name, world]) => ({ name, setting: { ...world, faults, without } }));
}
