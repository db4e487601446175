import { ElucidateError } from '@elucidate/experiment/errors';
import { renderPaper, renderPaperList, type PaperFormat } from '@elucidate/experiment/render-paper';
import { listProblems, paperProblems } from '@elucidate/store/verify-papers';
import type { Answers } from '../answers.js';
import { withAnswers, type SourceOptions } from '../open-answers.js';
import { sweepIdOf } from '../sweep-called.js';
import { fixedOf } from './table.js';

export interface PaperTableOptions extends SourceOptions {
  paper: string;
  sweep?: string;
  format: PaperFormat;
  fixed: readonly string[];
  json?: boolean;
}

/** A published table in its own layout, ours beside theirs. */
export async function paperTable({ paper, sweep, format, fixed, json = false, ...source }: PaperTableOptions): Promise<void> {
  await withAnswers(source, async (answers) => {
    process.stdout.write(renderPaper(await answers.paper(paper, { sweep: await meant(answers, sweep), fixed: fixedOf(fixed) }), json ? 'json' : format));
  });
}

/** The sweep of this id or name, if one is given. */
const meant = async (answers: Answers, sweep: string | undefined): Promise<string | undefined> => (sweep === undefined ? undefined : sweepIdOf(answers, sweep));

/** The published tables there are. */
export async function listPapers({ format, json = false, ...source }: SourceOptions & { format: PaperFormat; json?: boolean }): Promise<void> {
  await withAnswers(source, async (answers) => void process.stdout.write(renderPaperList(await answers.papers(), json ? 'json' : format)));
}

/** Checks that what is loaded equals the checked-in files and that every verdict follows from its numbers. Throws 'data.corrupt' with all that does not. */
export async function verifyPapers({ sweep, json = false, ...source }: SourceOptions & { sweep?: string; json?: boolean }): Promise<void> {
  await withAnswers(source, async (answers) => {
    const of = await meant(answers, sweep);
    const papers = await answers.papers();
    const problems = listProblems(papers);
    let verdicts = 0;
    for (const { id } of papers) {
      const table = await answers.paper(id, { sweep: of, fixed: {} });
      problems.push(...paperProblems(table));
      verdicts += table.entries.flat().filter((entry) => entry?.ours != null).length;
    }
    const figures = papers.reduce((sum, paper) => sum + paper.figures, 0);
    if (problems.length > 0) throw new ElucidateError('data.corrupt', `The published tables in ${answers.source} are not as they should be:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    process.stdout.write(json ? `${JSON.stringify({ tables: papers.length, figures, verdicts })}\n` : `${papers.length} published tables with ${figures} figures equal the checked-in files; ${verdicts} verdicts on our figures follow from their numbers\n`);
  });
}
