import { Controller, Delete, Get, Inject, Param, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { ServerResponse } from 'node:http';
import type { Principal } from '@elucidate/store/principal';
import { deleteImport, importDetail, importedForSweep, importResults, listImports } from '@elucidate/store/queries/imports';
import { metricsOfSweep } from '@elucidate/store/queries/metrics';
import type { SweepRef } from '@elucidate/store/queries/sweeps';
import type { Store } from '@elucidate/store/store';
import { Caller } from '../http/authentication.js';
import { JsonBody } from '../http/json-body.js';
import { ApiProblems } from '../openapi/answers.js';
import { importBodySchema, importedForSweepSchema, importedSchema, importListSchema, importSchema, importSummarySchema } from '../schemas/imports.js';
import type { ImportBody } from '../schemas/imports.js';
import { importedQuerySchema, importIdSchema, pageQuerySchema } from '../schemas/requests.js';
import type { ImportedQuery, PageQuery } from '../schemas/requests.js';
import { STORE } from '../services.js';
import { SweepParam } from './sweep-param.js';

/** Results that were computed elsewhere: apart from ours, and never ranked with them. */
@Controller('v1')
export class ImportsController {
  constructor(@Inject(STORE) private readonly store: Store) {}

  @Post('imports')
  @ApiOperation({ summary: 'Import results that were computed elsewhere, with what is declared of them' })
  @ApiCreatedResponse({ description: 'Imported.', standardSchema: importedSchema })
  @ApiOkResponse({ description: 'Was imported before.', standardSchema: importedSchema })
  @ApiProblems(413, 415)
  async importResults(@Caller() principal: Principal, @JsonBody(importBodySchema) body: ImportBody, @Res({ passthrough: true }) response: ServerResponse) {
    const made = await importResults(this.store.db, principal, body);
    response.statusCode = made.created ? 201 : 200;
    return made;
  }

  @Get('imports')
  @ApiOperation({ summary: 'What was imported, newest first' })
  @ApiOkResponse({ description: 'A page.', standardSchema: importListSchema })
  listImports(@Caller() principal: Principal, @Query({ schema: pageQuerySchema }) page: PageQuery) {
    return listImports(this.store.db, principal, page);
  }

  @Get('imports/:id')
  @ApiOperation({ summary: 'One import with its rows' })
  @ApiOkResponse({ description: 'The import.', standardSchema: importSchema })
  @ApiProblems(404)
  getImport(@Caller() principal: Principal, @Param('id', { schema: importIdSchema }) id: string) {
    return importDetail(this.store.db, principal, id);
  }

  @Delete('imports/:id')
  @ApiOperation({ summary: 'Delete an import with its rows' })
  @ApiOkResponse({ description: 'Deleted.', standardSchema: importSummarySchema })
  @ApiProblems(404)
  deleteImport(@Caller() principal: Principal, @Param('id', { schema: importIdSchema }) id: string) {
    return deleteImport(this.store.db, principal, id);
  }

  @Get('sweeps/:id/imported')
  @ApiOperation({ summary: 'Imported scores beside those of a sweep: comparable only as far as their owners declare it' })
  @ApiOkResponse({ description: 'The imported scores.', standardSchema: importedForSweepSchema })
  @ApiProblems(404)
  async listImported(@SweepParam() { id: sweepId }: SweepRef, @Caller() principal: Principal, @Query({ schema: importedQuerySchema }) { metric }: ImportedQuery) {
    return importedForSweep(this.store.db, principal, { sweepId, metric: metric ?? (await metricsOfSweep(this.store.db, sweepId))[0]! });
  }
}
