import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Announcement } from '../../sample-app/src/demonstration/announcement.js';
import { PLATFORMS, readSettings } from '../../sample-app/src/settings.js';
import { basic, GRUMPY, type SampleDatabase, sqliteDatabase, startSampleApp } from '../support/sample-app.js';

// Many requests, and the machine may be busy.
jest.setTimeout(60_000);

describe.each(PLATFORMS)('the sample app on %s', (platform) => {
  let database: SampleDatabase;
  let server: Awaited<ReturnType<typeof startSampleApp>>;
  let announcement: string;
  let readOnly: string;
  let withoutTwo: string;
  let reviewsOnly: string;

  beforeAll(async () => {
    database = await sqliteDatabase();
    await start();
  });

  afterAll(async () => {
    await server.app.close();
    await database.drop();
  });

  async function start(): Promise<void> {
    server = await startSampleApp(platform, database);
    announcement = await server.app.get(Announcement).text(server.url);
    const secrets = announcement.match(/^ *crs_\w+$/gm) ?? [];
    [readOnly = '', withoutTwo = '', reviewsOnly = ''] = secrets.map((secret) => `Bearer ${secret.trim()}`);
  }

  it('answers every printed curl line with the printed status', async () => {
    const lines = announcement.match(/curl .+/g) ?? [];
    expect(lines).toHaveLength(21);
    for (const line of lines) {
      const { method, path, authorization, body, status } = parsedCurl(line, server.url);
      const answer = await server.ask(method, path, authorization, body);
      expect({ line, status: answer.status }).toEqual({ line, status });
    }
  });

  it('hides a repository that the token may not read where a body names it', async () => {
    const body = { summary: 'Peek', repositoryId: 2 };
    expect(await server.ask('POST', '/review-requests', withoutTwo, body)).toMatchObject({ status: 400 });
    expect(await server.ask('POST', '/review-requests', GRUMPY, body)).toMatchObject({ status: 201 });
  });

  it.each([
    ['a wrong password', basic('grumpy', 'wrong')],
    ['an unknown name', basic('nobody', 'grumpy-password')],
    ['a token that was not issued', `Bearer crs_${'a'.repeat(49)}`],
    ['a token of another server', 'Bearer a.b.c'],
    ['nothing', undefined],
  ])('answers 401 to %s', async (_what, authorization) => {
    const { status, headers } = await server.ask('GET', '/repositories', authorization);
    expect([status, headers.get('www-authenticate')]).toEqual([401, expect.stringMatching(/^Bearer/)]);
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
    expect(await server.ask(method, path, GRUMPY, body)).toMatchObject({ status });
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
    ['GET', '/repositories?limit=many', undefined, 'limit'],
    ['DELETE', '/repositories/042', undefined, 'id'],
    ['POST', '/review-requests/x/reviews', { body: 'x' }, 'reviewRequestId'],
  ])('answers %s %s with %j by 400, naming %s', async (method, path, body, field) => {
    const answer = await server.ask(method, path, GRUMPY, body);
    expect(answer.status).toBe(400);
    expect([answer.body['message']].flat().join()).toMatch(new RegExp(`\\b${field}\\b`));
  });

  it('loses nothing by a restart, and brings nothing back', async () => {
    const earlier = [readOnly, withoutTwo, reviewsOnly];
    const created = await server.ask('POST', '/repositories', GRUMPY, { name: 'kept' });
    expect(await server.ask('DELETE', '/repositories/3', GRUMPY)).toMatchObject({ status: 204 });
    await server.app.close();
    await start();
    expect(new Set([...earlier, readOnly, withoutTwo, reviewsOnly]).size).toBe(6);
    for (const token of earlier)
      expect(await server.ask('GET', '/repositories/1', token)).toMatchObject({ status: 200 });
    expect(await server.ask('GET', '/repositories/2', withoutTwo)).toMatchObject({ status: 403 });
    const { body } = await server.ask('GET', '/repositories', readOnly);
    expect(body.items?.map(({ id }) => id)).toEqual([1, 2, created.body['id']]);
  });
});

describe('the settings of the sample app', () => {
  it.each([
    [{ PORT: 'http' }, /PORT is "http": write a whole number/],
    [{ PORT: '70000' }, /PORT is "70000": write a whole number/],
    [{ PLATFORM: 'koa' }, /PLATFORM is "koa": write express or fastify/],
    [{ DATABASE_URL: 'mysql://host/database' }, /DATABASE_URL is no PostgreSQL URL: write/],
  ])('reject %j', (environment, message) => {
    expect(() => readSettings(environment)).toThrow(message);
  });
});

/** What a printed line would send, and the status that is printed with it. */
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
