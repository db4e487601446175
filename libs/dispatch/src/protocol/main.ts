import { parseArgs } from 'node:util';
import { properties } from './properties.js';
import { explore, type Explored } from './explore.js';
import { rules, type Rule } from './state.js';
import { settingNames, settingsOf } from './settings.js';

const help = `npm run check:protocol -- [options]

Visits every state that small worlds of the dispatch protocol can reach, and checks docs/protocol.md's properties in each.

  --faults N         faults that may happen in one history (default 1; each further one makes about twenty times as many states)
  --world NAME       one world only: ${settingNames.map((name) => `"${name}"`).join(', ')}
  --mutate NAME      leave out one rule of the protocol; it must fail, with the shortest history that shows why
  --list-mutations   the rules that can be left out
  --json             one line of JSON at the end, nothing else
  --help

It ends with 0 if every property holds, 1 if one is violated, 2 if it was called wrongly.`;

interface Options {
  faults: number;
  world?: string;
  rule?: Rule;
  json: boolean;
}

class Wrong extends Error {}

const isRule = (name: string): name is Rule => Object.hasOwn(rules, name);

function optionsOf(args: string[]): Options | string {
  const { values } = parseArgs({
    args,
    options: { faults: { type: 'string', default: '1' }, world: { type: 'string' }, mutate: { type: 'string' }, 'list-mutations': { type: 'boolean' }, json: { type: 'boolean', default: false }, help: { type: 'boolean' } },
  });
  if (values.help) return help;
  if (values['list-mutations']) return Object.entries(rules).map(([name, what]) => `${name.padEnd(24)}${what}`).join('\n');
  const { faults, world, mutate, json } = values;
  if (!/^\d$/.test(faults)) throw new Wrong(`--faults ${faults}: expected a number from 0 to 9`);
  if (world !== undefined && !settingNames.includes(world)) throw new Wrong(`--world "${world}": expected one of ${settingNames.join(', ')}`);
  if (mutate !== undefined && !isRule(mutate)) throw new Wrong(`--mutate ${mutate}: --list-mutations lists the names`);
  return { faults: Number(faults), json, ...(world !== undefined && { world }), ...(mutate !== undefined && { rule: mutate }) };
}

interface Result extends Explored {
  world: string;
  faults: number;
}

/** Stops at the first counterexample. */
function* check({ faults, world, rule }: Options): Generator<Result> {
  for (const { name, setting } of settingsOf(faults, rule)) {
    if (world !== undefined && name !== world) continue;
    const result = { world: name, faults, ...explore(setting) };
    yield result;
    if (result.counterexample !== null) return;
  }
}

function text({ world, faults, states, transitions, depth, counterexample }: Result): string {
  const size = `${world}, up to ${faults} fault${faults === 1 ? '' : 's'}: ${states} states, ${transitions} transitions, depth ${depth}`;
  if (counterexample === null) return `${size}: ${properties.length} properties hold`;
  return [`${size}: VIOLATED: ${counterexample.property}`, ...counterexample.steps.map((step, at) => `${String(at + 1).padStart(4)}  ${step}`)].join('\n');
}

/** Returns the exit code. */
export function main(args: string[], print: (line: string) => void): number {
  try {
    const options = optionsOf(args);
    if (typeof options === 'string') {
      print(options);
      return 0;
    }
    const results: Result[] = [];
    for (const result of check(options)) {
      results.push(result);
      if (!options.json) print(text(result));
    }
    const ok = results.every(({ counterexample }) => counterexample === null);
    if (options.json) print(JSON.stringify({ ok, mutation: options.rule ?? null, properties, results }));
    else if (ok) for (const property of properties) print(`  holds: ${property}`);
    return ok ? 0 : 1;
  } catch (error) {
    const { code, message } = error as Error & { code?: string };
    if (!(error instanceof Wrong) && !code?.startsWith('ERR_PARSE_ARGS')) throw error;
    print(`${message}\n\n${help}`);
    return 2;
  }
}
