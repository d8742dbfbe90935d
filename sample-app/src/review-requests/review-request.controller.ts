import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { type ApiToken, CurrentApiToken, PolicyId } from 'nestjs-api-token';
import { ItemIdPipe } from '../http/item-id.pipe.js';
import { PageQuery } from '../http/page.js';
import { CurrentPerson } from '../people/current-person.decorator.js';
import type { Person } from '../people/person.js';
import { NewReviewRequestBody, ReviewRequestBody } from './review-request.body.js';
import { ReviewRequestService } from './review-request.service.js';

/** The review requests over HTTP. */
@PolicyId('review_request')
@Controller('review-requests')
export class ReviewRequestController {
  constructor(private readonly reviewRequests: ReviewRequestService) {}

  @Get()
  list(@Query() page: PageQuery, @CurrentApiToken() token: ApiToken | undefined) {
    return this.reviewRequests.list(page, token);
  }

  @Get(':id')
  find(@Param('id', ItemIdPipe) id: number) {
    return this.reviewRequests.find(id);
  }

  @Post()
  create(
    @Body() body: NewReviewRequestBody,
    @CurrentPerson() submitter: Person,
    @CurrentApiToken() token: ApiToken | undefined,
  ) {
    return this.reviewRequests.create(body, submitter, token);
  }

  @Put(':id')
  update(@Param('id', ItemIdPipe) id: number, @Body() body: ReviewRequestBody) {
    return this.reviewRequests.update(id, body);
  }

  @Delete(':id')
  @HttpCode(204)
  remove(@Param('id', ItemIdPipe) id: number) {
    return this.reviewRequests.remove(id);
  }
}
