import { Controller, Get, HttpCode, Inject, Post, Put, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { ServerResponse } from 'node:http';
import { editSweep } from '@elucidate/dispatch/edit';
import type { Edited, EditOptions } from '@elucidate/dispatch/edit';
import { extendSweep } from '@elucidate/dispatch/extend';
import type { SpecText } from '@elucidate/dispatch/plan-messages';
import { Planner } from '@elucidate/dispatch/planner';
import type { Queue } from '@elucidate/dispatch/queue';
import { getSpec } from '@elucidate/store/queries/sweep-spec';
import type { SweepRef } from '@elucidate/store/queries/sweeps';
import type { Store } from '@elucidate/store/store';
import { requireSeen, versionTag } from '../http/if-match.js';
import { JsonBody } from '../http/json-body.js';
import { SpecBody } from '../http/spec-body.js';
import { knownSweep, noSweep } from '../known-sweep.js';
import { ApiProblems } from '../openapi/answers.js';
import { editSchema, extensionSchema } from '../schemas/edits.js';
import type { ExtensionBody } from '../schemas/edits.js';
import { withLinks } from '../schemas/sweeps.js';
import { QUEUE, STORE } from '../services.js';
import { EditParam } from './edit-param.js';
import type { EditCall } from './edit-param.js';
import { SweepParam } from './sweep-param.js';

@Controller('v1/sweeps/:id')
export class EditsController {
  constructor(@Inject(STORE) private readonly store: Store, @Inject(QUEUE) private readonly queue: Queue, @Inject(Planner) private readonly planner: Planner) {}

  @Get('spec')
  @ApiOperation({ summary: 'The sweep file of a sweep, with all defaults filled in' })
  @ApiOkResponse({ description: 'The sweep file, as JSON.', schema: { $ref: '#/components/schemas/Spec' }, headers: { ETag: { description: 'Names the version of the sweep to an edit, in If-Match.', schema: { type: 'string' } } } })
  @ApiProblems(404)
  async getSpec(@SweepParam() { id }: SweepRef, @Res({ passthrough: true }) response: ServerResponse) {
    const stored = await getSpec(this.store.db, id);
    if (stored === null) throw noSweep(id);
    response.setHeader('etag', versionTag(stored.version));
    return stored.spec;
  }

  @Put('spec')
  @ApiOperation({ summary: 'Give a sweep another sweep file: what it lacks is added, what the file does not have is dropped, the rest is kept' })
  @ApiOkResponse({ description: 'What has, or would have, changed.', standardSchema: editSchema })
  @ApiProblems(404, 412, 413, 415, 422, 428)
  async putSpec(@SweepParam() sweep: SweepRef, @SpecBody() spec: SpecText, @EditParam() { seen, ...call }: EditCall, @Res({ passthrough: true }) response: ServerResponse) {
    const options = { sweepId: sweep.id, version: requireSeen(seen, sweep), ...call };
    return this.answer(await this.edit(spec, options), options, response);
  }

  @Post('extend')
  @HttpCode(200)
  @ApiOperation({ summary: 'Add seeds, or values of parameters, to a sweep' })
  @ApiOkResponse({ description: 'What has, or would have, changed.', standardSchema: editSchema })
  @ApiProblems(404, 412, 413, 415, 422)
  async extendSweep(@SweepParam() { id: sweepId }: SweepRef, @JsonBody(extensionSchema) extension: ExtensionBody, @EditParam() { seen = null, ...call }: EditCall, @Res({ passthrough: true }) response: ServerResponse) {
    const edited = await extendSweep(this.store, { sweepId, extension, version: seen }, (document, version) => this.edit({ text: JSON.stringify(document), format: 'json' }, { sweepId, version, ...call }));
    return this.answer(edited, { sweepId, ...call }, response);
  }

  private edit(spec: SpecText, options: EditOptions): Promise<Edited> {
    return this.planner.planning(spec, (plan) => editSweep(this.store, this.queue, plan, options));
  }

  private async answer(edited: Edited, { sweepId, principal, dryRun }: Pick<EditOptions, 'sweepId' | 'principal'> & { dryRun: boolean }, response: ServerResponse) {
    response.setHeader('etag', versionTag(edited.version));
    return { dryRun, ...edited, sweep: withLinks(await knownSweep(this.store.db, sweepId, principal)) };
  }
}
