import { maxCurves } from './figure.js';

/** More panels than this are too small to read. */
const maxPanels = 6;

/** How curves that exist at several input scales are laid out. */
export type Facets =
  /** One panel for each scale. */
  | { kind: 'panels'; scales: readonly number[] }
  /** One panel, a curve for each scale. */
  | { kind: 'together' }
  /** One panel at b = 1, with a note on what b does. */
  | { kind: 'at-one' };

/** `curves`: how many there are at one scale. */
export function facetsOf(scales: readonly number[], curves: number): Facets {
  if (scales.length === 1 || (curves === 1 && scales.length <= maxCurves)) return { kind: 'together' };
  return scales.length <= maxPanels ? { kind: 'panels', scales } : { kind: 'at-one' };
}

/** At most three side by side. */
export const columnsFor = (panels: number): number => (panels <= 3 ? panels : panels === 4 ? 2 : 3);
