import { Injectable } from '@nestjs/common';
import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import { parseRequest } from './parse-request.js';

/** Gives a handler what the schema of a parameter's decorator makes of the value: `@Query({ schema })`, `@Param('id', { schema })`. */
@Injectable()
export class SchemaPipe implements PipeTransform {
  transform(value: unknown, { schema, type, data }: ArgumentMetadata): unknown {
    return schema === undefined ? value : parseRequest(schema, value, data ?? type);
  }
}
