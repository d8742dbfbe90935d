import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { PolicyModule } from '../policy/policy.module.js';
import { ReviewRequestController } from './review-request.controller.js';
import { ReviewRequestEntity } from './review-request.entity.js';
import { ReviewRequestService } from './review-request.service.js';

/** The review requests. */
@Module({
  imports: [TypeOrmModule.forFeature([ReviewRequestEntity]), PolicyModule],
  controllers: [ReviewRequestController],
  providers: [ReviewRequestService],
  exports: [ReviewRequestService],
})
export class ReviewRequestModule {}
