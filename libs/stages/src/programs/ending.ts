import { constants } from 'node:os';
import { ElucidateError, type ErrorCode } from '@elucidate/experiment/errors';

/** How a program ended. */
export interface Ending {
  /** "python3 train.py". */
  command: string;
  code: number | null;
  signal: string | null;
  /** The last lines of its standard error. */
  said: readonly string[];
}

/** Exit codes with a meaning: docs/programs.md. */
export const exits = { unsupported: 64, diverged: 65, needsMissing: 69, busy: 75, notFound: 127, stopped: 128 + constants.signals.SIGTERM } as const;

/** What Python ends with where a package, or a library of one, is not installed. */
const missingImport = /^(?:ModuleNotFoundError: No module named |ImportError: \S+: cannot open shared object file)/;

/** What ended a program from outside; a shell reports the signal n as 128 + n. */
function signalOf({ code, signal }: Ending): string | undefined {
  if (signal !== null) return signal;
  return Object.entries(constants.signals).find(([, number]) => code === 128 + number)?.[0];
}

const wordsOf = (said: readonly string[]): string => `; the last it wrote to standard error:\n${said.join('\n')}`;

function failure(code: ErrorCode, what: string, { said }: Ending): ElucidateError {
  return new ElucidateError(code, `${what}${said.length === 0 ? '; it wrote nothing to standard error' : wordsOf(said)}`, { details: { stderr: [...said] } });
}

/** The last lines of standard error that a failure's message ends with, and the message for a reader who has seen them. */
export function withoutStderr({ message, details }: ElucidateError): { stderr: readonly string[]; brief: string } {
  const { stderr = [] } = details as { stderr?: readonly string[] };
  const words = wordsOf(stderr);
  return stderr.length > 0 && message.endsWith(words) ? { stderr, brief: `${message.slice(0, -words.length)}; what it wrote to standard error is above` } : { stderr: [], brief: message };
}

/** What follows from the end of a program that nobody stopped; undefined: it is done. */
export function failureFrom(ending: Ending): ElucidateError | undefined {
  const { command, code, said } = ending;
  const signal = signalOf(ending);
  const program = `The program \`${command}\``;
  switch (code) {
    case 0: return undefined;
    case exits.unsupported: return failure('stage.failed', `${program} says that it cannot do this task (exit code 64): leave out such cells, or give the program what they need`, ending);
    case exits.diverged: return failure('stage.diverged', `${program} reports that its numbers are no longer finite (exit code 65): lower learningRate, or change what the cell asks of it`, ending);
    case exits.needsMissing: return failure('program.needs_missing', `${program} says that this worker lacks what it needs (exit code 69); install it here`, ending);
    case exits.notFound: return failure('program.needs_missing', `${program} called a command that this worker does not have (exit code 127); install it here`, ending);
    case exits.busy: return failure('program.unavailable', `${program} says that it cannot run now (exit code 75)`, ending);
    default: break;
  }
  if (code === 1 && missingImport.test(said.findLast((line) => line.trim() !== '') ?? '')) return failure('program.needs_missing', `${program} imports what this worker does not have; install it here, or, if it is a file of the program's own, add the folder again with it`, ending);
  if (signal !== undefined) return failure('stage.crashed', `${program} was ended by ${signal}${signal === 'SIGKILL' ? ', perhaps because memory ran out' : ''}${signal === 'SIGTERM' ? ' although the worker was not asked to stop' : ''}`, ending);
  return failure('stage.failed', `${program} ended with exit code ${code}: an error in the program, which \`elucidate program check\` may show in seconds`, ending);
}
