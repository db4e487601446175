import { jsonOf, printable } from '@elucidate/experiment/printable';
import type { StageKind } from '@elucidate/experiment/stages';
import { withAnswers, type SourceOptions } from '../open-answers.js';
import { renderWorkers } from '../render-workers.js';

type Options = SourceOptions & { json?: boolean };

/** Every worker that is or was there: what it is, runs, has done, and does not take. */
export async function workers({ json = false, ...source }: Options): Promise<void> {
  await withAnswers(source, async (answers) => {
    const found = await answers.workers();
    console.log(json ? jsonOf(found) : renderWorkers(found, Date.now()));
  });
}

/** Asks a worker to take kinds again that it was set aside for. */
export async function releaseWorker(id: string, { json = false, kind, ...source }: Options & { kind?: StageKind }): Promise<void> {
  await withAnswers(source, async (answers) => {
    const worker = await answers.releaseWorker(id, kind);
    console.log(json ? jsonOf(worker) : printable(`Worker ${worker.id} was asked to take ${worker.releasing.join(', ')} again; it hears of it within ten seconds, and is set aside once more if nothing has changed.`));
  });
}
