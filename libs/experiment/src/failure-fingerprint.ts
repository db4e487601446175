import { digest } from './digest.js';
import { stageKinds } from './stages.js';

/** What is known of a failed attempt: an ElucidateError, or one as it is stored. */
export interface FailedWith {
  code: string;
  message: string;
  details?: Readonly<Record<string, unknown>>;
  cause?: unknown;
}

/**
 * What tells one cause of failure from another, as 12 hex digits: the error's code, what its message says whatever the occasion, and the first function of
 * ours on its stack. The same for every attempt, stage, worker and machine, and for versions in which other code, or other lines of the same file, changed.
 */
export const failureFingerprint = (error: FailedWith): string => digest([error.code, commonText(error.message), ownFrame(stackOf(error))].join('\n')).slice(0, 12);

/** Each in the order given; what it leaves is not looked at again as something else. */
const replacements: readonly [RegExp, string][] = [
  [new RegExp(`\\b(?:${stageKinds.join('|')}) stage\\b`, 'g'), 'stage'],
  // at the end of a name like stage 3f2a9c01 a digit may be missing by chance
  [/\bstage [0-9a-f]{8,64}\b/g, 'stage #'],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?/g, '#'],
  [/\b[a-z][a-z+.-]*:\/\/[^\s"'`)>,;]+/gi, '<address>'],
  // a file and its place in it; paths from the root, the home, a drive or here; of a path with spaces the end of a quote is the end
  [/(["'`])(?:~|\.{1,2}|[A-Za-z]:)?[/\\][^"'`\n]*\1/g, '<path>'],
  [/(?<![\w#<])(?:~|\.{1,2}|[A-Za-z]:)?(?:[/\\][^\s"'`()[\]{},;:<>]+)+(?::\d+){0,2}/g, '<path>'],
  [/\b[\w.-]+\.(?:[cm]?[jt]s|node|wasm)(?::\d+){1,2}\b/g, '<path>'],
  [/\[[0-9a-f]*(?::[0-9a-f]*){2,}\](?::\d+)?|\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b/gi, '<address>'],
  [/\b(?=[\w.-]*[a-z])[a-z0-9][a-z0-9.-]*:\d{2,5}\b/gi, '<address>'],
  // host-pid-random, the name of a worker
  [/\b[\w.]+(?:-[\w.]+)*-\d+-[0-9a-f]{6}\b/g, '#'],
  [/\b0x[0-9a-f]+\b/gi, '#'],
  [/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi, '#'],
  [/\b(?=[a-f]*\d)[0-9a-f]{8,}\b/g, '#'],
  // shapes
  [/\b\d+(?:[x×]\d+)+\b/g, '#'],
  [/(?<![\w#])[-+]?(?:NaN|Infinity)\b/g, '#'],
  [/(?<![\w#])[-+]?\d[\d_]*(?:[.,]\d+)*(?:e[-+]?\d+)?/gi, '#'],
  // a counter at the end of a name; digits within one belong to it, as in conv2d
  [/(?<=_)\d+\b|(?<=[a-z])\d{3,}\b/gi, '#'],
  [/# ?(?:[kKMGT]i?B|bytes)\b/g, '# bytes'],
  [/# ?(?:ms|s|min|seconds?|minutes?|hours?|h)\b/g, '# s'],
  // lists, however long
  [/#(?:\s?,\s?#)+/g, '#'],
];

/** A message without what changes from one occasion to the next: numbers, ids, paths, addresses, kinds of stage. Its first line, and of the others, such as the last words of a process, the first that names an error. */
export function commonText(message: string): string {
  const [first = '', ...rest] = message.split('\n');
  const telling = rest.find((line) => /error|fatal|abort|assert|panic|terminate|overflow|violation|denied|fail|cannot|unable|out of memory/i.test(line));
  return [first, ...(telling === undefined ? [] : [telling])].map(withoutOccasion).join(' | ');
}

const withoutOccasion = (line: string): string =>
  replacements.reduce((text, [pattern, by]) => text.replace(pattern, by), line.slice(0, 2000)).replace(/\s+/g, ' ').trim().slice(0, 300);

const stackOf = ({ details, cause }: FailedWith): string => {
  const stack = details?.['stack'] ?? (cause instanceof Error ? cause.stack : undefined);
  return typeof stack === 'string' ? stack : '';
};

/** A line of a stack that is in one of our files: its function, if it has a name, and the place of the file within the project. */
const own = /^\s*at (?:(?:async |new )*([^\s(]+)(?: \[as [^\]]+\])? \()?(?:file:\/\/)?\S*?(?:(?:libs|apps|bench)|node_modules\/@elucidate)\/((?:(?!node_modules\/).)+?)\.[cm]?[jt]s:\d+/;

/** "fit training/loop": the first function of ours on a stack, with no line number; empty if there is none. */
export function ownFrame(stack: string): string {
  for (const line of stack.split('\n')) {
    const [, name = '', file] = own.exec(line.replaceAll('\\', '/')) ?? [];
    if (file !== undefined) return `${name.replaceAll('<anonymous>', '')} ${file.replace(/\/(?:dist|src)\//, '/')}`.trim();
  }
  return '';
}
