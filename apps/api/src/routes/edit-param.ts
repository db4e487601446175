import { createParamDecorator, Injectable } from '@nestjs/common';
import type { PipeTransform } from '@nestjs/common';
import { ApiHeader, ApiQuery } from '@nestjs/swagger';
import type { Principal } from '@elucidate/store/principal';
import { callerOf } from '../http/authentication.js';
import type { CallerRequest } from '../http/authentication.js';
import { ifMatchSchema } from '../http/if-match.js';
import type { SeenVersion } from '../http/if-match.js';
import { parseRequest } from '../http/parse-request.js';
import { headerOf } from '../http/request-header.js';
import { onMethod } from '../openapi/on-method.js';
import { editQuerySchema } from '../schemas/edits.js';
import type { EditQuery } from '../schemas/edits.js';

/** On whose behalf an edit is made, on which version, and whether it is made at all. */
export interface EditCall extends EditQuery {
  principal: Principal;
  /** Undefined: without If-Match. */
  seen: SeenVersion | undefined;
}

type EditHttpRequest = CallerRequest & { query: unknown };

/** Throws 'request.invalid'. */
@Injectable()
class ReadEdit implements PipeTransform<EditHttpRequest, Promise<EditCall>> {
  async transform(request: EditHttpRequest): Promise<EditCall> {
    const { dryRun } = (await parseRequest(editQuerySchema, request.query, 'query')) as EditQuery;
    const seen = (await parseRequest(ifMatchSchema.optional(), headerOf(request, 'If-Match'), 'If-Match')) as SeenVersion | undefined;
    return { principal: callerOf(request), seen, dryRun };
  }
}

const readRequest = createParamDecorator((_, context) => context.switchToHttp().getRequest<EditHttpRequest>());

/** What a request to edit a sweep says besides the edit: `If-Match`, `?dryRun=`. */
export const EditParam = (): ParameterDecorator => (target, key, index) => {
  readRequest(ReadEdit)(target, key, index);
  onMethod(ApiHeader({ name: 'If-Match', required: false, description: ifMatchSchema.description! }), target, key);
  onMethod(ApiQuery({ name: 'dryRun', required: false, description: editQuerySchema.shape.dryRun.description!, schema: { type: 'string', enum: ['true', 'false'], default: 'false' } }), target, key);
};
