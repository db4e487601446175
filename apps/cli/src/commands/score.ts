import { digits, shortId } from '@elucidate/experiment/estimate-text';
import { metricTitle } from '@elucidate/experiment/metric-requests';
import { csvRecord, renderText, type TableFormat, type TextCell, type TextTable } from '@elucidate/experiment/table-text';
import { readFeatures, readLabels, type FeatureFile } from '@elucidate/stages/feature-files';
import { featureScorer, type FeatureScore, type FeatureScorer } from '@elucidate/stages/score-features';

export interface ScoreOptions {
  against: string;
  /** Keys. */
  metrics: readonly string[];
  training?: string;
  labels?: string;
  extractor?: string;
  format: TableFormat;
  json?: boolean;
}

/** The scores of one file. */
interface ScoredFile {
  file: string;
  n: number;
  scores: FeatureScore[];
}

/** Scores features that were computed elsewhere; nothing is stored. */
export async function score(files: readonly string[], { against, metrics, training, labels, extractor, format, json = false }: ScoreOptions): Promise<void> {
  const reference = await readFeatures(against, ['test', 'features']);
  const scorer = featureScorer({
    metrics, reference, extractor,
    ...(training !== undefined && { training: await readFeatures(training, ['train', 'features']) }),
    ...(labels !== undefined && { labels: { file: labels, of: await readLabels(labels) } }),
  });
  const scored: ScoredFile[] = [];
  // one after another: a file may take gigabytes
  for (const file of files) {
    const generated = await readFeatures(file, ['features']);
    scored.push({ file, n: generated.features.n, scores: scorer.score(generated) });
  }
  process.stdout.write(renderText(json ? 'json' : format, { json: jsonText(scorer, reference, scored), csv: () => csvText(scorer, scored), tables: () => [tableOf(scorer, reference, scored)] }));
}

const jsonText = ({ extractor, evaluator }: FeatureScorer, { file, features: { n, d } }: FeatureFile, scored: readonly ScoredFile[]) =>
  ({ extractor, evaluator, reference: { file, n, d }, files: scored });

/** As `elucidate import` reads it: a row for each file, a column for each metric; n where all metrics have the same. */
function csvText({ extractor, evaluator }: FeatureScorer, scored: readonly ScoredFile[]): string {
  const columns = scored[0]!.scores.flatMap(({ metric, stddev, real }) => [metric, ...(stddev === undefined ? [] : [`${metric}_stddev`]), ...(real === undefined ? [] : [`${metric}_real`, `${metric}_real_n`])]);
  const rows = scored.map(({ file, scores }) => [
    file, extractor, evaluator, new Set(scores.map(({ n }) => n)).size === 1 ? scores[0]!.n : null,
    ...scores.flatMap(({ value, stddev, real }) => [value, ...(stddev === undefined ? [] : [stddev]), ...(real === undefined ? [] : [real.value, real.n])]),
  ]);
  return [['features', 'extractor', 'evaluator', 'n', ...columns], ...rows].map((row) => `${csvRecord(row)}\n`).join('');
}

function tableOf({ extractor, evaluator }: FeatureScorer, { file, features: { n, d } }: FeatureFile, scored: readonly ScoredFile[]): TextTable {
  const [first] = scored;
  const header = ['features', 'n', ...first!.scores.flatMap(({ metric, real }) => [metricTitle(metric), ...(real === undefined ? [] : [`real ${metricTitle(metric)}`])])];
  const rows = scored.map((one): TextCell[] => [{ text: one.file }, { text: String(one.n), number: true }, ...one.scores.flatMap(cellsOf)]);
  const said = [
    `Extractor ${extractor}, as declared or as the files say; against ${n.toLocaleString('en')} images of ${file}, ${d.toLocaleString('en')} features each; evaluator ${shortId(evaluator)}.`,
    ...realText(scored),
    ...(first!.scores.some(({ stddev }) => stddev !== undefined) ? ['±: standard deviation of the estimate, not over seeds (of KID over its subsets).'] : []),
    ...(first!.scores.some(({ details }) => intervalOf(details) !== undefined) ? ['In brackets: 95 % interval over other images of the same generator.'] : []),
    'Only scores of one n and one evaluator compare.',
  ];
  return { header, rows, textColumns: 1, caption: said.join(' ') };
}

function cellsOf({ metric, value, stddev, details, real }: FeatureScore): TextCell[] {
  const text = (x: number): string => digits(metric, x);
  const interval = intervalOf(details);
  return [
    { text: text(value), number: true, ...(stddev !== undefined && { stddev: text(stddev) }), ...(interval && { interval: `[${interval.map(text).join(', ')}]` }) },
    ...(real === undefined ? [] : [{ text: text(real.value), number: true }]),
  ];
}

/** What the baselines are of. */
function realText(scored: readonly ScoredFile[]): string[] {
  const all = scored.flatMap(({ scores }) => scores).filter(({ real }) => real !== undefined);
  if (all.length === 0) return [];
  const fewest = Math.min(...all.map(({ real }) => real!.n));
  return [all.every(({ n, real }) => real!.n === n) ? 'Real: the same metric of as many training images.' : `Real: the same metric of ${fewest.toLocaleString('en')} training images, all there are: fewer than were generated, so a FID of them is larger than it would be at n.`];
}

/** The interval that some metrics give themselves. */
function intervalOf(details: FeatureScore['details']): [number, number] | undefined {
  const { low, high } = details ?? {};
  return typeof low === 'number' && typeof high === 'number' ? [low, high] : undefined;
}
