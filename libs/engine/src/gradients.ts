import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** The part of tfjs's tape that is used here. */
interface TapeNode {
  saved?: Tensor[];
  gradient?: (dys: (Tensor | null)[]) => Record<string, () => Tensor>;
}

/**
 * tf.valueAndGrads with less memory: what a tape node saved, and the gradient it was given, are freed as soon as the backward
 * pass is done with the node; tfjs keeps all of them until the pass ends. Same numbers, about half the memory.
 * The caller disposes value and gradients.
 */
export function valueAndGrads(f: (...xs: Tensor[]) => tf.Scalar): (xs: Tensor[]) => { value: tf.Scalar; grads: Tensor[] } {
  const recorded = (...xs: Tensor[]) => {
    const y = f(...xs);
    freeWhenPassed((tf.engine() as unknown as { state: { activeTape: TapeNode[] } }).state.activeTape);
    return y;
  };
  return tf.valueAndGrads(recorded) as (xs: Tensor[]) => { value: tf.Scalar; grads: Tensor[] };
}

/** The backward pass requests a node's gradient, then the part of each of its inputs, before it moves to the preceding node. */
function freeWhenPassed(tape: readonly TapeNode[]): void {
  let passed: Tensor[] = [];
  for (const node of tape) {
    const { gradient, saved = [] } = node;
    if (!gradient) continue;
    node.gradient = (dys) => {
      tf.dispose(passed);
      const given = dys.filter((dy) => dy !== null);
      passed = [...saved, ...given];
      return ownParts(gradient(dys), given);
    };
  }
}

/** A part that is the given gradient itself becomes a tensor of its own, so that the given one can be freed. */
function ownParts(parts: Record<string, () => Tensor>, given: readonly Tensor[]): Record<string, () => Tensor> {
  const own = (part: () => Tensor) => () => {
    const dx = part();
    return given.includes(dx) ? tf.clone(dx) : dx;
  };
  return Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, own(part)]));
}
