import { Controller, Get } from '@nestjs/common';
import { buildOpenApi } from '../openapi.js';

@Controller()
export class DocumentsController {
  private readonly document = buildOpenApi();

  @Get('openapi.json')
  openApi() {
    return this.document;
  }
}
