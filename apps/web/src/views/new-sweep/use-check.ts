import { useEffect, useRef, useState } from 'preact/hooks';
import { checkerOf, type Checked } from '../../editor/checker.js';
import { openWorker } from '../../editor/inspected.js';

/** Checks a text as it is written, in the browser: the last that was read, which `text` in it says. */
export function useCheck(text: string): Checked | undefined {
  const [checked, setChecked] = useState<Checked>();
  const checker = useRef<ReturnType<typeof checkerOf> | undefined>(undefined);
  useEffect(() => {
    const worker = openWorker();
    checker.current = checkerOf(worker, setChecked);
    return () => worker.terminate();
  }, []);
  useEffect(() => checker.current!.read(text), [text]);
  return checked;
}
