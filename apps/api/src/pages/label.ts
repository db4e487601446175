import type { Estimate } from '@elucidate/experiment/tables';

/** Mean, and spread where there are several seeds: "12.31 ± 0.42 (3)". */
export function estimateLabel(estimate: Estimate | null): string {
  if (estimate === null) return '–';
  const digits = Math.abs(estimate.mean) >= 1 ? 2 : 4;
  const spread = estimate.spread === null ? '' : ` ± ${estimate.spread.toFixed(digits)}`;
  return `${estimate.mean.toFixed(digits)}${spread} (${estimate.count})`;
}
