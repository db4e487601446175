import { Controller, Get, Header, Headers, Inject, Query, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { Readable } from 'node:stream';
import { jsonOf } from '@elucidate/experiment/printable';
import { trialsCsv, trialsNdjson } from '@elucidate/experiment/trials';
import { trialsParquet } from '@elucidate/report/trials-parquet';
import type { SweepRef } from '@elucidate/store/queries/sweeps';
import { allTrials, trialsPage } from '@elucidate/store/queries/trials';
import type { Store } from '@elucidate/store/store';
import { chosenOf, type Offer } from '../http/negotiate.js';
import { ApiProblems } from '../openapi/answers.js';
import { schemaReference } from '../openapi/schemas.js';
import { trialsQuerySchema, type TrialFormat, type TrialsQuery } from '../schemas/requests.js';
import { trialsPageSchema } from '../schemas/results.js';
import { STORE } from '../services.js';
import { SweepParam } from './sweep-param.js';

const mediaTypes: Readonly<Record<TrialFormat, string>> = { json: 'application/json; charset=utf-8', csv: 'text/csv; charset=utf-8', ndjson: 'application/x-ndjson; charset=utf-8', parquet: 'application/vnd.apache.parquet' };

const offer: Offer<TrialFormat> = {
  what: 'A list of trials', usual: 'json',
  formats: { '*/*': 'json', 'application/*': 'json', 'application/json': 'json', 'text/*': 'csv', 'text/csv': 'csv', 'application/x-ndjson': 'ndjson', 'application/jsonl': 'ndjson', 'application/vnd.apache.parquet': 'parquet' },
};

@Controller('v1')
export class TrialsController {
  constructor(@Inject(STORE) private readonly store: Store) {}

  @Get('sweeps/:id/trials')
  @Header('vary', 'accept')
  @ApiOperation({ summary: "A sweep's trials one by one: parameters, seeds, scores and stages, a page as JSON or all of them as CSV, NDJSON or Parquet" })
  @ApiOkResponse({ description: 'The trials.', content: { 'application/json': { schema: schemaReference(trialsPageSchema) }, 'text/csv': {}, 'application/x-ndjson': {}, 'application/vnd.apache.parquet': {} } })
  @ApiProblems(404, 406)
  async listTrials(@SweepParam() { id: sweepId }: SweepRef, @Query({ schema: trialsQuerySchema }) { format, ...page }: TrialsQuery, @Headers('accept') accept: string | undefined): Promise<StreamableFile> {
    const chosen = chosenOf(offer, format, accept);
    const { db } = this.store;
    const streams: Readonly<Record<TrialFormat, () => Promise<Readable>>> = {
      json: async () => Readable.from([Buffer.from(jsonOf(await trialsPage(db, { ...page, sweepId })))]),
      csv: () => Promise.resolve(Readable.from(trialsCsv(allTrials(db, sweepId)), { objectMode: false })),
      parquet: () => Promise.resolve(Readable.from(trialsParquet(allTrials(db, sweepId)), { objectMode: false })),
      ndjson: () => Promise.resolve(Readable.from(trialsNdjson(allTrials(db, sweepId)), { objectMode: false })),
    };
    return new StreamableFile(await streams[chosen](), { type: mediaTypes[chosen] });
  }
}
