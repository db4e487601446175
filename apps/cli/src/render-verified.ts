import { shortId } from '@elucidate/experiment/estimate-text';
import { printable } from '@elucidate/experiment/printable';
import type { ComparedNumber, ComparedStage } from './compare-outcome.js';

const text = (value: number | null): string => (value === null ? 'none' : String(value));

function numberText({ name, stored, again, relative, agrees }: ComparedNumber): string {
  if (relative === 0) return `    ${name} agrees: ${text(stored)}`;
  return `    ${name} ${agrees ? 'agrees within the tolerance' : 'DIFFERS'}: stored ${text(stored)}, now ${text(again)}${relative === null ? '' : `, relative difference ${relative.toExponential(1)}`}`;
}

/** What agrees of a stage that was computed again, and what does not. */
export function renderVerified({ stageId, kind, engines, files, numbers }: ComparedStage): string {
  const lines = [
    `  ${kind} ${shortId(stageId)}${engines.stored === engines.again ? `, on ${engines.again} as before` : `, on ${engines.again}; what is stored was made on ${engines.stored ?? 'an unknown engine'}`}`,
    ...files.map(({ name, stored, again, agrees }) => (agrees ? `    ${name} agrees, byte for byte: ${stored}` : `    ${name} DIFFERS: stored ${stored ?? 'none'}, now ${again ?? 'none'}`)),
    ...numbers.map(numberText),
  ];
  return lines.map(printable).join('\n');
}
