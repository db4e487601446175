import { Controller, Get, Header, Headers, Inject, Query, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { ElucidateError } from '@elucidate/experiment/errors';
import { parallelCsv } from '@elucidate/experiment/parallel-csv';
import { plotCsv } from '@elucidate/experiment/plot-csv';
import { jsonOf } from '@elucidate/experiment/printable';
import { renderPareto } from '@elucidate/experiment/render-pareto';
import { sizeCsv } from '@elucidate/experiment/size-plot';
import { stageGraphCsv } from '@elucidate/experiment/stage-graph-csv';
import { trajectoryCsv } from '@elucidate/experiment/trajectory-plot';
import { lossFigure } from '@elucidate/figures/figures/loss-figure';
import { metricFigure } from '@elucidate/figures/figures/metric-figure';
import { parallelFigure } from '@elucidate/figures/figures/parallel-figure';
import { paretoFigure } from '@elucidate/figures/figures/pareto-figure';
import { sizeFigure } from '@elucidate/figures/figures/size-figure';
import { stageGraphFigure } from '@elucidate/figures/figures/stage-graph-figure';
import { trajectoryFigure } from '@elucidate/figures/figures/trajectory-figure';
import { lossesCsv, sweepLosses } from '@elucidate/report/sweep-losses';
import type { Principal } from '@elucidate/store/principal';
import { stageGraph } from '@elucidate/store/queries/stage-graph';
import { sweepParallel } from '@elucidate/store/queries/sweep-parallel';
import { sweepPareto } from '@elucidate/store/queries/sweep-pareto';
import { plottable, sweepPlot } from '@elucidate/store/queries/sweep-plot';
import { sweepSizes } from '@elucidate/store/queries/sweep-sizes';
import type { SweepRef } from '@elucidate/store/queries/sweeps';
import { sweepTrajectories } from '@elucidate/store/queries/trajectories';
import type { Store } from '@elucidate/store/store';
import { Caller } from '../http/authentication.js';
import { analysisOffer, chosenOf, isPicture, mediaTypes, type Offer } from '../http/negotiate.js';
import { ApiProblems } from '../openapi/answers.js';
import { schemaReference } from '../openapi/schemas.js';
import { pictureFile } from '../pictures/picture-file.js';
import { Computations } from '../computing/computations.js';
import { lossPlotSchema, parallelSchema, paretoSchema, sizePlotSchema, stageGraphSchema, trajectoryListSchema } from '../schemas/pictures.js';
import { graphQuerySchema, lossesQuerySchema, parallelQuerySchema, paretoQuerySchema, plotQuerySchema, sizesQuerySchema, trajectoriesQuerySchema, type GraphFormat, type GraphQuery, type LossesQuery, type ParallelQuery, type ParetoQuery, type PlotFormat, type PlotQuery, type SizesQuery, type TrajectoriesQuery } from '../schemas/requests.js';
import { metricPlotSchema, plotListSchema } from '../schemas/results.js';
import { STORE } from '../services.js';
import { knownSweep } from '../known-sweep.js';
import { SweepParam } from './sweep-param.js';

const offer: Offer<PlotFormat> = {
  what: 'A picture', usual: 'svg',
  formats: { '*/*': 'svg', 'image/*': 'svg', 'image/svg+xml': 'svg', 'image/png': 'png', 'application/json': 'json', 'text/csv': 'csv' },
};

const graphOffer: Offer<GraphFormat> = { what: 'A graph', usual: 'json', formats: { '*/*': 'json', 'application/json': 'json', 'image/*': 'svg', 'image/svg+xml': 'svg', 'image/png': 'png', 'text/csv': 'csv' } };

@Controller('v1')
export class PlotsController {
  constructor(@Inject(STORE) private readonly store: Store, @Inject(Computations) private readonly computations: Computations) {}

  @Get('sweeps/:id/plot')
  @Header('vary', 'accept')
  @ApiOperation({ summary: 'A metric against any axis of a sweep: a line for each value of another, a panel for each of a third, or a heat map' })
  @ApiOkResponse({ description: 'The picture, or its numbers.', content: { 'image/svg+xml': {}, 'image/png': {}, 'application/json': { schema: schemaReference(metricPlotSchema) }, 'text/csv': {} } })
  @ApiProblems(404, 406, 413, 503)
  async plot(@SweepParam() { id: sweepId }: SweepRef, @Query({ schema: plotQuerySchema }) { format, logX, logY, n, evaluator, ...request }: PlotQuery, @Headers('accept') accept: string | undefined): Promise<StreamableFile> {
    const chosen = chosenOf(offer, format, accept);
    const plot = await sweepPlot(this.store.db, { sweepId, scores: { n, evaluator }, ...request });
    if (isPicture(chosen)) return pictureFile(metricFigure(plot, { logX, logY }), chosen, this.computations);
    return new StreamableFile(Buffer.from(chosen === 'json' ? jsonOf(plot) : plotCsv(plot)), { type: mediaTypes[chosen] });
  }

  @Get('sweeps/:id/pareto')
  @Header('vary', 'accept')
  @ApiOperation({ summary: 'The best configuration for every budget of evaluations or device-seconds, and what cannot be told apart from it' })
  @ApiOkResponse({ description: 'The front.', content: { 'application/json': { schema: schemaReference(paretoSchema) }, 'text/csv': {}, 'text/markdown': {}, 'application/x-latex': {}, 'image/svg+xml': {}, 'image/png': {} } })
  @ApiProblems(404, 406, 413, 503)
  async pareto(@SweepParam() { id: sweepId }: SweepRef, @Query({ schema: paretoQuerySchema }) { format, logX, logY, ...request }: ParetoQuery, @Headers('accept') accept: string | undefined): Promise<StreamableFile> {
    const chosen = chosenOf(analysisOffer, format, accept);
    const found = await sweepPareto(this.store.db, { sweepId, ...request });
    return isPicture(chosen) ? pictureFile(paretoFigure(found, { logX, logY }), chosen, this.computations) : new StreamableFile(Buffer.from(renderPareto(found, chosen)), { type: mediaTypes[chosen] });
  }

  @Get('sweeps/:id/parallel')
  @Header('vary', 'accept')
  @ApiOperation({ summary: 'The configurations of a sweep across all that it varies and several metrics at once: parallel coordinates' })
  @ApiOkResponse({ description: 'The picture, or its numbers.', content: { 'image/svg+xml': {}, 'image/png': {}, 'application/json': { schema: schemaReference(parallelSchema) }, 'text/csv': {} } })
  @ApiProblems(404, 406, 413, 503)
  async parallel(@SweepParam() { id: sweepId }: SweepRef, @Query({ schema: parallelQuerySchema }) { format, scale, without, ...request }: ParallelQuery, @Headers('accept') accept: string | undefined): Promise<StreamableFile> {
    const chosen = chosenOf(offer, format, accept);
    const found = await sweepParallel(this.store.db, { sweepId, ...request });
    if (isPicture(chosen)) return pictureFile(parallelFigure(found, { scales: scale, without }), chosen, this.computations);
    return new StreamableFile(Buffer.from(chosen === 'json' ? jsonOf(found) : parallelCsv(found)), { type: mediaTypes[chosen] });
  }

  @Get('sweeps/:id/losses')
  @Header('vary', 'accept')
  @ApiOperation({ summary: 'The losses of the training runs, a line each' })
  @ApiOkResponse({ description: 'The picture, or its numbers.', content: { 'image/svg+xml': {}, 'image/png': {}, 'application/json': { schema: schemaReference(lossPlotSchema) }, 'text/csv': {} } })
  @ApiProblems(404, 406, 413, 503)
  async losses(@SweepParam() { id }: SweepRef, @Query({ schema: lossesQuerySchema }) { format }: LossesQuery, @Headers('accept') accept: string | undefined): Promise<StreamableFile> {
    const chosen = chosenOf(offer, format, accept);
    const found = await sweepLosses(this.store, id);
    return isPicture(chosen) ? pictureFile(lossFigure(found), chosen, this.computations) : new StreamableFile(Buffer.from(chosen === 'json' ? jsonOf(found) : lossesCsv(found)), { type: mediaTypes[chosen] });
  }

  @Get('sweeps/:id/trajectories')
  @Header('vary', 'accept')
  @ApiOperation({ summary: "A metric of the network's estimate of the image at every step of sampling, a line for each configuration" })
  @ApiOkResponse({ description: 'The picture, or its numbers.', content: { 'image/svg+xml': {}, 'image/png': {}, 'application/json': { schema: schemaReference(trajectoryListSchema) }, 'text/csv': {} } })
  @ApiProblems(404, 406, 413, 503)
  async trajectories(@SweepParam() { id: sweepId }: SweepRef, @Query({ schema: trajectoriesQuerySchema }) { format, metric }: TrajectoriesQuery, @Headers('accept') accept: string | undefined): Promise<StreamableFile> {
    const chosen = chosenOf(offer, format, accept);
    const all = await sweepTrajectories(this.store.db, { sweepId });
    const trajectories = metric === undefined ? all : all.filter((plot) => plot.metric === metric);
    if (chosen === 'json') return new StreamableFile(Buffer.from(jsonOf({ trajectories })), { type: mediaTypes.json });
    const [first] = trajectories;
    if (first === undefined) throw new ElucidateError('not_found', `Sweep ${sweepId} has no ${metric ?? 'score'} along its trajectories: they are scored where the spec has evaluate.trajectory: true`);
    if (chosen === 'csv') return new StreamableFile(Buffer.from(trajectoryCsv(first)), { type: mediaTypes.csv });
    return pictureFile(trajectoryFigure(first), chosen, this.computations);
  }

  @Get('sweeps/:id/sizes')
  @Header('vary', 'accept')
  @ApiOperation({ summary: 'A metric of the best configurations against the number of images that it is computed from, with FID extrapolated to infinitely many' })
  @ApiOkResponse({ description: 'The picture, or its numbers.', content: { 'image/svg+xml': {}, 'image/png': {}, 'application/json': { schema: schemaReference(sizePlotSchema) }, 'text/csv': {} } })
  @ApiProblems(404, 406, 413, 503)
  async sizes(@SweepParam() { id: sweepId }: SweepRef, @Query({ schema: sizesQuerySchema }) { format, metric }: SizesQuery, @Headers('accept') accept: string | undefined): Promise<StreamableFile> {
    const chosen = chosenOf(offer, format, accept);
    const found = await sweepSizes(this.store.db, { sweepId, metric });
    return isPicture(chosen) ? pictureFile(sizeFigure(found), chosen, this.computations) : new StreamableFile(Buffer.from(chosen === 'json' ? jsonOf(found) : sizeCsv(found)), { type: mediaTypes[chosen] });
  }

  @Get('sweeps/:id/graph')
  @Header('vary', 'accept')
  @ApiOperation({ summary: 'The stages of a sweep: what reads what, what trials share, what was done before' })
  @ApiOkResponse({ description: 'The picture, or its numbers.', content: { 'application/json': { schema: schemaReference(stageGraphSchema) }, 'image/svg+xml': {}, 'image/png': {}, 'text/csv': {} } })
  @ApiProblems(404, 406, 413, 503)
  async graph(@SweepParam() { id }: SweepRef, @Caller() principal: Principal, @Query({ schema: graphQuerySchema }) { format }: GraphQuery, @Headers('accept') accept: string | undefined): Promise<StreamableFile> {
    const chosen = chosenOf(graphOffer, format, accept);
    const found = await stageGraph(this.store.db, await knownSweep(this.store.db, id, principal));
    return isPicture(chosen) ? pictureFile(stageGraphFigure(found), chosen, this.computations) : new StreamableFile(Buffer.from(chosen === 'json' ? jsonOf(found) : stageGraphCsv(found)), { type: mediaTypes[chosen] });
  }

  @Get('sweeps/:id/plots')
  @ApiOperation({ summary: 'The pictures of what a sweep varies, as queries of `plot`, the first to look at first, and the axes of others' })
  @ApiOkResponse({ description: 'The queries.', standardSchema: plotListSchema })
  @ApiProblems(404)
  async listPlots(@SweepParam() { id }: SweepRef) {
    return plottable(this.store.db, id);
  }
}
