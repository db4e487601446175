import { Controller, Get } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { ApiMedia } from '../openapi/answers.js';
import { ApiDocument } from '../openapi/document.js';

@Controller()
export class DocumentsController {
  constructor(private readonly document: ApiDocument) {}

  @Get('openapi.json')
  @ApiOperation({ summary: 'This document' })
  @ApiMedia('OpenAPI 3.1.', 'application/json')
  openApi() {
    return this.document.content;
  }
}
