import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { PolicyModule } from '../policy/policy.module.js';
import { ReviewRequestModule } from '../review-requests/review-request.module.js';
import { ReviewController } from './review.controller.js';
import { ReviewEntity } from './review.entity.js';
import { ReviewService } from './review.service.js';

/** The reviews. */
@Module({
  imports: [TypeOrmModule.forFeature([ReviewEntity]), PolicyModule, ReviewRequestModule],
  controllers: [ReviewController],
  providers: [ReviewService],
})
export class ReviewModule {}
