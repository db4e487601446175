/** What a stage s needs of a worker, as jsonb: expressions in SQL, null where it needs no such thing. */
export const needColumns = {
  /** The data set that it reads. */
  dataset: `coalesce(s.params -> 'dataset', s.params -> 'extractor' -> 'dataset')`,
  /** The sha256 of the program that it runs: its own, or that of the stage it reads. */
  program: `coalesce(s.params -> 'network' -> 'contents', s.params -> 'extractor' -> 'contents',
    (select to_jsonb(o.hash) from stage_inputs i join stage_outputs o on o.stage_id = i.input_id and o.name = 'program' where i.stage_id = s.id limit 1))`,
} as const;
