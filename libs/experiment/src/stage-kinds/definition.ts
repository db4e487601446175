import type { z } from 'zod';
import type { CellConfig, Seeds } from '../cell-config.js';
import type { GuideFacts } from '../guide.js';

/** What is known of a training that goes on from a shorter one: its result is the same, its work is not. */
export interface Continued {
  /** Images seen before it starts. */
  seenBefore?: number;
}

/** What decides a trial's result, by name. */
export type Facts = CellConfig & Seeds & GuideFacts & Continued;
export type Fact = keyof Facts;

/** The facts whose values are of type T. */
type FactOf<T> = { [F in Fact]-?: Facts[F] extends T ? F : never }[Fact];

/**
 * The definition of one kind of stage, except its execution, which is in libs/stages. `uses` and `inputs` decide a plan: trials
 * share a stage exactly when they agree on the facts it uses and on the stages it reads.
 */
export interface StageDefinition<K extends string = string, P extends z.ZodObject = z.ZodObject, R extends string = string> {
  kind: K;
  /** Incremented in the commit that changes the kind's results. */
  codeVersion: number;
  /** What decides its result besides its inputs, and nothing else. */
  params: P;
  /** Which fact each of its params is. */
  uses: { readonly [Name in keyof z.output<P>]-?: FactOf<z.output<P>[Name]> };
  /** Params that came later, with the value that says what was so before: it is left out, so that stages keep the ids that they had. */
  omitted?: { readonly [Name in keyof z.output<P>]?: z.output<P>[Name] };
  /** The stages of the same trial that it reads: name of the input -> their role. Inputs that the trial does not need are omitted. */
  inputs: Readonly<Record<string, R>>;
  /** Whether a trial needs it; absent: every trial does. */
  when?: (facts: Facts) => boolean;
  /** Estimated floating-point operations, good to a factor of two: for cost and ETA. */
  work: (config: CellConfig & Continued) => number;
}

/** Params that are facts under another name: those whose own name is no fact of their type. */
type Renamed<P extends z.ZodObject> = { readonly [Name in keyof z.output<P> as Name extends FactOf<z.output<P>[Name]> ? never : Name]-?: FactOf<z.output<P>[Name]> };

type Written<K extends string, P extends z.ZodObject, R extends string> = Omit<StageDefinition<K, P, R>, 'uses'> & (Record<never, never> extends Renamed<P> ? { uses?: Renamed<P> } : { uses: Renamed<P> });

/** The definition of a stage kind; a param is the fact of its own name unless `uses` names another. */
export function stageKind<K extends string, P extends z.ZodObject, const R extends string = never>(definition: Written<K, P, R>): StageDefinition<K, P, R> {
  const own = Object.fromEntries(Object.keys(definition.params.shape).map((name) => [name, name]));
  return { ...definition, uses: { ...own, ...definition.uses } as StageDefinition<K, P, R>['uses'] };
}
