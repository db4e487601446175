import type { Estimate } from '@elucidate/experiment/tables';

/** The keys whose values differ between configurations, in order of first appearance: what tells them apart. */
export function varyingKeys(configs: readonly Readonly<Record<string, unknown>>[]): string[] {
  const keys = [...new Set(configs.flatMap((config) => Object.keys(config)))];
  return keys.filter((key) => new Set(configs.map((config) => JSON.stringify(config[key]))).size > 1);
}

/** Mean, and spread where there are several seeds: "12.31 ± 0.42 (3)". */
export function estimateLabel(estimate: Estimate | null): string {
  if (estimate === null) return '–';
  const digits = Math.abs(estimate.mean) >= 1 ? 2 : 4;
  const spread = estimate.spread === null ? '' : ` ± ${estimate.spread.toFixed(digits)}`;
  return `${estimate.mean.toFixed(digits)}${spread} (${estimate.count})`;
}
