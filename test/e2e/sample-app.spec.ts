import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { MAX_POLICY_ITEMS, type PolicyFilter } from 'nestjs-api-token';
import { DataSource } from 'typeorm';
import { createApplication } from '../../sample-app/src/create-application.js';
import { Announcement } from '../../sample-app/src/demonstration/announcement.js';
import { itemCondition } from '../../sample-app/src/policy/item-condition.js';
import { RepositoryEntity } from '../../sample-app/src/repositories/repository.entity.js';
import { PLATFORMS, readSettings } from '../../sample-app/src/settings.js';

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: { readonly [key: string]: unknown; readonly items?: readonly { readonly id: unknown }[] };
}

const GRUMPY = basic('grumpy', 'grumpy-password');
const DOC = basic('doc', 'doc-password');

describe.each(PLATFORMS)('the sample app on %s', (platform) => {
  let directory: string;
  let app: INestApplication;
  let url: string;
  let announcement: string;
  let readOnly: string;
  let withoutTwo: string;
  let reviewsOnly: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sample-app-'));
    await start();
  });

  afterAll(async () => {
    await app.close();
    await rm(directory, { recursive: true });
  });

  async function start(): Promise<void> {
    const settings = readSettings({ PLATFORM: platform, DATABASE_FILE: join(directory, 'review.sqlite') });
    app = await createApplication(settings, { logger: false });
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
    announcement = await app.get(Announcement).text(url);
    const secrets = announcement.match(/^ *crs_\w+$/gm) ?? [];
    [readOnly = '', withoutTwo = '', reviewsOnly = ''] = secrets.map((secret) => `Bearer ${secret.trim()}`);
  }

  function ask(method: string, path: string, authorization?: string, body?: unknown): Promise<Answer> {
    return askWithText(method, path, authorization, body === undefined ? undefined : JSON.stringify(body));
  }

  async function askWithText(
    method: string,
    path: string,
    authorization?: string,
    body?: string,
  ): Promise<Answer> {
    const response = await fetch(url + path, {
      method,
      headers: {
        ...(authorization && { authorization }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) };
  }

  it('answers every printed curl line with the printed status', async () => {
    const lines = announcement.match(/curl .+/g) ?? [];
    expect(lines).toHaveLength(21);
    for (const line of lines) {
      const { method, path, authorization, body, status } = parsedCurl(line, url);
      const answer = await ask(method, path, authorization, body);
      expect({ line, status: answer.status }).toEqual({ line, status });
    }
  });

  it.each([
    ['a token that may read everything', () => readOnly, [1, 2, 3]],
    ['a token without repository 2', () => withoutTwo, [1, 3]],
    ['a person', () => GRUMPY, [1, 2, 3]],
  ])('lists and counts for %s what it may read', async (_who, authorization, ids) => {
    const { body } = await ask('GET', '/repositories', authorization());
    expect(body.items?.map(({ id }) => id)).toEqual(ids);
    expect(body['total']).toBe(ids.length);
    const page = await ask('GET', '/repositories?limit=1&offset=1', authorization());
    expect(page.body.items?.map(({ id }) => id)).toEqual([ids[1]]);
    expect(page.body['total']).toBe(ids.length);
  });

  const NO_INTEGERS = ['abc', '042', '1e0', '', '2147483648', '9007199254740993', "1' OR '1'='1"];
  const TOO_MANY = Array.from({ length: MAX_POLICY_ITEMS + 1 }, (_, index) => String(index + 2));
  it.each<[PolicyFilter['mode'], string[], number[]]>([
    ['all', [], [1, 2, 3]],
    ['none', [], []],
    ['only', ['2'], [2]],
    ['only', ['2', ...NO_INTEGERS], [2]],
    ['only', NO_INTEGERS, []],
    ['except', ['2', ...NO_INTEGERS], [1, 3]],
    ['except', NO_INTEGERS, [1, 2, 3]],
    ['except', TOO_MANY, []],
  ])('puts a filter of mode %s into a query (%#)', async (mode, names, ids) => {
    const rows = app.get(DataSource).getRepository(RepositoryEntity);
    const found = await rows.findBy(itemCondition({ mode, ids: new Set(names) }));
    expect(found.map(({ id }) => id)).toEqual(ids);
  });

  it('filters review requests and reviews, too', async () => {
    const policy = {
      resources: { review: { '1': { block: ['GET'] } }, review_request: { '2': { block: ['GET'] } } },
    };
    const { body } = await ask('POST', '/tokens', GRUMPY, { policy });
    const token = `Bearer ${String(body['secret'])}`;
    const reviews = await ask('GET', '/review-requests/1/reviews', token);
    expect(reviews.body.items?.some(({ id }) => id === 1)).toBe(false);
    const all = await ask('GET', '/review-requests/1/reviews', GRUMPY);
    expect(reviews.body['total']).toBe(Number(all.body['total']) - 1);
    const reviewRequests = await ask('GET', '/review-requests', token);
    expect(reviewRequests.body.items?.map(({ id }) => id)).not.toContain(2);
    expect(await ask('GET', '/review-requests/1/reviews/1', token)).toMatchObject({ status: 403 });
  });

  it('hides a repository that the token may not read where a body names it', async () => {
    const body = { summary: 'Peek', repositoryId: 2 };
    expect(await ask('POST', '/review-requests', withoutTwo, body)).toMatchObject({ status: 400 });
    expect(await ask('POST', '/review-requests', GRUMPY, body)).toMatchObject({ status: 201 });
  });

  it('A01 A05 A09 lets no token reach the tokens, and people only their own', async () => {
    const { body, status, headers } = await ask('POST', '/tokens', GRUMPY, {
      policy: 'full-access',
      note: 'mine',
    });
    expect([status, headers.get('cache-control')]).toEqual([201, 'no-store']);
    const secret = `Bearer ${String(body['secret'])}`;
    const { id, ownerId } = body['token'] as { readonly id: string; readonly ownerId: string };
    expect(ownerId).toBe('1');
    for (const [method, path] of [
      ['GET', '/tokens'],
      ['POST', '/tokens'],
      ['DELETE', `/tokens/${id}`],
    ] as const) {
      expect(await ask(method, path, secret)).toMatchObject({ status: 403 });
    }
    expect(await ask('DELETE', `/tokens/${id}`, DOC)).toMatchObject({ status: 404 });
    expect(await ask('GET', '/tokens', DOC)).toMatchObject({ body: { items: [] } });
    expect(await ask('GET', '/repositories/2', secret)).toMatchObject({ status: 200 });
    expect(await ask('DELETE', `/tokens/${id}`, GRUMPY)).toMatchObject({ status: 204 });
    expect(await ask('GET', '/repositories/2', secret)).toMatchObject({ status: 401 });
  });

  it.each([
    ['a wrong password', basic('grumpy', 'wrong')],
    ['an unknown name', basic('nobody', 'grumpy-password')],
    ['a token that was not issued', `Bearer crs_${'a'.repeat(49)}`],
    ['a token of another server', 'Bearer a.b.c'],
    ['nothing', undefined],
  ])('answers 401 to %s', async (_what, authorization) => {
    const { status, headers } = await ask('GET', '/repositories', authorization);
    expect([status, headers.get('www-authenticate')]).toEqual([401, expect.stringMatching(/^Bearer/)]);
  });

  it.each([
    ['POST', '/repositories', {}, 'name'],
    ['PUT', '/repositories/1', { name: 5 }, 'name'],
    ['POST', '/repositories', { name: 'new', descripton: '' }, 'descripton'],
    ['POST', '/review-requests', { summary: 'x', repositoryId: '1' }, 'repositoryId'],
    ['POST', '/review-requests', { summary: 'x', repositoryId: 999 }, 'repositoryId'],
    ['PUT', '/review-requests/1', { summary: ' ' }, 'summary'],
    ['POST', '/review-requests/1/reviews', { body: 'x', shipIt: 'yes' }, 'shipIt'],
    ['PUT', '/review-requests/1/reviews/1', { body: null }, 'body'],
    ['PUT', '/server-info', { name: 'a\0b' }, 'name'],
    ['POST', '/tokens', {}, 'policy'],
    ['POST', '/tokens', { policy: {} }, 'policy'],
    ['POST', '/tokens', { policy: { resources: { repositry: { '*': { block: ['*'] } } } } }, 'policy'],
    [
      'POST',
      '/tokens',
      { policy: { resources: { repository: { constructor: { block: ['*'] } } } } },
      'policy',
    ],
    ['POST', '/tokens', { policy: 'full-access', expiresAt: '2001-01-01' }, 'expiresAt'],
    ['POST', '/tokens', { policy: 'full-access', ownerId: '2' }, 'ownerId'],
    ['GET', '/repositories?limit=many', undefined, 'limit'],
    ['DELETE', '/repositories/042', undefined, 'id'],
    ['POST', '/review-requests/x/reviews', { body: 'x' }, 'reviewRequestId'],
  ])('A04 A06 answers %s %s with %j by 400, naming %s', async (method, path, body, field) => {
    const answer = await ask(method, path, GRUMPY, body);
    expect(answer.status).toBe(400);
    expect([answer.body['message']].flat().join()).toMatch(new RegExp(`\\b${field}\\b`));
  });

  it.each([
    ['GET', '/repositories/999', undefined, 404],
    ['PUT', '/repositories/999', { name: 'nowhere' }, 404],
    ['GET', '/repositories/2147483648', undefined, 404],
    ['POST', '/review-requests/999/reviews', { body: 'x' }, 404],
    ['GET', '/review-requests/2/reviews/1', undefined, 404],
    ['POST', '/repositories', { name: 'website' }, 409],
    ['PUT', '/repositories/3', { name: 'website' }, 409],
    ['DELETE', '/repositories/1', undefined, 409],
    ['DELETE', '/review-requests/1', undefined, 409],
  ])('answers %s %s with %j by %i', async (method, path, body, status) => {
    expect(await ask(method, path, GRUMPY, body)).toMatchObject({ status });
  });

  it.each([
    ['D01 a text instead of a list', '{"resources":{"*":{"allow":"GET"}}}'],
    ['D02 a number for a method', '{"resources":{"*":{"allow":[1]}}}'],
    ['D02 a nested list', '{"resources":{"*":{"block":[["GET"]]}}}'],
    ['D03 a lower-case method', '{"resources":{"*":{"block":["post"]}}}'],
    ['D03 a dotless i', '{"resources":{"*":{"block":["opt\u0131ons"]}}}'],
    ['D04 __proto__', '{"resources":{"__proto__":{"*":{"allow":["*"]}}}}'],
    ['D04 __proto__, escaped', '{"resources":{"\\u005f_proto__":{"*":{"allow":["*"]}}}}'],
    ['D06 a section for a resource', '{"resources":{"repository":{"allow":["GET"]}}}'],
    ['D06 a resource for the global section', '{"resources":{"*":{"*":{"allow":["GET"]}}}}'],
    ['D07 Allow', '{"resources":{"*":{"Allow":["GET"]}}}'],
    ['D07 resource', '{"resource":{"*":{"allow":["GET"]}}}'],
    ['D08 an unknown policy ID', '{"resources":{"repositry":{"*":{"allow":["GET"]}}}}'],
    ['D09 1,001 items', JSON.stringify({ resources: { repository: manyItems(1_001) } })],
    ['D09 many levels', `{"resources":${'{"a":'.repeat(2_000)}1${'}'.repeat(2_001)}`],
    ['D11 null', 'null'],
    ['D12 a version', '{"version":99}'],
  ])('answers a new token by 400: %s', async (_what, policy) => {
    const before = await ask('GET', '/tokens', DOC);
    const answer = await askWithText('POST', '/tokens', DOC, `{"policy":${policy}}`);
    expect(answer.status).toBe(400);
    expect((await ask('GET', '/tokens', DOC)).body).toEqual(before.body);
  });

  it('loses nothing by a restart, and brings nothing back', async () => {
    const earlier = [readOnly, withoutTwo, reviewsOnly];
    const created = await ask('POST', '/repositories', GRUMPY, { name: 'kept' });
    expect(await ask('DELETE', '/repositories/3', GRUMPY)).toMatchObject({ status: 204 });
    await app.close();
    await start();
    expect(new Set([...earlier, readOnly, withoutTwo, reviewsOnly]).size).toBe(6);
    for (const token of earlier)
      expect(await ask('GET', '/repositories/1', token)).toMatchObject({ status: 200 });
    expect(await ask('GET', '/repositories/2', withoutTwo)).toMatchObject({ status: 403 });
    const { body } = await ask('GET', '/repositories', readOnly);
    expect(body.items?.map(({ id }) => id)).toEqual([1, 2, created.body['id']]);
  });
});

