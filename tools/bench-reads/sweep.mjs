/** A sweep of any thousands of cells, and its results without the work. */

const range = (length) => Array.from({ length }, (_, i) => i + 1);

/** Axes as long as those of a study: 5 samplers, 20 step counts, 10 schedules, and input scales and discretisations as far as it takes. */
export function specOf(cells) {
  const thousands = cells / 1000;
  const scales = range(Math.min(20, thousands)).findLast((n) => thousands % n === 0);
  return JSON.stringify({
    name: `reads-${cells}`, dataset: { name: 'fashion-mnist', resolution: 16 },
    parameters: {
      sampler: { values: ['ddim', 'ddpm', 'euler', 'lms', 'dpmpp-2m'].map((kind) => ({ kind })) },
      steps: { values: range(20) },
      schedule: { values: range(10).map((n) => ({ kind: 'cosine', tau: n / 10 })) },
      inputScale: { values: range(scales).map((n) => n / 10) },
      discretisation: { values: range(thousands / scales).map((n) => ({ kind: 'karras', rho: n })) },
    },
    train: { network: 'tiny', images: 256, batch: 32 }, evaluate: { samples: 64, metrics: ['fid', 'kid'] },
  });
}

/** Completes the next stages of a kind in the order of the plan, with their numbers; samples have the sheet, an artifact, for all the same. */
export const complete = (db, { sweep, kind, count, sheet }) => db.query(`
  with next as (
    select s.id from sweep_stages ss join stages s on s.id = ss.stage_id where ss.sweep_id = $1 and s.kind = $2 and s.state <> 'done' order by ss.position limit $3),
  scored as (
    insert into metrics (stage_id, name, value, n, evaluator)
    select id, m.name, m.value * (1 + (hashtext(id) & 65535) / 65536.0), 64, repeat('e', 64) from next
    cross join (values ('score', 'fid', 20.0), ('score', 'kid', 0.1), ('score', 'fid_real', 1.5), ('score', 'kid_real', 0.01), ('sample', 'nfe', 10), ('sample', 'noise_levels_out_of_range', 0)) m(kind, name, value)
    where m.kind = $2 on conflict do nothing),
  drawn as (insert into stage_outputs (stage_id, name, hash) select id, 'sheet', $4 from next where $2 = 'sample' on conflict do nothing)
  update stages set state = 'done', started_at = clock_timestamp(), ended_at = clock_timestamp(), provenance = '{"engine": "simd", "threads": 1}' where id in (select id from next)`, [sweep, kind, count, sheet]);
