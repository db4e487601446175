import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from '@tanstack/virtual-core';
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useReducer, useRef, useState } from 'preact/hooks';

export interface VirtualRowsProps {
  /** Names the table to a screen reader. */
  label: string;
  count: number;
  /** Of a row, in pixels. */
  height: number;
  head: JSX.Element;
  row: (index: number) => JSX.Element;
  /** Called when the last rows come into view. */
  reachedEnd: (() => void) | undefined;
}

/** Rows before the end at which more are requested. */
const early = 40;

/** Rows on paper at most. */
const mostPrinted = 500;

/** Whether the page is being printed. */
function usePrinting(): boolean {
  const [printing, setPrinting] = useState(false);
  useEffect(() => {
    const [begin, end] = [() => setPrinting(true), () => setPrinting(false)];
    addEventListener('beforeprint', begin);
    addEventListener('afterprint', end);
    return () => {
      removeEventListener('beforeprint', begin);
      removeEventListener('afterprint', end);
    };
  }, []);
  return printing;
}

/** The first rows of those that are there, below each other; says where they are not all. */
function Printed({ count, height, row, reachedEnd }: Pick<VirtualRowsProps, 'count' | 'height' | 'row' | 'reachedEnd'>): JSX.Element {
  const shown = Math.min(count, mostPrinted);
  return (
    <>
      {Array.from({ length: shown }, (_, index) => <div key={index} role="presentation" style={{ height: `${height}px` }}>{row(index)}</div>)}
      {(shown < count || reachedEnd !== undefined) && <p>The first {shown} rows.</p>}
    </>
  );
}

/** A scrolling list of equally high rows, of which only those in view are in the document; on paper all that are there, up to a limit. */
export function VirtualRows({ label, count, height, head, row, reachedEnd }: VirtualRowsProps): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const options = {
    count, estimateSize: () => height, overscan: 8, getScrollElement: () => place.current,
    observeElementRect, observeElementOffset, scrollToFn: elementScroll, onChange: redraw,
  };
  const virtual = useRef<Virtualizer<HTMLDivElement, HTMLDivElement> | undefined>(undefined);
  virtual.current ??= new Virtualizer<HTMLDivElement, HTMLDivElement>(options as never);
  virtual.current.setOptions(options as never);
  useEffect(() => virtual.current!._didMount(), []);
  useLayoutEffect(() => virtual.current!._willUpdate());
  const printing = usePrinting();
  const shown = virtual.current.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last + early >= count) reachedEnd?.();
  }, [last, count, reachedEnd]);
  return (
    <div class="virtual" ref={place} tabIndex={0} role="table" aria-label={label} aria-rowcount={reachedEnd === undefined ? count + 1 : -1}>
      <div role="rowgroup" class="virtual-head">{head}</div>
      {printing ? <div role="rowgroup"><Printed count={count} height={height} row={row} reachedEnd={reachedEnd} /></div> : <div role="rowgroup" style={{ height: `${virtual.current.getTotalSize()}px`, position: 'relative' }}>
        {shown.map(({ index, start }) => <div key={index} role="presentation" class="virtual-row" style={{ transform: `translateY(${start}px)`, height: `${height}px` }}>{row(index)}</div>)}
      </div>}
    </div>
  );
}
