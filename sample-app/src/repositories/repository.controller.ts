import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { type ApiToken, CurrentApiToken, PolicyId } from 'nestjs-api-token';
import { ItemIdPipe } from '../http/item-id.pipe.js';
import { PageQuery } from '../http/page.js';
import { RepositoryBody } from './repository.body.js';
import { RepositoryService } from './repository.service.js';

/** The repositories over HTTP. */
@PolicyId('repository')
@Controller('repositories')
export class RepositoryController {
  constructor(private readonly repositories: RepositoryService) {}

  @Get()
  list(@Query() page: PageQuery, @CurrentApiToken() token: ApiToken | undefined) {
    return this.repositories.list(page, token);
  }

  @Get(':id')
  find(@Param('id', ItemIdPipe) id: number) {
    return this.repositories.find(id);
  }

  @Post()
  create(@Body() body: RepositoryBody) {
    return this.repositories.create(body);
  }

  @Put(':id')
  update(@Param('id', ItemIdPipe) id: number, @Body() body: RepositoryBody) {
    return this.repositories.update(id, body);
  }

  @Delete(':id')
  @HttpCode(204)
  remove(@Param('id', ItemIdPipe) id: number) {
    return this.repositories.remove(id);
  }
}
