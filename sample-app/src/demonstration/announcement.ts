import { Injectable } from '@nestjs/common';
import { ApiTokenService } from 'nestjs-api-token';
import { DataSource, Not } from 'typeorm';
import { PeopleService } from '../people/people.service.js';
import { RepositoryEntity } from '../repositories/repository.entity.js';
import { ReviewRequestEntity } from '../review-requests/review-request.entity.js';
import { curl } from './curl.js';
import type { DemonstrationToken, ExampleItems } from './demonstration-token.js';
import { DEMONSTRATION_TOKENS } from './demonstration-tokens.js';
import { SEEDED_PEOPLE, TOKEN_OWNER } from './seeded-people.js';

/** What is printed at the start: fresh tokens, and requests to try. */
@Injectable()
export class Announcement {
  constructor(
    private readonly tokens: ApiTokenService,
    private readonly people: PeopleService,
    private readonly dataSource: DataSource,
  ) {}

  /** Issues the tokens and says what to do with them. */
  async text(url: string): Promise<string> {
    const items = await this.#exampleItems();
    const sections: string[] = [];
    for (const [index, token] of DEMONSTRATION_TOKENS.entries()) {
      const secret = await this.#issue(token);
      const credential = ['-H', `Authorization: Bearer ${secret}`];
      const lines = token.examples(items).map((example) => curl(url, credential, example));
      sections.push([`${index + 1}. ${token.label}`, secret, ...lines].join('\n   '));
    }
    const intro = `The code-review server answers on ${url}. Three fresh tokens; those of earlier starts still work.`;
    return [intro, ...sections, peopleSection(url)].map((section) => `\n${section}`).join('\n');
  }

  async #issue({ label, policy }: DemonstrationToken): Promise<string> {
    const owner = await this.people.findByName(TOKEN_OWNER);
    const issued = await this.tokens.issue({ ownerId: String(owner?.id), policy, note: label });
    return issued.secret;
  }

  async #exampleItems(): Promise<ExampleItems> {
    const { manager } = this.dataSource;
    const [repository] = await manager.find(RepositoryEntity, {
      where: { id: Not(2) },
      order: { id: 'ASC' },
      take: 1,
    });
    const [reviewRequest] = await manager.find(ReviewRequestEntity, { order: { id: 'ASC' }, take: 1 });
    return { repositoryId: repository?.id ?? null, reviewRequestId: reviewRequest?.id ?? null };
  }
}

function peopleSection(url: string): string {
  const password = SEEDED_PEOPLE[TOKEN_OWNER];
  const lines = [
    curl(url, ['-u', `${TOKEN_OWNER}:${password}`], { method: 'GET', path: '/repositories', status: 200 }),
    curl(url, ['-u', `${TOKEN_OWNER}:${password}`], { method: 'GET', path: '/tokens', status: 200 }),
    curl(url, ['-u', `${TOKEN_OWNER}:wrong`], { method: 'GET', path: '/repositories', status: 401 }),
    curl(url, [], { method: 'GET', path: '/repositories', status: 401 }),
  ];
  const names = Object.entries(SEEDED_PEOPLE).map((pair) => pair.join(':'));
  return [`People log in by HTTP Basic, as ${names.join(' or ')}`, ...lines].join('\n   ');
}
