import { LineCounter } from 'yaml';
import { placesIn } from '@elucidate/experiment/line-numbers';
import { readYaml } from './place.js';

/** What is wrong with a sweep file, as the API says it. */
export interface Problem {
  path: string;
  value: string;
  expected: string;
  nearest?: string | undefined;
  line?: number | undefined;
}

/** Where in a text a mistake is marked, and what is said about it. */
export interface Mistake {
  from: number;
  to: number;
  /** From 1. */
  line: number;
  message: string;
}

const messageOf = ({ path, value, expected, nearest }: Problem): string =>
  `${path === '' ? 'The document' : path} is ${value === 'nothing' ? 'missing' : value}; expected ${expected}${nearest === undefined ? '' : `; did you mean ${nearest}?`}`;

/** The mistakes of a text in their places: what a problem's path names, in the profile in use where it is there; else its line, else the first. Text that is not YAML has the places of its errors instead. */
export function mistakesIn(text: string, problems: readonly Problem[], profile?: string): Mistake[] {
  const lines = new LineCounter();
  const document = readYaml(text, lines);
  const lineAt = (offset: number): number => lines.linePos(offset).line;
  if (document.errors.length > 0) return document.errors.slice(0, 3).map(({ pos: [from, to], message }) => ({ from: Math.min(from, text.length), to: Math.min(Math.max(to, from + 1), text.length), line: lineAt(from), message }));
  const placeOf = placesIn(document);
  const wholeLine = (line: number): readonly [number, number] => {
    const from = lines.lineStarts[line - 1] ?? 0;
    const end = text.indexOf('\n', from);
    return [from, end < 0 ? text.length : end];
  };
  return problems.map((problem) => {
    const places = [...(profile === undefined ? [] : [placeOf(`profiles.${profile}.${problem.path}`, { whole: true })]), placeOf(problem.path)];
    const [from, to] = places.find((place) => place !== undefined && (problem.line === undefined || lineAt(place[0]) === problem.line)) ?? wholeLine(problem.line ?? 1);
    return { from, to, line: problem.line ?? lineAt(from), message: messageOf(problem) };
  });
}
