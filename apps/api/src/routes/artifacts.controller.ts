import { Controller, Get, Inject, Logger, Param, Res } from '@nestjs/common';
import { ApiHeader, ApiNotModifiedResponse, ApiOkResponse, ApiOperation, ApiResponse } from '@nestjs/swagger';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ElucidateError } from '@elucidate/experiment/errors';
import { getArtifact } from '@elucidate/store/queries/artifacts';
import type { Store } from '@elucidate/store/store';
import type { Principal } from '@elucidate/store/principal';
import { Caller } from '../http/authentication.js';
import { rangeOf } from '../http/byte-range.js';
import { RequestHeader } from '../http/request-header.js';
import { ApiProblems } from '../openapi/answers.js';
import { artifactHashSchema, ifNoneMatchSchema } from '../schemas/requests.js';
import { STORE } from '../services.js';

@Controller('v1/artifacts')
export class ArtifactsController {
  private readonly log = new Logger('artifacts');

  constructor(@Inject(STORE) private readonly store: Store) {}

  @Get(':hash')
  @ApiOperation({ summary: "An artifact's bytes" })
  @ApiOkResponse({
    description: 'The bytes, in the media type they were stored with; they never change.',
    content: { 'application/octet-stream': {}, 'image/png': {}, 'application/json': {} },
    headers: { ETag: { description: 'The hash, quoted.', schema: { type: 'string' } } },
  })
  @ApiResponse({ status: 206, description: 'The part that `Range` asks for.', content: { 'application/octet-stream': {}, 'image/png': {}, 'application/json': {} } })
  @ApiHeader({ name: 'Range', required: false, description: 'Only these bytes: `bytes=0-7`, `bytes=8-`, `bytes=-100`. Several parts at once are not served; the whole is.' })
  @ApiNotModifiedResponse({ description: 'The bytes have not changed.' })
  @ApiProblems(404)
  async getArtifact(@Caller() principal: Principal, @Param('hash', { schema: artifactHashSchema }) hash: string, @RequestHeader('If-None-Match', ifNoneMatchSchema) known: string | undefined, @Res() response: ServerResponse): Promise<void> {
    const { store } = this;
    const artifact = await getArtifact(store.db, hash, principal);
    if (artifact === null) {
      throw new ElucidateError('artifact.missing', `There is no artifact ${hash} here; retry the sweep whose stage writes it, and check that API and workers use the same artifact store`);
    }
    const headers = { etag: `"${hash}"`, 'cache-control': 'private, max-age=31536000, immutable', 'accept-ranges': 'bytes' };
    if (matches(known, hash)) {
      response.writeHead(304, headers).end();
      return;
    }
    const part = rangeOf(response.req.headers.range, artifact.sizeBytes);
    if (part !== undefined) {
      // the whole is checked first
      const path = await store.artifacts.materialise(hash, join(tmpdir(), `elucidate-api-${process.pid}`));
      response.writeHead(206, { ...headers, 'content-type': artifact.mediaType, 'content-length': part.end - part.start + 1, 'content-range': `bytes ${part.start}-${part.end}/${artifact.sizeBytes}` });
      await this.send(hash, createReadStream(path, part), response);
      return;
    }
    const bytes = Readable.from(store.artifacts.openRead(hash), { objectMode: false });
    // a missing file, or a small corrupt one, is a problem document; a larger corrupt one is sent without its last piece, so that no client keeps it
    await once(bytes, 'readable');
    response.writeHead(200, { ...headers, 'content-type': artifact.mediaType, 'content-length': artifact.sizeBytes });
    await this.send(hash, bytes, response);
  }

  private async send(hash: string, bytes: Readable, response: ServerResponse): Promise<void> {
    await pipeline(bytes, response).catch((error: NodeJS.ErrnoException) => {
      // a client that disconnects is not an error
      if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE') this.log.error(`Sending ${hash} failed: ${error.message}`);
      response.destroy();
    });
  }
}

/** Whether If-None-Match names the artifact (RFC 9110, 13.1.2: weak comparison, a list, or `*`). */
const matches = (known: string | undefined, hash: string): boolean =>
  known !== undefined && known.split(',').some((tag) => ['*', `"${hash}"`].includes(tag.trim().replace(/^W\//, '')));
