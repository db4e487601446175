import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { metricFigure } from '@elucidate/figures/figures/metric-figure';
import { api, dataOf, type Schemas } from '../../api/client.js';
import { useAnswer } from '../../api/use-answer.js';
import { FigureView } from '../../parts/figure.js';
import { Downloads } from '../../parts/downloads.js';
import { pageWords } from '../../parts/page-words.js';
import { PointCard } from '../../parts/point-card.js';
import { Failure, Waiting } from '../../parts/waiting.js';
import type { Query } from '../../route/route.js';
import { nothingText, resultsVersion, scoredOf } from './results-version.js';

/** A request of the plot route, as in its query. */
export interface PlotQuery {
  metric?: string | undefined;
  x?: string | undefined;
  y?: string | undefined;
  lines?: string | undefined;
  facets?: string | undefined;
  fixed?: string[] | undefined;
  rest?: 'best' | undefined;
  logX?: boolean | undefined;
  logY?: boolean | undefined;
}

function Picture({ plot, logX, logY }: { plot: Schemas['MetricPlot'] } & Pick<PlotQuery, 'logX' | 'logY'>): JSX.Element {
  const drawn = useMemo(() => {
    try {
      const figure = metricFigure(plot, { logX, logY });
      return { figure: { ...figure, notes: figure.notes.map(pageWords) } };
    } catch (error) {
      return { error: error as Error };
    }
  }, [plot, logX, logY]);
  return drawn.figure ? <PointCard plot={plot}><FigureView figure={drawn.figure} /></PointCard> : <Failure error={drawn.error!} />;
}

/** A request as a query of the route. */
const queryOf = ({ logX, logY, ...request }: PlotQuery): Query => ({ ...request, ...(logX !== undefined && { logX: String(logX) }), ...(logY && { logY: 'true' }) });

export interface MetricPictureProps {
  sweep: Schemas['Sweep'];
  request: PlotQuery;
  /** What to show of its numbers. */
  children?: (plot: Schemas['MetricPlot']) => JSX.Element;
}

/** A metric of a sweep, drawn here as `elucidate plot` draws it, and again while results arrive. */
export const MetricPicture = (props: MetricPictureProps): JSX.Element => (scoredOf(props.sweep) === 0 ? <p class="quiet">{nothingText(props.sweep, 'scored')}</p> : <Scored {...props} />);

function Scored({ sweep, request, children }: MetricPictureProps): JSX.Element {
  const { logX, logY, ...query } = request;
  const answer = useAnswer(JSON.stringify([sweep.id, query]), (signal) => dataOf(api.GET('/v1/sweeps/{id}/plot', { params: { path: { id: sweep.id }, query: { ...query, format: 'json' } }, signal, parseAs: 'json' })) as Promise<Schemas['MetricPlot']>, resultsVersion(sweep));
  return (
    <Waiting answer={answer}>{(plot) => (
      <>
        {children?.(plot)}
        <Picture plot={plot} logX={logX} logY={logY} />
        <Downloads path={`v1/sweeps/${sweep.id}/plot`} query={queryOf(request)} name={sweep.name} formats={['svg', 'png', 'csv', 'json']} />
      </>
    )}</Waiting>
  );
}
