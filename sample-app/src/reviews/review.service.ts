import { Injectable, NotFoundException } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { ApiToken } from 'nestjs-api-token';
import type { Repository } from 'typeorm';
import { isForeignKeyViolation } from '../database/constraint-violations.js';
import { type Page, pageOf, type PageQuery } from '../http/page.js';
import type { Person } from '../people/person.js';
import { ReadableItems } from '../policy/readable-items.js';
import { ReviewRequestService } from '../review-requests/review-request.service.js';
import type { ReviewBody } from './review.body.js';
import { ReviewEntity } from './review.entity.js';

/** Which review: one of another review request is not found. */
export type ReviewKey = Readonly<Pick<ReviewEntity, 'reviewRequestId' | 'id'>>;

/** Keeps the reviews. */
@Injectable()
export class ReviewService {
  constructor(
    @InjectRepository(ReviewEntity) private readonly rows: Repository<ReviewEntity>,
    private readonly reviewRequests: ReviewRequestService,
    private readonly readable: ReadableItems,
  ) {}

  /** The reviews of a review request that the token may read. */
  async list(
    reviewRequestId: number,
    page: PageQuery,
    token: ApiToken | undefined,
  ): Promise<Page<ReviewEntity>> {
    await this.reviewRequests.find(reviewRequestId);
    const where = { reviewRequestId, ...this.readable.condition(token, 'review') };
    const { limit: take, offset: skip } = page;
    return pageOf(page, await this.rows.findAndCount({ where, order: { id: 'ASC' }, take, skip }));
  }

  /** One review. */
  async find(key: ReviewKey): Promise<ReviewEntity> {
    const review = await this.rows.findOneBy(key);
    if (review !== null) return review;
    throw new NotFoundException(`There is no review ${key.id} of review request ${key.reviewRequestId}`);
  }

  /** A new review of a person. */
  async create(reviewRequestId: number, body: ReviewBody, reviewer: Person): Promise<ReviewEntity> {
    const review = this.rows.create({ ...body, reviewRequestId, reviewerId: reviewer.id });
    await this.rows.insert(review).catch((error: unknown) => {
      if (!isForeignKeyViolation(error)) throw error;
      throw new NotFoundException(`There is no review request ${reviewRequestId}`);
    });
    return review;
  }

  /** Replaces a review's fields. */
  async update(key: ReviewKey, body: ReviewBody): Promise<ReviewEntity> {
    await this.rows.update(key, { ...body });
    return this.find(key);
  }

  /** Deletes a review. */
  async remove(key: ReviewKey): Promise<void> {
    await this.find(key);
    await this.rows.delete(key);
  }
}