describe('the settings of the sample app', () => {
  it.each([
    [{ PORT: 'http' }, /PORT is "http": write a whole number/],
    [{ PORT: '70000' }, /PORT is "70000": write a whole number/],
    [{ PLATFORM: 'koa' }, /PLATFORM is "koa": write express or fastify/],
    [{ DATABASE_URL: 'mysql://host/database' }, /DATABASE_URL is no PostgreSQL URL: write/],
  ])('refuse %j', (environment, message) => {
    expect(() => readSettings(environment)).toThrow(message);
  });
});

function basic(name: string, password: string): string {
  return `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
}

/** What a printed line would send, and the status that is printed with it. */
function manyItems(count: number): object {
  return Object.fromEntries(Array.from({ length: count }, (_, id) => [id, { allow: ['GET'] }]));
}

function parsedCurl(line: string, url: string) {
  const words = (line.match(/'[^']*'|\S+/g) ?? []).map((word) => word.replaceAll("'", ''));
  const after = (option: string) => (words.includes(option) ? words[words.indexOf(option) + 1] : undefined);
  const header = words.find((word) => word.startsWith('Authorization: '))?.slice('Authorization: '.length);
  const [name, password] = after('-u')?.split(':') ?? [];
  const data = after('-d');
  return {
    method: after('-X') ?? 'GET',
    path: words.find((word) => word.startsWith(url))?.slice(url.length) ?? '',
    authorization: header ?? (name === undefined ? undefined : basic(name, password ?? '')),
    body: data === undefined ? undefined : (JSON.parse(data) as unknown),
    status: Number(after('#')),
  };
}
