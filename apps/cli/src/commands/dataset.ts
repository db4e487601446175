import { jsonOf } from '@elucidate/experiment/printable';
import { importFolder, type ImportedFolder } from '@elucidate/training/datasets/import-folder';
import { clock } from '../bars.js';
import { homeOf } from '@elucidate/shell/home';
import { interruptSignal } from '../interrupt.js';
import { openScreen, type Screen } from '../screen.js';

export interface AddOptions {
  resolution: number;
  channels: 1 | 3;
  json?: boolean;
}

/** Imports a folder of images into ELUCIDATE_HOME and prints the `dataset` block for a sweep file. */
export async function addDataset(folder: string, { resolution, channels, json = false }: AddOptions): Promise<void> {
  const { signal, dispose } = interruptSignal();
  const screen = openScreen({ quiet: json });
  try {
    const imported = await importFolder(folder, homeOf().dir, { shape: { resolution, channels }, signal, onProgress: drawOn(screen) });
    screen.end();
    console.log(json ? jsonOf({ ...imported, dataset: specOf(imported, { resolution, channels }) }) : describe(imported, { resolution, channels }));
  } finally {
    screen.end();
    dispose();
  }
}

/** One line for each step: progress, and time left at the present rate. */
function drawOn(screen: Screen): (progress: { step: string; done: number; total: number }) => void {
  let began = { step: '', at: 0 };
  return ({ step, done, total }) => {
    if (step !== began.step) began = { step, at: performance.now() };
    const left = ((performance.now() - began.at) / 1000) * ((total - done) / done);
    screen.draw([`  ${step} ${done}/${total} files (${Math.floor((100 * done) / total)} %), about ${clock(left)} left`]);
  };
}

const specOf = ({ contents, classes }: ImportedFolder, shape: { resolution: number; channels: number }) => ({ name: 'folder', contents, ...(classes.length > 0 && { classes: classes.length }), ...shape });

const shownFiles = 10;
const shownClasses = 20;

function describe(imported: ImportedFolder, { resolution, channels }: { resolution: number; channels: number }): string {
  const { place, known, train, test, classes, skipped, notes, warnings } = imported;
  return [
    `${train} train and ${test} test images, ${known ? 'imported before' : 'imported'}: ${place}`,
    ...(classes.length > 0 ? [`${classes.length} classes: ${classes.slice(0, shownClasses).join(', ')}${classes.length > shownClasses ? `, and ${classes.length - shownClasses} more; --json lists them` : ''}`] : []),
    ...Object.entries(notes).map(([note, count]) => `${count} images: ${note}`),
    ...warnings.map((warning) => `WARNING: ${warning}`),
    ...(skipped.length > 0 ? [`WARNING: ${skipped.length} files skipped:`, ...skipped.slice(0, shownFiles).map(({ file, reason }) => `  ${file}: ${reason}`), ...(skipped.length > shownFiles ? [`  and ${skipped.length - shownFiles} more; --json lists them`] : [])] : []),
    '',
    'In a sweep:',
    'dataset:',
    ...Object.entries(specOf(imported, { resolution, channels })).map(([key, value]) => `  ${key}: ${value}`),
  ].join('\n');
}
