import { Controller, Get, HttpCode, Inject, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { ElucidateError } from '@elucidate/experiment/errors';
import { databaseUse } from '@elucidate/store/disk-use';
import type { DatabaseUse } from '@elucidate/store/disk-use';
import type { Principal } from '@elucidate/store/principal';
import { prune } from '@elucidate/store/prune/prune';
import type { Store } from '@elucidate/store/store';
import type { Env } from '../env.js';
import { Caller, requireScope } from '../http/authentication.js';
import { prunedSchema, pruneQuerySchema, storageSchema } from '../schemas/storage.js';
import type { PrunedAnswer, PruneQuery } from '../schemas/storage.js';
import { ENV, STORE } from '../services.js';

@Controller('v1')
export class StorageController {
  private pruning = false;

  constructor(@Inject(STORE) private readonly store: Store, @Inject(ENV) private readonly env: Env) {}

  @Get('storage')
  @ApiOperation({ summary: 'Disk that the database and the artifacts take' })
  @ApiOkResponse({ description: 'The use.', standardSchema: storageSchema })
  getStorage(): Promise<DatabaseUse> {
    return databaseUse(this.store.db);
  }

  @Post('prune')
  @HttpCode(200)
  @ApiOperation({ summary: 'What no sweep needs any more: old events, logs and stages, checkpoints, unpacked programs, artifacts; removes it only with ?remove=true. Needs the scope admin' })
  @ApiOkResponse({ description: 'What was, or would be, removed.', standardSchema: prunedSchema })
  async pruneStorage(@Caller() principal: Principal, @Query({ schema: pruneQuerySchema }) { olderThan, remove }: PruneQuery): Promise<PrunedAnswer> {
    // it concerns everybody's
    requireScope(principal, 'admin');
    if (this.pruning) throw new ElucidateError('server.busy', 'This API is pruning already; try again when that has ended');
    this.pruning = true;
    try {
      return { removed: remove, ...(await prune(this.store, { home: this.env.home.dir, olderThanMs: olderThan, remove })) };
    } finally {
      this.pruning = false;
    }
  }
}
