/** What a command of the command line is on these pages. Those that are not here have no place on them: the command is the way. */
const places: Readonly<Record<string, string>> = {
  status: 'its Overview', failures: 'its Failures', leaderboard: 'its Leaderboard', table: 'its Tables', trials: 'the CSV of its trials, on its Overview,',
  stages: 'the Overview', show: 'the page of that stage', workers: 'Fleet', logs: 'below', retry: '"retry"',
};

/** What an option of `elucidate plot`, or of an analysis, is among their controls. */
const controls: Readonly<Record<string, string>> = { x: 'Across', y: 'Up (heat map)', lines: 'Lines', facets: 'Panels', metric: 'Metric', by: 'Cost' };

/** What is said with an option that is a choice of its own for each parameter. */
const choices: readonly (readonly [RegExp, string])[] = [
  [/fix some with --fixed/g, 'fix some of what varies'],
  [/--fixed chooses another/g, 'another can be chosen on Plot'],
  [/choose with --fixed/g, 'choose among what varies'],
  [/what --fixed says/g, 'what is fixed'],
  [/fix some of what varies with --fixed/g, 'fix some of what varies'],
  [/--fixed (?=\S)/g, ''],
];

/** Words that the command line and the pages share, as a page says them: views and controls in place of commands and options. */
export function pageWords(text: string): string {
  const said = text
    .replace(/`elucidate status`, or GET \/v1\/sweeps,/g, 'Sweeps')
    .replace(/, or GET \/v1\/\S+,/g, '')
    .replace(/`elucidate (\w+)(?: [^`]*)?`/g, (whole, command: string) => (Object.hasOwn(places, command) ? places[command]! : whole));
  return choices.reduce((words, [pattern, other]) => words.replace(pattern, other), said)
    .replace(/--(\w+)/g, (whole, option: string) => (Object.hasOwn(controls, option) ? `"${controls[option]!}"` : whole));
}
