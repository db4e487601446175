import { Inject, Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { Env } from '../env.js';
import { ENV } from '../services.js';
import { originFault } from './origin.js';

/** Rejects requests from disallowed origins, on every route. */
@Injectable()
export class OriginGuard implements CanActivate {
  constructor(@Inject(ENV) private readonly env: Env) {}

  canActivate(context: ExecutionContext): boolean {
    const fault = originFault(context.switchToHttp().getRequest<IncomingMessage>(), this.env);
    if (fault !== undefined) throw new ElucidateError('request.forbidden', fault);
    return true;
  }
}
