import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { PolicyModule } from '../policy/policy.module.js';
import { RepositoryController } from './repository.controller.js';
import { RepositoryEntity } from './repository.entity.js';
import { RepositoryService } from './repository.service.js';

/** The repositories. */
@Module({
  imports: [TypeOrmModule.forFeature([RepositoryEntity]), PolicyModule],
  controllers: [RepositoryController],
  providers: [RepositoryService],
})
export class RepositoryModule {}
