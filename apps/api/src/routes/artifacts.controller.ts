import { Controller, Get, Inject, Logger, Param, Res } from '@nestjs/common';
import { ApiNotModifiedResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ElucidateError } from '@elucidate/experiment/errors';
import { getArtifact } from '@elucidate/store/queries/artifacts';
import type { Store } from '@elucidate/store/store';
import type { Principal } from '@elucidate/store/principal';
import { Caller } from '../http/authentication.js';
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
  @ApiNotModifiedResponse({ description: 'The bytes have not changed.' })
  @ApiProblems(404)
  async getArtifact(@Caller() principal: Principal, @Param('hash', { schema: artifactHashSchema }) hash: string, @RequestHeader('If-None-Match', ifNoneMatchSchema) known: string | undefined, @Res() response: ServerResponse): Promise<void> {
    const { store } = this;
    const artifact = await getArtifact(store.db, hash, principal);
    if (artifact === null) {
      throw new ElucidateError('artifact.missing', `There is no artifact ${hash} here; retry the sweep whose stage writes it, and check that API and workers use the same artifact store`);
    }
    const headers = { etag: `"${hash}"`, 'cache-control': 'private, max-age=31536000, immutable' };
    if (matches(known, hash)) {
      response.writeHead(304, headers).end();
      return;
    }
    const bytes = Readable.from(store.artifacts.openRead(hash), { objectMode: false });
    // a missing file, or a small corrupt one, is a problem document; a larger corrupt one is sent without its last piece, so that no client keeps it
    await once(bytes, 'readable');
    response.writeHead(200, { ...headers, 'content-type': artifact.mediaType, 'content-length': artifact.sizeBytes });
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
