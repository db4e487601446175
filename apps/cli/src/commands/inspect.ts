import { plural } from '@elucidate/experiment/plural';
import { jsonOf } from '@elucidate/experiment/printable';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ElucidateError } from '@elucidate/experiment/errors';
import { markdownTable, type TextCell } from '@elucidate/experiment/table-text';
import { inspectSpec, type Inspection } from '@elucidate/figures/inspection';
import { lineChart } from '@elucidate/figures/line-chart';
import type { AverageSummary } from '@elucidate/figures/averages';
import { pngOf } from '@elucidate/figures/png';
import type { NoiseDistributionSummary, SamplingSummary } from '@elucidate/figures/summary';
import { knownStatistics } from '@elucidate/experiment/pixel-statistics';
import { homeOf } from '@elucidate/shell/home';
import { readSpecFile } from '../spec-file.js';

export interface InspectOptions {
  profile?: string;
  set?: readonly string[];
  out?: string;
  json?: boolean;
}

interface DrawnFigure {
  name: string;
  title: string;
  svg: string;
  png: string;
}

/** A folder name made from a sweep's name, which may contain anything. */
const folderName = (name: string): string => name.replace(/[^\p{Letter}\p{Number}._-]+/gu, '-').replace(/^[.-]+|-+$/g, '') || 'sweep';

function unwritable(dir: string, cause: NodeJS.ErrnoException): ElucidateError {
  const [code, remedy] = cause.code === 'ENOSPC' ? ['disk.full', 'make room, or name another folder with --out'] as const : ['request.invalid', 'name a folder with --out'] as const;
  return new ElucidateError(code, `Cannot write pictures to ${JSON.stringify(dir)}: ${cause.code ?? cause.message}; ${remedy}.`, { cause });
}

/** Every figure as SVG and PNG. */
async function draw({ figures }: Inspection, dir: string): Promise<DrawnFigure[]> {
  const writing = async (work: Promise<unknown>): Promise<unknown> => work.catch((cause: NodeJS.ErrnoException) => Promise.reject(unwritable(dir, cause)));
  await writing(mkdir(dir, { recursive: true }));
  return Promise.all(figures.map(async ({ name, figure }) => {
    const svg = lineChart(figure);
    const png = await pngOf(svg);
    const files = { svg: join(dir, `${name}.svg`), png: join(dir, `${name}.png`) };
    await writing(Promise.all([writeFile(files.svg, svg), writeFile(files.png, png)]));
    return { name, title: figure.title, ...files };
  }));
}

const number = (value: number | null, digits = 3): TextCell => ({ text: value === null ? '-' : String(Number(value.toPrecision(digits))), number: true });
const fixed = (value: number): TextCell => ({ text: value.toFixed(3).replace(/^-(0\.0+)$/, '$1'), number: true });

const noiseDistributionRow = ({ label, sigmaMin, sigmaMax, medianLogSnr, fractionBelowZero }: NoiseDistributionSummary): TextCell[] => [{ text: label }, number(sigmaMin), number(sigmaMax), fixed(medianLogSnr), fixed(fractionBelowZero)];

function samplingRow({ label, sigmas, sigmaMin, sigmaMax, levelsOutside: { least, most }, problem }: SamplingSummary): TextCell[] {
  const outside = problem === undefined && sigmas.length === 0 ? '-' : least === most ? String(most) : `${least} to ${most}`;
  return [{ text: label }, number(sigmaMax), number(sigmaMin), { text: problem === undefined ? outside : 'none: it does not exist', number: true }];
}

const averageRow = ({ label, exponent, std, halfLifeImages, error }: AverageSummary): TextCell[] => [{ text: label }, number(exponent), number(std), { text: String(Math.round(halfLifeImages)), number: true }, number(error, 2)];

function render({ name, cells, noiseDistributions, runs, averages }: Inspection, drawn: readonly DrawnFigure[]): string {
  const problems = runs.flatMap(({ label, problem }) => (problem === undefined ? [] : [`${label}: ${problem}.`]));
  return [
    `${name}: ${plural(cells, 'cell')}\n`,
    markdownTable({
      header: ['trained on', 'sigma from', 'to', 'median logSNR', 'fraction below logSNR 0'], rows: noiseDistributions.map(noiseDistributionRow), textColumns: 1,
      caption: 'logSNR = -2 ln sigma, for data of unit variance; on a schedule, over t uniform on (0, 1).',
    }),
    markdownTable({
      header: ['sampling', 'sigma from', 'to', 'out-of-range levels'], rows: runs.map(samplingRow), textColumns: 1,
      caption: 'Levels are those at which a step starts. Out of range: outside the noise levels of training; fewest to most, over the training runs sampled.',
      ...(problems.length > 0 && { warning: problems.join(' ') }),
    }),
    ...(averages.length === 0 ? [] : [markdownTable({
      header: ['average of the weights', 'power of the images seen', 'std', 'half-life, images', 'error'], rows: averages.map(averageRow), textColumns: 1,
      caption: 'std: of the profile, as a fraction of the training. Error: the distance of the profile reconstructed from snapshots, as a fraction.',
    })]),
    ...runs.flatMap(({ label, note }) => (note === undefined ? [] : [`${label}: ${note}`])),
    ...runs.flatMap(({ label, steps, guided }) => guided.map(({ label: guidance, levels }) => `${label}: ${guidance} guides at ${levels} of ${steps} levels`)),
    ...drawn.map(({ title, svg, png }) => `${title}\n  ${svg}\n  ${png}`),
  ].join('\n');
}

export async function inspect(file: string, { profile, set, out, json }: InspectOptions): Promise<void> {
  const { spec } = await readSpecFile(file, { profile, overrides: set });
  const inspection = inspectSpec(spec, { std: knownStatistics(spec.dataset)?.std });
  const drawn = await draw(inspection, resolve(out ?? join(homeOf().dir, 'inspect', folderName(spec.name))));
  const { name, cells, noiseDistributions, runs, averages } = inspection;
  console.log(json ? jsonOf({ name, cells, noiseDistributions, runs, averages, figures: drawn }) : render(inspection, drawn));
}
