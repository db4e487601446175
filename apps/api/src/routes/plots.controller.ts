import { Controller, Get, Header, Headers, Inject, Query, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { jsonOf } from '@elucidate/experiment/printable';
import type { MetricPlot } from '@elucidate/experiment/plot';
import { metricFigure } from '@elucidate/figures/figures/metric-figure';
import { lineChart } from '@elucidate/figures/line-chart';
import { pngOf } from '@elucidate/figures/png';
import { sweepPlot, sweepPlots } from '@elucidate/store/queries/sweep-plot';
import type { SweepRef } from '@elucidate/store/queries/sweeps';
import type { Store } from '@elucidate/store/store';
import { chosenOf, type Offer } from '../http/negotiate.js';
import { ApiProblems } from '../openapi/answers.js';
import { schemaReference } from '../openapi/schemas.js';
import { plotQuerySchema, type PlotFormat, type PlotQuery } from '../schemas/requests.js';
import { metricPlotSchema, plotListSchema } from '../schemas/results.js';
import { STORE } from '../services.js';
import { SweepParam } from './sweep-param.js';

const mediaTypes: Readonly<Record<PlotFormat, string>> = { svg: 'image/svg+xml', png: 'image/png', json: 'application/json; charset=utf-8' };

const offer: Offer<PlotFormat> = {
  what: 'A picture', usual: 'svg',
  formats: { '*/*': 'svg', 'image/*': 'svg', 'image/svg+xml': 'svg', 'image/png': 'png', 'application/json': 'json' },
};

type Drawing = Pick<PlotQuery, 'logX' | 'logY'>;

const render: Readonly<Record<PlotFormat, (plot: MetricPlot, drawing: Drawing) => string | Promise<Uint8Array>>> = {
  svg: (plot, drawing) => lineChart(metricFigure(plot, drawing)),
  png: (plot, drawing) => pngOf(lineChart(metricFigure(plot, drawing))),
  json: (plot) => jsonOf(plot),
};

@Controller('v1')
export class PlotsController {
  constructor(@Inject(STORE) private readonly store: Store) {}

  @Get('sweeps/:id/plot')
  @Header('vary', 'accept')
  @ApiOperation({ summary: 'A metric against any axis of a sweep: a line for each value of another, a panel for each of a third, or a heat map' })
  @ApiOkResponse({ description: 'The picture, or its numbers.', content: { 'image/svg+xml': {}, 'image/png': {}, 'application/json': { schema: schemaReference(metricPlotSchema) } } })
  @ApiProblems(404, 406)
  async plot(@SweepParam() { id: sweepId }: SweepRef, @Query({ schema: plotQuerySchema }) { format, logX, logY, ...request }: PlotQuery, @Headers('accept') accept: string | undefined): Promise<StreamableFile> {
    const chosen = chosenOf(offer, format, accept);
    const content = await render[chosen](await sweepPlot(this.store.db, { sweepId, ...request }), { logX, logY });
    return new StreamableFile(Buffer.from(content as string), { type: mediaTypes[chosen] });
  }

  @Get('sweeps/:id/plots')
  @ApiOperation({ summary: 'The pictures of what a sweep varies, as queries of `plot`, the first to look at first' })
  @ApiOkResponse({ description: 'The queries.', standardSchema: plotListSchema })
  @ApiProblems(404)
  async listPlots(@SweepParam() { id }: SweepRef) {
    return { plots: await sweepPlots(this.store.db, id) };
  }
}
