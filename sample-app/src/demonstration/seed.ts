import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { hashPassword } from '../people/password.js';
import { PersonEntity } from '../people/person.entity.js';
import { RepositoryEntity } from '../repositories/repository.entity.js';
import { ReviewRequestEntity } from '../review-requests/review-request.entity.js';
import { ReviewEntity } from '../reviews/review.entity.js';
import { SERVER_INFO_ID, ServerInfoEntity } from '../server-info/server-info.entity.js';
import { SEEDED_PEOPLE } from './seeded-people.js';

/** Fills an empty database, once. */
@Injectable()
export class Seed implements OnModuleInit {
  constructor(private readonly dataSource: DataSource) {}

  async onModuleInit(): Promise<void> {
    // People can't be deleted over HTTP, unlike repositories: what somebody deletes must not come back.
    if (await this.dataSource.manager.exists(PersonEntity)) return;
    await this.dataSource.transaction(seed);
  }
}

async function seed(manager: EntityManager): Promise<void> {
  const people: PersonEntity[] = [];
  for (const [name, password] of Object.entries(SEEDED_PEOPLE)) {
    people.push(manager.create(PersonEntity, { name, passwordHash: await hashPassword(password) }));
  }
  const [grumpy, doc] = await inserted(manager, PersonEntity, people);
  await manager.insert(ServerInfoEntity, {
    id: SERVER_INFO_ID,
    name: 'Code review',
    description: 'Shows API tokens whose reach is limited by a policy.',
  });
  await seedReviews(manager, grumpy!.id, doc!.id);
}

async function seedReviews(manager: EntityManager, grumpyId: number, docId: number): Promise<void> {
  const [website, payments] = await inserted(manager, RepositoryEntity, [
    { name: 'website', description: 'What everybody sees' },
    { name: 'payments', description: 'What nobody but accounting should see' },
    { name: 'toolbox', description: 'Scripts and notes' },
  ]);
  const [menu, invoices] = await inserted(manager, ReviewRequestEntity, [
    { repositoryId: website!.id, submitterId: grumpyId, summary: 'Make the menu wider', description: '' },
    { repositoryId: payments!.id, submitterId: docId, summary: 'Round invoices to cents', description: '' },
    { repositoryId: website!.id, submitterId: docId, summary: 'Say hello in Welsh', description: '' },
  ]);
  await inserted(manager, ReviewEntity, [
    { reviewRequestId: menu!.id, reviewerId: docId, body: 'Looks good on a phone too.', shipIt: true },
    { reviewRequestId: menu!.id, reviewerId: grumpyId, body: 'I liked the old one.', shipIt: false },
    {
      reviewRequestId: invoices!.id,
      reviewerId: grumpyId,
      body: 'Which way are halves rounded?',
      shipIt: false,
    },
  ]);
}

/** Inserts one row after the other, so that their IDs are in order. */
async function inserted<Row extends object>(
  manager: EntityManager,
  entity: new () => Row,
  rows: readonly Partial<Row>[],
): Promise<Row[]> {
  const entities = rows.map((row) => Object.assign(new entity(), row));
  for (const row of entities) await manager.insert(entity, row);
  return entities;
}
