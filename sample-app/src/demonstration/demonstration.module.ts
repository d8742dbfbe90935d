import { Module } from '@nestjs/common';
import { PeopleModule } from '../people/people.module.js';
import { Announcement } from './announcement.js';
import { Seed } from './seed.js';

/** What makes the server worth a look at once: data, and tokens to try. */
@Module({ imports: [PeopleModule], providers: [Seed, Announcement] })
export class DemonstrationModule {}
