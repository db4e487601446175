import type { Ledger, Spent, SweepLedger, WasteCause } from '@elucidate/experiment/ledger';
import { sumLedgers, sumSpent } from '@elucidate/experiment/ledger';
import { plural } from '@elucidate/experiment/plural';
import { printable } from '@elucidate/experiment/printable';

/** Hours to three digits: "0.0213", "12.4", "1,250". */
export function hoursText(seconds: number): string {
  const hours = seconds / 3600;
  return hours >= 1000 ? Math.round(hours).toLocaleString('en') : hours === 0 ? '0' : Number(hours.toPrecision(3)).toFixed(Math.max(0, 2 - Math.floor(Math.log10(hours))));
}

const causes: Readonly<Record<string, string>> = {
  released: 'handed back by a worker that stopped or could not; a training run goes on from its checkpoint',
  cancelled: 'cancelled',
  replaced: 'done, but its files were lost and made again',
};
const causeText = (cause: WasteCause): string => causes[cause] ?? cause;

const width = 9;
const hours = (seconds: number): string => hoursText(seconds).padStart(width);
const spentLine = (what: string, { attempts, seconds }: Spent): string => `  ${what.padEnd(10)}${hours(seconds)}  ${plural(attempts, 'attempt')}`;

function lines({ useful, wasted, running, devices, sharing }: Ledger): string[] {
  const { alone, saved, reused, others, own } = sharing;
  return [
    spentLine('useful', useful), spentLine('wasted', sumSpent(wasted)),
    ...wasted.map(({ cause, ...spent }) => `    ${hours(spent.seconds)}  ${plural(spent.attempts, 'attempt')}: ${causeText(cause)}`),
    ...(running.attempts === 0 ? [] : [spentLine('running', running)]),
    ...(devices.length < 2 ? devices.map(({ device }) => `  all on ${device}`) : ['  by device, useful and wasted', ...devices.map(({ device, ...of }) => `    ${hours(of.useful.seconds)} ${hours(of.wasted.seconds)}  ${device}`)]),
    '', `  its finished trials, each by itself, would have taken ${hoursText(alone)}:`,
    `    ${hours(own)}  spent for it`, `    ${hours(saved)}  saved: trials share stages`, `    ${hours(reused)}  reused: done before it was submitted`, `    ${hours(others)}  done for other sweeps that were there first`,
  ];
}

/** The ledger of one sweep, in device-hours. */
export const renderLedger = ({ sweepId, name, owner, state, ...ledger }: SweepLedger): string =>
  [`${name} (sweep ${sweepId} of ${owner}, ${state}), device-hours`, '', ...lines(ledger)].map(printable).join('\n');

const row = (cells: readonly string[], last: string): string => `${cells.map((cell) => cell.padStart(width)).join(' ')}  ${last}`;
const rowOf = ({ useful, wasted, sharing }: Ledger, last: string): string => row([useful.seconds, sumSpent(wasted).seconds, sharing.saved, sharing.reused + sharing.others].map(hoursText), last);

/** The ledgers of many sweeps, in device-hours: a line each, then one for each owner, then all of them as one. */
export function renderLedgers(ledgers: readonly SweepLedger[]): string {
  const owners = [...new Set(ledgers.map(({ owner }) => owner))].sort();
  const sums = owners.map((owner) => {
    const own = ledgers.filter((ledger) => ledger.owner === owner);
    return rowOf(sumLedgers(own), `${owner}, ${plural(own.length, 'sweep')}`);
  });
  return [
    row(['useful', 'wasted', 'saved', 'reused'], 'device-hours by sweep'), ...ledgers.map((ledger) => rowOf(ledger, `${ledger.sweepId}  ${ledger.state.padEnd(9)}  ${ledger.owner}  ${ledger.name}`)),
    '', row(['useful', 'wasted', 'saved', 'reused'], 'by owner'), ...sums, '', 'All of them', '', ...lines(sumLedgers(ledgers)).map((line) => line.replace('its finished trials', 'their finished trials').replace('spent for it', 'spent for them').replace('before it was', 'before they were')),
  ].map(printable).join('\n');
}
