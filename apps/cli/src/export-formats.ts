/** What `elucidate export` writes. */
export const exportFormats = ['optuna', 'csv', 'json', 'ndjson', 'parquet'] as const;
export type ExportFormat = (typeof exportFormats)[number];
