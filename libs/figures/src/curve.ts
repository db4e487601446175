import { clippedRuns } from './clip.js';
import type { Point, Series } from './figure.js';
import { sizes, type Place } from './layout.js';
import { ink, type Stroke } from './palette.js';
import { plain, type Scale } from './scales.js';
import { simplified } from './simplify.js';
import { element, escapeXml, pixels, text } from './svg.js';

/** Pixels; smaller differences are invisible. */
const tolerance = 0.05;

export interface Scales {
  x: Scale;
  y: Scale;
}

interface Drawing {
  place: Place;
  stroke: Stroke;
}

export const strokeAttributes = ({ colour, dash }: Stroke) => ({ 'stroke': colour, 'stroke-dasharray': dash, 'stroke-width': 1.8 });

const path = (points: readonly Point[]): string => points.map(([across, down]) => `${pixels(across)} ${pixels(down)}`).join('L');

interface End {
  at: number;
  low: number;
  high: number;
}

/** Shades from low to high, as far as the plot goes; on a log axis down to its end where low is not positive. */
function band({ band: given = [], scattered = false }: Series, { x, y }: Scales, { place, stroke }: Drawing): string {
  const inside = (value: number): number => {
    const down = y.of(value);
    return Number.isNaN(down) ? place.height : Math.min(place.height, Math.max(0, down));
  };
  const runs: End[][] = [[]];
  for (const [at, low, high] of given) {
    if ([at, low, high].every(Number.isFinite)) runs.at(-1)!.push({ at: x.of(at), low: inside(low), high: inside(high) });
    else runs.push([]);
  }
  const bars = runs.filter((run) => scattered || run.length === 1).flat();
  const areas = runs.filter((run) => !scattered && run.length > 1);
  return [
    ...(bars.length === 0 ? [] : [element('path', { 'd': bars.map(({ at, low, high }) => `M${pixels(at)} ${pixels(low)}V${pixels(high)}`).join(''), 'stroke': stroke.colour, 'stroke-width': 1.4, 'stroke-opacity': '0.6' })]),
    ...areas.map((run) => element('path', { 'd': `M${path([...run.map(({ at, high }): Point => [at, high]), ...run.toReversed().map(({ at, low }): Point => [at, low])])}Z`, 'fill': stroke.colour, 'fill-opacity': '0.14', 'stroke': 'none' })),
  ].join('');
}

/** Bars from left to right, where a point is on the plot. */
function barsAcross({ across = [] }: Series, { x, y }: Scales, { place, stroke }: Drawing): string {
  const drawn = across.map(([up, left, right]) => [y.of(up), Math.max(0, x.of(left)), Math.min(place.width, x.of(right))] as const).filter(([down, left, right]) => down >= 0 && down <= place.height && left <= right);
  return drawn.length === 0 ? '' : element('path', { 'd': drawn.map(([down, left, right]) => `M${pixels(left)} ${pixels(down)}H${pixels(right)}`).join(''), 'stroke': stroke.colour, 'stroke-width': 1, 'stroke-opacity': '0.6' });
}

/** What a plot has no room for: triangles at the edge that a value is beyond, with the value, and crosses where there is none. */
function beyondEdges({ beyond = [], lost = [] }: Series, { x, y }: Scales, { place, stroke }: Drawing): string {
  const triangles = beyond.map(([at, value]) => {
    const [across, above] = [x.of(at), y.of(value) < 0];
    const d = above ? `M${pixels(across - 4.5)} 9h9l-4.5 -8Z` : `M${pixels(across - 4.5)} ${pixels(place.height - 9)}h9l-4.5 8Z`;
    const beside = across > place.width - 40 ? { 'x': across - 7, 'text-anchor': 'end' } : { 'x': across + 7 };
    return element('path', { d, fill: stroke.colour, stroke: 'none' }) + text(plain(Number(value.toPrecision(3))), { ...beside, 'y': above ? 9 : place.height - 2, 'font-size': sizes.small, 'fill': ink.text, 'stroke': 'none' });
  });
  const crosses = lost.map((at) => element('path', { 'd': `M${pixels(x.of(at) - 3.5)} 2.5l7 7m-7 0l7 -7`, 'stroke': stroke.colour, 'stroke-width': 1.8 }));
  return [...triangles, ...crosses].join('');
}

/** A curve, clipped to the plot. */
export function curve(series: Series, scales: Scales, drawing: Drawing): string {
  const { label, points, singles = [], dots = false, scattered = false } = series;
  const { x, y } = scales;
  const { place, stroke } = drawing;
  const places = (of: readonly Point[]): Point[] => of.map(([across, up]) => [x.of(across), y.of(up)] as const);
  const inside = (of: readonly Point[]): Point[] => of.filter(([across, down]) => across >= 0 && across <= place.width && down >= 0 && down <= place.height);
  const drawn = places(points);
  const d = scattered ? '' : clippedRuns(drawn, place).map((run) => `M${path(simplified(run, tolerance))}`).join('');
  return element('g', { fill: 'none', ...strokeAttributes(stroke) },
    element('title', {}, escapeXml(label)),
    band(series, scales, drawing), barsAcross(series, scales, drawing),
    ...(d === '' ? [] : [element('path', { d })]),
    ...inside(places(singles)).map(([cx, cy]) => element('circle', { cx, cy, 'r': 1.5, 'fill': stroke.colour, 'fill-opacity': '0.5', 'stroke': 'none' })),
    ...(dots ? inside(drawn) : []).map(([cx, cy]) => element('circle', { cx, cy, 'r': scattered ? 3.4 : 2.6, 'fill': stroke.colour, 'stroke': 'none' })),
    beyondEdges(series, scales, drawing));
}
