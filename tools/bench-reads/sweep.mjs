/** A sweep of any thousands of cells, and its results without the work. */
import { wholeNumber } from '@elucidate/shell/options';
import { InvalidArgumentError } from 'commander';

/** An option's list of sizes that specOf makes exactly. */
export const sizes = (text) => text.split(',').map(wholeNumber(1000, 100_000)).map((cells) => {
  if (cells % 1000 !== 0) throw new InvalidArgumentError(`expected multiples of 1000, not ${cells}.`);
  return cells;
});

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

/**
 * A function that completes the next stages of a kind in the order of the plan, with their numbers; samples have the sheet, an artifact, for all the same.
 * It goes on from where it was: looking for them from the first stage on would take more of the machine than what is measured.
 */
export function completing(db, { sweep, sheet }) {
  const places = {};
  return async (kind, count) => {
    const [{ place }] = await db.query(completeNext, [sweep, kind, count, sheet, places[kind] ?? -1]);
    places[kind] = place ?? places[kind];
  };
}

const completeNext = `
  with next as (
    select s.id, ss.position from sweep_stages ss join stages s on s.id = ss.stage_id where ss.sweep_id = $1 and ss.position > $5 and s.kind = $2 and s.state <> 'done' order by ss.position limit $3),
  scored as (
    insert into metrics (stage_id, name, value, n, evaluator)
    select id, m.name, m.value * (1 + (hashtext(id) & 65535) / 65536.0), 64, repeat('e', 64) from next
    cross join (values ('score', 'fid', 20.0), ('score', 'kid', 0.1), ('score', 'fid_real', 1.5), ('score', 'kid_real', 0.01), ('sample', 'nfe', 10), ('sample', 'noise_levels_out_of_range', 0)) m(kind, name, value)
    where m.kind = $2 on conflict do nothing),
  drawn as (insert into stage_outputs (stage_id, name, hash) select id, 'sheet', $4 from next where $2 = 'sample' on conflict do nothing),
  completed as (update stages set state = 'done', started_at = clock_timestamp(), ended_at = clock_timestamp(), provenance = '{"engine": "simd", "threads": 1}' where id in (select id from next))
  select max(position) as place from next`;
