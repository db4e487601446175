import type { JSX } from 'preact';
import { useAnswer } from '../api/use-answer.js';
import { Waiting } from './waiting.js';

/** A view whose code is loaded when it is first shown, so that pages without it do not wait for it. `name` is its own. */
export function lazy<P extends object>(name: string, load: () => Promise<(props: P) => JSX.Element>): (props: P) => JSX.Element {
  return function Lazy(props: P): JSX.Element {
    const code = useAnswer(`code ${name}`, load);
    return <Waiting answer={code}>{(View) => <View {...props} />}</Waiting>;
  };
}
