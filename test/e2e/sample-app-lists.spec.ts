import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import * as fc from 'fast-check';
import { MAX_POLICY_ITEMS, type PolicyFilter } from 'nestjs-api-token';
import { DataSource } from 'typeorm';
import '../support/fast-passwords.js';
import { itemCondition } from '../../sample-app/src/policy/item-condition.js';
import { RepositoryEntity } from '../../sample-app/src/repositories/repository.entity.js';
import {
  GRUMPY,
  postgresDatabase,
  type SampleDatabase,
  sqliteDatabase,
  startSampleApp,
} from '../support/sample-app.js';
import { eventuallyHolds } from '../support/random-cases.js';

// Many requests, and the machine may be busy.
jest.setTimeout(60_000);

const IDS = [1, 2, 3, 4, 5, 6, 7, 8];
/** What a stored policy may name, and no integer column holds. */
const NO_INTEGERS = [
  'abc',
  '042',
  '1e0',
  '',
  ' 2',
  '2147483648',
  '9007199254740993',
  "1' OR '1'='1",
  '1) OR 1=1',
];

const sections = fc.constantFrom(
  { allow: ['GET'] },
  { block: ['GET'] },
  { block: ['*'] },
  { allow: ['GET'], block: ['*'] },
  { allow: ['POST'] },
);
const policies = fc.record({
  resources: fc.record({
    repository: fc.dictionary(fc.constantFrom('*', ...IDS.map(String)), sections, { minKeys: 1, maxKeys: 6 }),
  }),
});

/** Each platform and each database once: neither knows of the other. */
const cases = [
  ['express', 'SQLite', sqliteDatabase],
  ['fastify', 'PostgreSQL', postgresDatabase],
] as const;

