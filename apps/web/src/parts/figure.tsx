import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Figure } from '@elucidate/figures/figure';
import { lineChart } from '@elucidate/figures/line-chart';

/** Narrower, a picture is drawn at this width and scrolls. */
const leastWidth = 480;

/** A picture as `elucidate plot` draws it, as wide as its place. Everything in it that users wrote was escaped when it was drawn. */
export function FigureView({ figure, least = leastWidth }: { figure: Figure; least?: number }): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(960);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(entry!.contentRect.width));
    observer.observe(place.current!);
    return () => observer.disconnect();
  }, []);
  return <div class="figure" role="group" aria-label={figure.title} tabIndex={0} ref={place} dangerouslySetInnerHTML={{ __html: lineChart(figure, { width: Math.round(Math.max(least, width)) }) }} />;
}
