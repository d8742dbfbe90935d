import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import '../support/fast-passwords.js';
import { PLATFORMS } from '../../sample-app/src/settings.js';
import { DOC, GRUMPY, type SampleDatabase, sqliteDatabase, startSampleApp } from '../support/sample-app.js';

// Many requests, and the machine may be busy.
jest.setTimeout(60_000);

interface Issued {
  readonly secret: string;
  readonly token: { readonly id: string; readonly ownerId: string };
}

describe.each(PLATFORMS)('the tokens of the sample app on %s', (platform) => {
  let database: SampleDatabase;
  let server: Awaited<ReturnType<typeof startSampleApp>>;

  beforeAll(async () => {
    database = await sqliteDatabase();
    server = await startSampleApp(platform, database);
  });

  afterAll(async () => {
    await server.app.close();
    await database.drop();
  });

  async function issue(owner: string, fields: object = {}): Promise<Issued> {
    const { body } = await server.ask('POST', '/tokens', owner, { policy: 'full-access', ...fields });
    return body as unknown as Issued;
  }

  it('A01 lets no token reach the tokens, not even one with full access', async () => {
    const { secret, token } = await issue(GRUMPY);
    for (const [method, path] of [
      ['GET', '/tokens'],
      ['HEAD', '/tokens'],
      ['POST', '/tokens'],
      ['DELETE', `/tokens/${token.id}`],
    ] as const) {
      expect(await server.ask(method, path, `Bearer ${secret}`)).toMatchObject({ status: 403 });
    }
    expect(await server.ask('GET', '/repositories/2', `Bearer ${secret}`)).toMatchObject({ status: 200 });
  });

  it('A05 A15 gives people their own tokens: another’s are not found, as if they were not there', async () => {
    const { secret, token } = await issue(GRUMPY);
    const foreign = await server.ask('DELETE', `/tokens/${token.id}`, DOC);
    const unknown = await server.ask('DELETE', '/tokens/01a20628-3bc1-742f-8c28-42ffb416e703', DOC);
    const nonsense = await server.ask('DELETE', '/tokens/1%20OR%201=1', DOC);
    expect(foreign.status).toBe(404);
    for (const { status, text } of [unknown, nonsense])
      expect({ status, text }).toEqual({ status: 404, text: foreign.text });
    expect((await server.ask('GET', '/tokens', DOC)).text).not.toContain(token.id);
    expect(await server.ask('GET', '/repositories/2', `Bearer ${secret}`)).toMatchObject({ status: 200 });
  });

  it('A15 answers alike when a token is ended twice, and it stays ended', async () => {
    const { secret, token } = await issue(GRUMPY);
    const [first, second] = [
      await server.ask('DELETE', `/tokens/${token.id}`, GRUMPY),
      await server.ask('DELETE', `/tokens/${token.id}`, GRUMPY),
    ];
    expect([first.status, first.text]).toEqual([204, '']);
    expect([second.status, second.text]).toEqual([204, '']);
    expect(await server.ask('GET', '/repositories/2', `Bearer ${secret}`)).toMatchObject({ status: 401 });
  });

  it('A09 shows a secret once, and tells caches not to keep it', async () => {
    const issued = await server.ask('POST', '/tokens', GRUMPY, { policy: 'full-access' });
    const { secret, token } = issued.body as unknown as Issued;
    expect(issued.headers.get('cache-control')).toBe('no-store');
    const digest = createHash('sha256').update(secret).digest('base64url');
    expect(issued.text).not.toContain(digest);
    const list = await server.ask('GET', '/tokens?limit=100', GRUMPY);
    expect(list.text).toContain(token.id);
    for (const hidden of [secret, secret.slice(4, 20), digest]) expect(list.text).not.toContain(hidden);
  });

  it.each([
    ['A04 another owner', { ownerId: '2' }, 'ownerId'],
    ['A06 an ID', { id: '01a20628-3bc1-742f-8c28-42ffb416e703' }, 'id'],
    ['A06 a digest', { digest: `sha256:${'a'.repeat(43)}` }, 'digest'],
    ['A06 a secret', { secret: 'crs_mine' }, 'secret'],
    ['A06 a state', { valid: true }, 'valid'],
    ['A06 an end', { revokedAt: null }, 'revokedAt'],
    ['A06 a time of issue', { createdAt: '2001-01-01T00:00:00Z' }, 'createdAt'],
    ['A06 a last use', { lastUsedAt: '2001-01-01T00:00:00Z' }, 'lastUsedAt'],
    ['A06 metadata', { metadata: {} }, 'metadata'],
    ['A07 an expiry that is past', { expiresAt: '2001-01-01' }, 'expiresAt'],
    ['A07 an expiry that is no date', { expiresAt: 'never' }, 'expiresAt'],
    ['A13 a long note', { note: 'n'.repeat(1_001) }, 'note'],
    ['A13 a note with NUL', { note: 'a\0b' }, 'note'],
    [
      'D08 an unknown resource',
      { policy: { resources: { repositry: { '*': { block: ['*'] } } } } },
      'policy',
    ],
    ['D11 no policy', { policy: undefined }, 'policy'],
    ['P09 an empty policy', { policy: {} }, 'policy'],
    // The ValidationPipe of Nest 12 would remove it without a word.
    [
      'D04 constructor as an ID',
      { policy: { resources: { repository: { constructor: { block: ['*'] } } } } },
      'policy',
    ],
  ])('rejects a new token by 400 or 422, names the field, and issues none: %s', async (_, wrong, field) => {
    const before = await server.ask('GET', '/tokens', DOC);
    const answer = await server.ask('POST', '/tokens', DOC, { policy: 'full-access', ...wrong });
    // What the token service rejects has a code.
    expect(answer.status).toBe(answer.body['code'] === undefined ? 400 : 422);
    expect([answer.body['message']].flat().join()).toMatch(new RegExp(`\\b${field}\\b`));
    expect((await server.ask('GET', '/tokens', DOC)).text).toEqual(before.text);
  });

  it('A13 answers a hostile note as the text that it is', async () => {
    const note = '<script>alert(1)</script>\r\n\u001b[2J\u009b2J\u202e';
    const { token } = await issue(GRUMPY, { note });
    const list = await server.ask('GET', '/tokens?limit=100', GRUMPY);
    expect(list.headers.get('content-type')).toMatch(/^application\/json/);
    expect(list.headers.get('x-content-type-options')).toBe('nosniff');
    expect(list.body.items).toContainEqual(expect.objectContaining({ id: token.id, note }));
    const large = await server.ask('POST', '/tokens', GRUMPY, {
      policy: 'full-access',
      note: 'n'.repeat(1_100_000),
    });
    expect(large.status).toBe(413);
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
    ['D09 6,000 levels', `{"resources":${'{"a":'.repeat(6_000)}1${'}'.repeat(6_001)}`],
    [
      'D09 many problems under a long name',
      JSON.stringify({ resources: { ['x'.repeat(30_000)]: wrongItems(4_000) } }),
    ],
    ['D11 null', 'null'],
    ['D12 a version', '{"version":99}'],
  ])('rejects a policy by 422, or by 400 where Fastify does not parse it: %s', async (_what, policy) => {
    const before = await server.ask('GET', '/tokens', DOC);
    const answer = await server.ask('POST', '/tokens', DOC, `{"policy":${policy}}`);
    expect(answer.status).toBe(answer.body['issues'] === undefined ? 400 : 422);
    expect(answer.text.length).toBeLessThan(100_000);
    expect((await server.ask('GET', '/tokens', DOC)).body).toEqual(before.body);
  });
});

function manyItems(count: number): object {
  return Object.fromEntries(Array.from({ length: count }, (_, id) => [id, { allow: ['GET'] }]));
}

function wrongItems(count: number): object {
  return Object.fromEntries(Array.from({ length: count }, (_, id) => [id, 0]));
}