describe.each(cases)('the lists of the sample app on %s and %s', (platform, _, open) => {
  let database: SampleDatabase | null;
  let server: Awaited<ReturnType<typeof startSampleApp>>;

  beforeAll(async () => {
    database = await open();
    if (database === null) return;
    server = await startSampleApp(platform, database);
    for (const id of IDS.slice(3))
      await server.ask('POST', '/repositories', GRUMPY, { name: `repository ${id}` });
  });

  afterAll(async () => {
    if (database === null) return;
    await server.app.close();
    await database.drop();
  });

  /** A test for where the database answers. */
  function onDatabase(test: () => Promise<void>): () => Promise<void> {
    return async () => {
      if (database === null) console.warn('The database does not answer: skipped');
      else await test();
    };
  }

  async function tokenWith(policy: object | 'full-access'): Promise<string> {
    const { body } = await server.ask('POST', '/tokens', GRUMPY, { policy });
    return `Bearer ${String(body['secret'])}`;
  }

  /** A token whose policy was not written through the service, which rejects such ones. */
  async function tokenWithStored(policy: object): Promise<string> {
    const { body } = await server.ask('POST', '/tokens', GRUMPY, { policy: 'full-access' });
    const { id } = body['token'] as { readonly id: string };
    await server.app
      .get(DataSource)
      .createQueryBuilder()
      .update('api_token')
      .set({ policy: JSON.stringify(policy) })
      .where('id = :id', { id })
      .execute();
    return `Bearer ${String(body['secret'])}`;
  }

  async function listed(token: string, query = '?limit=100') {
    const { status, body } = await server.ask('GET', `/repositories${query}`, token);
    return { status, ids: body.items?.map(({ id }) => id), total: body['total'] };
  }

  /** The items that a token may read, asked one by one. */
  async function readable(token: string): Promise<number[]> {
    const statuses = await Promise.all(
      IDS.map(async (id) => (await server.ask('GET', `/repositories/${id}`, token)).status),
    );
    return IDS.filter((_id, index) => statuses[index] === 200);
  }

  it(
    'L01 a list holds what the items say one by one, for random policies',
    onDatabase(async () => {
      let compared = 0;
      await eventuallyHolds(
        fc.asyncProperty(policies, async (policy) => {
          const token = await tokenWith(policy);
          const { status, ids, total } = await listed(token);
          if (status === 403) return;
          const allowed = await readable(token);
          expect({ ids, total }).toEqual({ ids: allowed, total: allowed.length });
          compared += 1;
        }),
      );
      expect(compared).toBeGreaterThan(3);
    }),
    600_000,
  );

  it(
    'L02 a blocked collection denies its list, whatever is allowed of its items',
    onDatabase(async () => {
      const sectionsOf = ['1', '2', '3'].map((id) => [id, { allow: ['GET'] }]);
      const repository = { '*': { block: ['*'] }, ...Object.fromEntries(sectionsOf) };
      const token = await tokenWith({ resources: { repository } });
      expect(await listed(token)).toEqual({ status: 403, ids: undefined, total: undefined });
      expect(await readable(token)).toEqual([1, 2, 3]);
    }),
  );

  it(
    'L03 pages and totals are those of what is left, however it is cut',
    onDatabase(async () => {
      for (const hidden of [[], [1], [8], [2, 3, 5, 7], [1, 2, 3, 4, 5, 6, 7], IDS]) {
        const repository = Object.fromEntries(hidden.map((id) => [id, { block: ['GET'] }]));
        const token = await tokenWith(hidden.length === 0 ? 'full-access' : { resources: { repository } });
        const visible = IDS.filter((id) => !hidden.includes(id));
        for (const limit of [1, 2, 3, 100]) {
          const pages: unknown[] = [];
          for (let offset = 0; offset <= visible.length; offset += limit) {
            const { ids, total } = await listed(token, `?limit=${limit}&offset=${offset}`);
            expect(total).toBe(visible.length);
            pages.push(...(ids ?? []));
          }
          expect(pages).toEqual(visible);
        }
      }
    }),
  );

  it(
    'L03 review requests and reviews are filtered too, under their own names',
    onDatabase(async () => {
      const token = await tokenWith({
        resources: { review: { '1': { block: ['GET'] } }, review_request: { '2': { block: ['GET'] } } },
      });
      for (const [path, hidden] of [
        ['/review-requests/1/reviews', 1],
        ['/review-requests', 2],
      ] as const) {
        const all = await server.ask('GET', path, GRUMPY);
        const some = await server.ask('GET', path, token);
        expect(some.body['total']).toBe(Number(all.body['total']) - 1);
        expect(some.body.items).toEqual(all.body.items?.filter(({ id }) => id !== hidden));
        expect(await server.ask('GET', `${path}/${hidden}`, token)).toMatchObject({ status: 403 });
      }
    }),
  );

  it(
    'L04 IDs that no integer column holds reach no query, and the others still count',
    onDatabase(async () => {
      const block = Object.fromEntries([...NO_INTEGERS, '2'].map((id) => [id, { block: ['GET'] }]));
      const except = await tokenWithStored({ resources: { repository: block } });
      expect(await listed(except)).toEqual({ status: 200, ids: IDS.filter((id) => id !== 2), total: 7 });
      expect(await readable(except)).toEqual(IDS.filter((id) => id !== 2));
      const none = Object.fromEntries(NO_INTEGERS.map((id) => [id, { block: ['GET'] }]));
      expect(await listed(await tokenWithStored({ resources: { repository: none } }))).toMatchObject({
        total: 8,
      });
    }),
  );

  it(
    'L05 as many items as a policy may have are filtered; of more nothing is shown, and nothing fails',
    onDatabase(async () => {
      const blocked = (count: number) =>
        Object.fromEntries(Array.from({ length: count }, (__, index) => [index + 3, { block: ['GET'] }]));
      const most = await tokenWith({ resources: { repository: blocked(MAX_POLICY_ITEMS) } });
      expect(await listed(most)).toEqual({ status: 200, ids: [1, 2], total: 2 });
      const tooMany = await tokenWithStored({ resources: { repository: blocked(10_000) } });
      expect(await listed(tooMany)).toEqual({ status: 200, ids: [], total: 0 });
    }),
  );

  it.each<[PolicyFilter['mode'], readonly string[], number[]]>([
    ['all', [], IDS],
    ['none', [], []],
    ['only', ['2'], [2]],
    ['only', ['2', ...NO_INTEGERS], [2]],
    ['only', NO_INTEGERS, []],
    ['except', ['2', ...NO_INTEGERS], IDS.filter((id) => id !== 2)],
    ['except', NO_INTEGERS, IDS],
    ['only', Array.from({ length: 10_000 }, (__, index) => String(index)), []],
    ['except', Array.from({ length: 10_000 }, (__, index) => String(index)), []],
  ])('L04 L05 puts a filter of mode %s into a query (%#)', async (mode, ids, expected) => {
    await onDatabase(async () => {
      const rows = server.app.get(DataSource).getRepository(RepositoryEntity);
      const found = await rows.find({
        where: itemCondition({ mode, ids: new Set(ids) }),
        order: { id: 'ASC' },
      });
      expect(found.map(({ id }) => id)).toEqual(expected);
    })();
  });

  it(
    'L06 HEAD tells the length and the mark of what GET would show, and no more',
    onDatabase(async () => {
      const token = await tokenWith({ resources: { repository: { '2': { block: ['GET'] } } } });
      const [get, head, all] = [
        await server.ask('GET', '/repositories', token),
        await server.ask('HEAD', '/repositories', token),
        await server.ask('GET', '/repositories', GRUMPY),
      ];
      expect([head.status, head.text]).toEqual([200, '']);
      for (const name of ['content-length', 'etag'])
        expect(head.headers.get(name)).toBe(get.headers.get(name));
      expect(head.headers.get('content-length')).toBe(String(Buffer.byteLength(get.text)));
      expect(head.headers.get('content-length')).not.toBe(all.headers.get('content-length'));
    }),
  );
});
