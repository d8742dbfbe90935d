import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { PeopleService } from './people.service.js';
import { PersonEntity } from './person.entity.js';

/** The people who use the server. */
@Module({
  imports: [TypeOrmModule.forFeature([PersonEntity])],
  providers: [PeopleService],
  exports: [PeopleService],
})
export class PeopleModule {}
