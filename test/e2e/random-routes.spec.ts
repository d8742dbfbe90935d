import { Agent, request as httpRequest } from 'node:http';
import { afterAll, describe, expect, it } from '@jest/globals';
import {
  All,
  Controller,
  Delete,
  Get,
  Head,
  Options,
  Param,
  Patch,
  Post,
  Put,
  type Type,
} from '@nestjs/common';
import * as fc from 'fast-check';
import { PolicyId, type TokenPolicy } from 'nestjs-api-token';
import { PLATFORMS, sharedApplication } from '../support/application.js';
import { sections } from '../support/policy-arbitraries.js';
import { eventuallyHolds } from '../support/random-cases.js';
import { referenceHttpAllows } from '../support/reference-evaluator.js';
import { issueSecret, reviewServer } from '../support/review-server.js';

const UUID = '0f8fad5b-d9cb-469f-a165-70867728950e';
/** How the items of each policy ID are spelled: canonically, and otherwise with what it means, or null where it means none. */
const SPELLINGS = {
  int: { '1': '1', '42': '42', '042': null, '-0': null, '%34%32': '42', '4.2e1': null, '*': null },
  exact: { '1': '1', '042': '042', 'a%2Fb': 'a/b', '%61': 'a', ['__proto__']: '__proto__', '*': '*' },
  uuid: { [UUID]: UUID, [UUID.toUpperCase()]: UUID, '1': null },
} as const;
type Kind = keyof typeof SPELLINGS;
const KINDS = Object.keys(SPELLINGS) as Kind[];

const DECLARED = {
  GET: Get,
  POST: Post,
  PUT: Put,
  PATCH: Patch,
  DELETE: Delete,
  HEAD: Head,
  OPTIONS: Options,
  ALL: All,
};
type Declared = keyof typeof DECLARED;
const SENT = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'PROPFIND',
  'TRACE',
  'SEARCH',
] as const;

interface Route {
  readonly kind: Kind;
  readonly declared: Declared;
  readonly isItem: boolean;
}

/** Every kind of route there is. */
const ROUTES: readonly Route[] = KINDS.flatMap((kind) =>
  (Object.keys(DECLARED) as Declared[]).flatMap((declared) =>
    [true, false].map((isItem) => ({ kind, declared, isItem })),
  ),
);

const itemIds = { int: ['1', '42'], exact: ['1', '042', 'a/b', 'a', '__proto__x'], uuid: [UUID] } as const;
const policies: fc.Arbitrary<TokenPolicy> = fc
  .record({
    global: fc.option(sections, { nil: undefined }),
    resources: fc.tuple(
      ...KINDS.map((kind) => fc.dictionary(fc.constantFrom('*', ...itemIds[kind]), sections, { maxKeys: 3 })),
    ),
  })
  .map(({ global, resources }) => {
    const named = KINDS.map((kind, index) => [kind, resources[index]!] as const);
    const filled = named.filter(([, resource]) => Object.keys(resource).length > 0);
    const all = { ...Object.fromEntries(filled), ...(global !== undefined && { '*': global }) };
    return Object.keys(all).length === 0 ? {} : ({ resources: all } as TokenPolicy);
  });

const requests = fc.array(
  fc.record({
    route: fc.nat({ max: ROUTES.length - 1 }),
    spelling: fc.nat(),
    /** Null: the method that the route is declared for. */
    other: fc.option(fc.constantFrom(...SENT), { freq: 2 }),
  }),
  { minLength: 10, maxLength: 10 },
);

const agent = new Agent({ keepAlive: true });
afterAll(() => agent.destroy());
const reached: string[] = [];

describe.each(PLATFORMS)('random requests on %s', (platform) => {
  const server = sharedApplication(platform, () => ({
    ...reviewServer(),
    controllers: ROUTES.map(controllerOf),
  }));

  it('P16 the guard answers as the reference evaluator does', async () => {
    const statuses = new Map<number, number>();
    const property = fc.asyncProperty(policies, requests, async (policy, sent) => {
      const issued = Object.keys(policy).length === 0 ? 'full-access' : policy;
      const secret = await issueSecret(server, issued);
      for (const { route, spelling, other } of sent) {
        const { kind, declared, isItem } = ROUTES[route]!;
        const method = other ?? (declared === 'ALL' ? 'POST' : declared);
        const [raw, id] = entryOf(SPELLINGS[kind], spelling);
        const path = isItem ? `/r${route}/${raw}` : `/r${route}`;
        reached.length = 0;
        const status = await statusOf(server.port, method, path, secret);
        const isServed =
          declared === 'ALL' || declared === method || (declared === 'GET' && method === 'HEAD');
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        const seen = { method, path, declared, policy, status, reached: [...reached] };
        if (!isServed) {
          expect(seen).toMatchObject({ reached: [] });
          continue;
        }
        const isAllowed = referenceHttpAllows(policy, kind, method, isItem ? id : null);
        const wanted = isItem && id === null ? 400 : isAllowed ? 200 : 403;
        // The servers know different methods; what they do not know reaches nobody.
        if (status === 404) expect(seen).toMatchObject({ reached: [] });
        else
          expect(seen).toMatchObject({
            status: wanted,
            reached: wanted === 200 ? [isItem ? id : '-'] : [],
          });
      }
    });
    await eventuallyHolds(property);
    for (const status of [200, 400, 403]) expect(statuses.get(status)).toBeGreaterThan(20);
  }, 300_000);
});

function controllerOf({ kind, declared, isItem }: Route, index: number): Type {
  @PolicyId(kind, { canonical: kind })
  @Controller(`r${index}`)
  class RandomController {
    answer(id: string | undefined) {
      reached.push(kind === 'uuid' ? (id?.toLowerCase() ?? '-') : (id ?? '-'));
      return {};
    }
  }
  const descriptor = Object.getOwnPropertyDescriptor(RandomController.prototype, 'answer')!;
  DECLARED[declared](isItem ? ':id' : '')(RandomController.prototype, 'answer', descriptor);
  Param('id')(RandomController.prototype, 'answer', 0);
  return RandomController;
}

function entryOf<T>(entries: Readonly<Record<string, T>>, index: number): [string, T] {
  const all = Object.entries(entries);
  return all[index % all.length]!;
}

function statusOf(port: number, method: string, path: string, secret: string): Promise<number> {
  const headers = { authorization: `Bearer ${secret}`, 'content-length': '0' };
  return new Promise((resolve, reject) => {
    httpRequest({ host: '127.0.0.1', port, method, path, headers, agent }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode === 201 ? 200 : (response.statusCode ?? 0)));
    })
      .on('error', reject)
      .end();
  });
}
