import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { type ApiToken, CurrentApiToken, PolicyId } from 'nestjs-api-token';
import { ItemIdPipe } from '../http/item-id.pipe.js';
import { PageQuery } from '../http/page.js';
import { CurrentPerson } from '../people/current-person.decorator.js';
import type { Person } from '../people/person.js';
import { ReviewBody } from './review.body.js';
import { ReviewService } from './review.service.js';

/** The reviews of a review request over HTTP. */
@PolicyId('review')
@Controller('review-requests/:reviewRequestId/reviews')
export class ReviewController {
  constructor(private readonly reviews: ReviewService) {}

  @PolicyId('review', { param: null })
  @Get()
  list(
    @Param('reviewRequestId', ItemIdPipe) reviewRequestId: number,
    @Query() page: PageQuery,
    @CurrentApiToken() token: ApiToken | undefined,
  ) {
    return this.reviews.list(reviewRequestId, page, token);
  }

  @PolicyId('review', { param: null })
  @Post()
  create(
    @Param('reviewRequestId', ItemIdPipe) reviewRequestId: number,
    @Body() body: ReviewBody,
    @CurrentPerson() reviewer: Person,
  ) {
    return this.reviews.create(reviewRequestId, body, reviewer);
  }

  @Get(':id')
  find(@Param('reviewRequestId', ItemIdPipe) reviewRequestId: number, @Param('id', ItemIdPipe) id: number) {
    return this.reviews.find({ reviewRequestId, id });
  }

  @Put(':id')
  update(
    @Param('reviewRequestId', ItemIdPipe) reviewRequestId: number,
    @Param('id', ItemIdPipe) id: number,
    @Body() body: ReviewBody,
  ) {
    return this.reviews.update({ reviewRequestId, id }, body);
  }

  @Delete(':id')
  @HttpCode(204)
  remove(@Param('reviewRequestId', ItemIdPipe) reviewRequestId: number, @Param('id', ItemIdPipe) id: number) {
    return this.reviews.remove({ reviewRequestId, id });
  }
}
