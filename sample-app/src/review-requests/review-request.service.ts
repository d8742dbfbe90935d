import { BadRequestException, ConflictException, Injectable, NotFoundException } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { ApiToken } from 'nestjs-api-token';
import type { Repository } from 'typeorm';
import { isForeignKeyViolation } from '../database/constraint-violations.js';
import { type Page, pageOf, type PageQuery } from '../http/page.js';
import type { Person } from '../people/person.js';
import { ReadableItems } from '../policy/readable-items.js';
import type { NewReviewRequestBody, ReviewRequestBody } from './review-request.body.js';
import { ReviewRequestEntity } from './review-request.entity.js';

/** Keeps the review requests. */
@Injectable()
export class ReviewRequestService {
  constructor(
    @InjectRepository(ReviewRequestEntity) private readonly rows: Repository<ReviewRequestEntity>,
    private readonly readable: ReadableItems,
  ) {}

  /** The review requests that the token may read. */
  async list(page: PageQuery, token: ApiToken | undefined): Promise<Page<ReviewRequestEntity>> {
    const where = this.readable.condition(token, 'review_request');
    const { limit: take, offset: skip } = page;
    return pageOf(page, await this.rows.findAndCount({ where, order: { id: 'ASC' }, take, skip }));
  }

  /** One review request. */
  async find(id: number): Promise<ReviewRequestEntity> {
    const reviewRequest = await this.rows.findOneBy({ id });
    if (reviewRequest === null) throw new NotFoundException(`There is no review request ${id}`);
    return reviewRequest;
  }

  /** A new review request of a person, for a repository that the token may read. */
  async create(
    body: NewReviewRequestBody,
    submitter: Person,
    token: ApiToken | undefined,
  ): Promise<ReviewRequestEntity> {
    // The same answer for one that is hidden and one that is not there, so that it doesn't tell which.
    if (!this.readable.includes(token, 'repository', body.repositoryId)) throw noRepository(body);
    const reviewRequest = this.rows.create({ ...body, submitterId: submitter.id });
    await this.rows.insert(reviewRequest).catch((error: unknown) => {
      throw isForeignKeyViolation(error) ? noRepository(body) : error;
    });
    return reviewRequest;
  }

  /** Replaces a review request's fields. */
  async update(id: number, body: ReviewRequestBody): Promise<ReviewRequestEntity> {
    await this.rows.update({ id }, { ...body });
    return this.find(id);
  }

  /** Deletes a review request that has no reviews. */
  async remove(id: number): Promise<void> {
    await this.find(id);
    await this.rows.delete({ id }).catch((error: unknown) => {
      if (!isForeignKeyViolation(error)) throw error;
      throw new ConflictException(`Review request ${id} has reviews: delete those first`);
    });
  }
}

function noRepository({ repositoryId }: NewReviewRequestBody): BadRequestException {
  return new BadRequestException(
    `repositoryId must be the ID of a repository: there is no repository ${repositoryId}`,
  );
}
