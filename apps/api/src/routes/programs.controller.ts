import { Controller, Delete, Get, Inject, Param, Post, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiCreatedResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { IncomingMessage } from 'node:http';
import { requirePrograms } from '@elucidate/dispatch/allowed-programs';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { Principal } from '@elucidate/store/principal';
import { listPrograms, recordProgram, removeProgram } from '@elucidate/store/queries/programs';
import type { Store } from '@elucidate/store/store';
import { Caller } from '../http/authentication.js';
import { mediaTypeOf } from '../http/spec-body.js';
import { ApiProblems } from '../openapi/answers.js';
import { type ProgramAnswer, programContentsSchema, programListSchema, programSchema, removedProgramSchema } from '../schemas/programs.js';
import { STORE } from '../services.js';

const mediaType = 'application/x-tar';
/** Bytes of an archive that comes by HTTP. */
const mostBytes = 300 * 2 ** 20;
/** Where a tar file says that it is one. */
const magic = { at: 257, text: 'ustar' };

@Controller('v1/programs')
export class ProgramsController {
  constructor(@Inject(STORE) private readonly store: Store) {}

  @Post()
  @ApiOperation({ summary: 'Store the archive of a program, which sweeps may then name as a network. Needs the scope programs' })
  @ApiConsumes(mediaType)
  @ApiBody({ description: 'A tar file of plain files, as `elucidate program add` makes it.', schema: { type: 'string', format: 'binary' } })
  @ApiCreatedResponse({ description: 'The program, which may have been there before.', standardSchema: programSchema })
  @ApiProblems(413, 415)
  async addProgram(@Caller() principal: Principal, @Req() request: IncomingMessage): Promise<ProgramAnswer> {
    requirePrograms(principal);
    if (mediaTypeOf(request) !== mediaType) throw new ElucidateError('request.unsupported', `A program is sent as ${mediaType}; \`elucidate program add FOLDER --api URL\` does`);
    const artifact = await this.store.artifacts.put(archiveIn(request), mediaType);
    await recordProgram(this.store.db, artifact, principal);
    return { contents: artifact.hash, sizeBytes: artifact.sizeBytes };
  }

  @Get()
  @ApiOperation({ summary: 'The programs that the caller has added, or everybody has for the scope admin: the newest first, the last thousand. Needs the scope programs' })
  @ApiOkResponse({ description: 'The programs.', standardSchema: programListSchema })
  async listPrograms(@Caller() principal: Principal) {
    requirePrograms(principal);
    return { programs: await listPrograms(this.store.db, principal) };
  }

  @Delete(':id')
  @ApiOperation({ summary: 'Forget a program that no sweep names; its archive goes with the next prune. Needs the scope programs' })
  @ApiOkResponse({ description: 'Forgotten.', standardSchema: removedProgramSchema })
  @ApiProblems(404, 409)
  async removeProgram(@Caller() principal: Principal, @Param('id', { schema: programContentsSchema }) contents: string) {
    requirePrograms(principal);
    await removeProgram(this.store.db, contents, principal);
    return { contents };
  }
}

/** The body of a request, piece by piece. Throws request.too_large, and request.invalid for what is no tar file. */
async function* archiveIn(request: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  let head = Buffer.alloc(0);
  let bytes = 0;
  for await (const piece of request) {
    bytes += piece.length;
    if (bytes > mostBytes) throw new ElucidateError('request.too_large', `The program's archive is larger than the ${mostBytes / 2 ** 20} MiB that an API takes; add the folder where the database is, with --local and DATABASE_URL`);
    if (head.length < magic.at + magic.text.length) head = Buffer.concat([head, piece]).subarray(0, 512);
    yield piece;
  }
  if (head.subarray(magic.at, magic.at + magic.text.length).toString() !== magic.text) throw new ElucidateError('request.invalid', 'The body is no tar file; `elucidate program add FOLDER --api URL` sends one');
}
