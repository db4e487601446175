import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ParallelAxis } from '@elucidate/figures/parallel-scales';
import type { Schemas } from '../../api/client.js';
import { choose } from '../../route/use-route.js';
import { brushed } from './brushed.js';
import type { Kept } from './kept.js';

interface Drag {
  axis: number;
  /** Of the axis, in the page. */
  box: DOMRect;
  from: number;
  to: number;
}

/** The places on the axis between which a drag went, the lower first; null: a click. */
function placesOf({ box, from, to }: Drag): [number, number] | null {
  if (Math.abs(from - to) < 4) return null;
  const place = (y: number): number => 1 - (y - box.top) / box.height;
  return [place(Math.max(from, to)), place(Math.min(from, to))];
}

/** Dragging along an axis of the picture keeps what passes there; a click on it keeps all of the axis. The same can be chosen above by keyboard. */
export function Brushes({ axes, plot, kept, children }: { axes: readonly ParallelAxis[]; plot: Schemas['Parallel']; kept: Kept; children: ComponentChildren }): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<Drag | undefined>(undefined);
  const current = useRef<Drag | undefined>(undefined);
  const end = useRef<(done: Drag) => void>(() => undefined);
  end.current = (done) => {
    const axis = axes[done.axis];
    if (axis !== undefined) choose({ ...brushed({ axis, plot, kept }, placesOf(done)) });
  };
  useEffect(() => {
    const show = (next: Drag | undefined): void => {
      current.current = next;
      setDrag(next);
    };
    const down = (event: PointerEvent): void => {
      const rect = (event.target as Element).closest('[data-axis]');
      if (rect === null || event.button !== 0) return;
      event.preventDefault();
      show({ axis: Number(rect.getAttribute('data-axis')), box: rect.getBoundingClientRect(), from: event.clientY, to: event.clientY });
    };
    const move = (event: PointerEvent): void => {
      if (current.current) show({ ...current.current, to: Math.min(current.current.box.bottom, Math.max(current.current.box.top, event.clientY)) });
    };
    const up = (): void => {
      const done = current.current;
      show(undefined);
      if (done) end.current(done);
    };
    const element = place.current!;
    element.addEventListener('pointerdown', down);
    addEventListener('pointermove', move);
    addEventListener('pointerup', up);
    return () => {
      element.removeEventListener('pointerdown', down);
      removeEventListener('pointermove', move);
      removeEventListener('pointerup', up);
    };
  }, []);
  const at = place.current?.getBoundingClientRect();
  return (
    <div class="brushes" ref={place}>
      {children}
      {drag && at && <div class="brush" style={{ left: `${drag.box.left - at.left}px`, width: `${drag.box.width}px`, top: `${Math.min(drag.from, drag.to) - at.top}px`, height: `${Math.abs(drag.from - drag.to)}px` }} />}
    </div>
  );
}
