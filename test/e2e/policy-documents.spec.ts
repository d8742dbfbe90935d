import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { ApiTokenRecord, InvalidTokenPolicyError, TokenPolicy } from 'nestjs-api-token';
import { bearer } from '../support/application.js';
import { calls } from '../support/review-server.js';
import { newServices } from '../support/services.js';
import { startTokenServer } from '../support/token-server.js';
import { CountingStore, everything } from '../support/tokens.js';

// Many requests, and the machine may be busy.
jest.setTimeout(60_000);

/** Hands out a policy that was never written through the service. */
class TamperedStore extends CountingStore {
  stored: string | null | undefined;

  override findByDigest(digests: readonly string[]): ApiTokenRecord | null {
    const record = super.findByDigest(digests);
    return record && { ...record, policy: this.stored as string | null };
  }
}

const nested = (levels: number) => `{"resources":${'{"a":'.repeat(levels)}1${'}'.repeat(levels + 1)}`;
const lists = (levels: number) => `{"resources":{"*":{"allow":${'['.repeat(levels)}${']'.repeat(levels)}}}}`;
const items = (count: number) => {
  const sections = Array.from({ length: count }, (_, id) => [id, { allow: ['GET'] }]);
  return JSON.stringify({ resources: { project: Object.fromEntries(sections) } });
};

const wrongItems = (policyId: string, count: number) => {
  const sections = Array.from({ length: count }, (_, id) => [id, 0]);
  return JSON.stringify({ resources: { [policyId]: Object.fromEntries(sections) } });
};
const unknownResources = (count: number) =>
  Array.from({ length: count }, (_, id) => `"repo${id}":{"*":{"allow":["GET"]}}`).join();

/** Documents that limit nothing where they are not read carefully. */
const DOCUMENTS: readonly [what: string, text: string][] = [
  ['D01 a text instead of a list', '{"resources":{"*":{"allow":"GET","block":"*"}}}'],
  ['D01 an object instead of a list', '{"resources":{"*":{"block":{"0":"*","length":1}}}}'],
  ['D02 numbers', '{"resources":{"*":{"block":[0,1]}}}'],
  ['D02 null', '{"resources":{"*":{"block":[null]}}}'],
  ['D02 a nested list', '{"resources":{"*":{"block":[["*"]]}}}'],
  ['D02 an object', '{"resources":{"*":{"block":[{"method":"*"}]}}}'],
  ['D02 true', '{"resources":{"*":{"block":[true]}}}'],
  ['D03 a lower-case method', '{"resources":{"*":{"block":["post"]}}}'],
  ['D03 a misspelled method', '{"resources":{"*":{"block":["GETT"]}}}'],
  ['D03 a method with a space', '{"resources":{"*":{"block":["GET "]}}}'],
  ['D03 a dotless i', '{"resources":{"*":{"block":["OPT\u0131ONS"]}}}'],
  ['D04 __proto__ at the top', '{"__proto__":{"resources":{}},"resources":{"*":{"block":["*"]}}}'],
  ['D04 __proto__ as a policy ID', '{"resources":{"__proto__":{"*":{"allow":["*"]}}}}'],
  ['D04 __proto__ as an item', '{"resources":{"project":{"__proto__":{"allow":["*"]}}}}'],
  ['D04 __proto__ in a section', '{"resources":{"*":{"__proto__":{"allow":["*"]},"block":["*"]}}}'],
  ['D04 __proto__, escaped', '{"resources":{"\\u005f_proto__":{"*":{"allow":["*"]}}}}'],
  ['D06 a section for a resource', '{"resources":{"project":{"allow":["GET"]}}}'],
  ['D06 a resource for the global section', '{"resources":{"*":{"*":{"allow":["GET"]}}}}'],
  ['D06 sections at the top', '{"*":{"block":["*"]}}'],
  ['D07 Allow', '{"resources":{"*":{"Allow":["GET"],"block":["*"]}}}'],
  ['D07 deny', '{"resources":{"*":{"deny":["*"]}}}'],
  ['D07 resource', '{"resource":{"*":{"block":["*"]}}}'],
  ['D09 6,000 levels of objects', nested(6_000)],
  ['D09 6,000 levels of lists', lists(6_000)],
  ['D11 null', 'null'],
  ['D11 nothing', ''],
  ['D12 a version', '{"version":99,"resources":{"*":{"allow":["*"]}}}'],
  ['a list', '[]'],
  ['a key that stands twice', '{"resources":{"*":{"block":["*"]},"*":{"allow":["*"]}}}'],
  ['a truncated text', '{"resources":{"*":{"block":["*"]'],
];

const polluted = Object.prototype as unknown as Record<string, unknown>;
const POLLUTION = {
  allow: ['*', 'GET', 'POST'],
  block: [],
  '*': { allow: ['*'] },
  resources: {},
  policy: {},
};

afterEach(() => {
  for (const name of Object.keys(POLLUTION)) delete polluted[name];
});

describe('policy documents', () => {
  it.each(DOCUMENTS)(
    '%s: can not be written, and denies everything where it is stored',
    async (what, text) => {
      const store = new TamperedStore();
      const { tokens, send, events } = await startTokenServer('Express', {}, store);
      const { token, secret } = await tokens.issue(everything);
      // An object is JSON, and has each key once.
      const inputs = /twice|truncated|nothing/.test(what) ? [text] : [text, JSON.parse(text)];
      for (const policy of inputs as TokenPolicy[]) {
        await expect(tokens.issue({ ...everything, policy })).rejects.toMatchObject({
          code: 'INVALID_TOKEN_POLICY',
        });
        await expect(tokens.update(token.id, { policy })).rejects.toMatchObject({
          code: 'INVALID_TOKEN_POLICY',
        });
      }
      expect(await tokens.list({ ownerId: 'grumpy' })).toEqual([token]);

      store.stored = text;
      for (const [method, path] of [
        ['GET', '/projects'],
        ['GET', '/projects/1'],
        ['POST', '/projects'],
        ['PATCH', '/server-info/anything'],
      ] as const) {
        const reply = await send(method, path, bearer(secret));
        expect(reply).toMatchObject({ status: 403, body: { message: expect.stringContaining('damaged') } });
      }
      expect(calls).toEqual([]);
      expect(events.map(({ type }) => type)).toContain('policy-unresolved');
    },
  );

  it.each([
    ['D09 a megabyte', `{"resources":{"${'x'.repeat(1_000_000)}":{"*":{"allow":["GET"]}}}}`],
    ['D09 10,000 items', items(10_000)],
    ['D09 1,001 items', items(1_001)],
    ['D09 60,000 bytes of wrong items', wrongItems('repository', 6_000)],
    ['D09 wrong items under a long name', wrongItems('x'.repeat(30_000), 4_000)],
    ['D09 many unknown resources', `{"resources":{${unknownResources(3_000)}}}`],
    ['D09 a long key that stands twice, often', `{"${'x'.repeat(30_000)}":{${'"a":0,'.repeat(5_000)}"a":0}}`],
    ['D08 an unknown resource', '{"resources":{"projekt":{"*":{"block":["*"]}}}}'],
    ['L04 an ID that no item has', '{"resources":{"project":{"042":{"block":["*"]}}}}'],
  ])('%s: can not be written, and the answer is no longer than a page', async (_, text) => {
    const { tokens } = newServices();
    for (const policy of [text, JSON.parse(text)] as TokenPolicy[]) {
      const error: unknown = await tokens.issue({ ...everything, policy }).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'INVALID_TOKEN_POLICY' });
      const { issues, message } = error as InvalidTokenPolicyError;
      expect(issues.length).toBeLessThanOrEqual(100);
      expect(message.length + JSON.stringify(issues).length).toBeLessThan(60_000);
    }
    expect(await tokens.list({ ownerId: 'grumpy' })).toEqual([]);
  });

  it('D11 a policy that is absent denies everything; full access has to be stored as {}', async () => {
    const store = new TamperedStore();
    const { tokens, status } = await startTokenServer('Express', { cache: false }, store);
    const { secret } = await tokens.issue(everything);
    for (const absent of [undefined, null]) {
      store.stored = absent;
      expect(await status(secret)).toBe(403);
    }
    store.stored = '{}';
    expect(await status(secret)).toBe(200);
  });

  it('D04 constructor and toString are ordinary names of resources and items', async () => {
    const store = new TamperedStore();
    store.stored =
      '{"resources":{"constructor":{"toString":{"allow":["*"]}},"review":{"*":{"block":["*"]},"valueOf":{"allow":["GET"]}}}}';
    const { tokens, status } = await startTokenServer('Express', {}, store);
    const { secret } = await tokens.issue(everything);
    expect(await status(secret, '/projects/1')).toBe(200);
    expect(await status(secret, '/projects/1/reviews/valueOf')).toBe(200);
    for (const name of ['toString', 'constructor', '__proto__', 'hasOwnProperty']) {
      expect(await status(secret, `/projects/1/reviews/${name}`)).toBe(403);
    }
  });

  it('D10 what other code has written on Object.prototype changes no decision', async () => {
    const { tokens, send } = await startTokenServer('Express', { cache: false });
    const policy: TokenPolicy = {
      resources: { '*': { block: ['POST'] }, project: { '2': { block: ['GET'] } } },
    };
    const { secret } = await tokens.issue({ ...everything, policy });
    const blind = await tokens.issue({ ...everything, policy: { resources: { '*': { block: ['*'] } } } });
    const ask = async () => [
      (await send('GET', '/projects/1', bearer(secret))).status,
      (await send('GET', '/projects/2', bearer(secret))).status,
      (await send('POST', '/projects', bearer(secret))).status,
      (await send('GET', '/projects', bearer(blind.secret))).status,
      (await send('GET', '/projects')).status,
    ];
    const expected = [200, 403, 403, 403, 401];
    expect(await ask()).toEqual(expected);
    Object.assign(polluted, POLLUTION);
    expect(await ask()).toEqual(expected);
    // What was compiled before is kept: these are read, compiled and explained only now.
    const later: TokenPolicy = { resources: { '*': { block: ['*'] }, review: { '1': { block: ['*'] } } } };
    const fresh = await tokens.issue({ ...everything, policy: later });
    expect((await send('GET', '/projects', bearer(fresh.secret))).status).toBe(403);
    expect((await send('GET', '/projects/1', bearer(fresh.secret))).status).toBe(403);
    // Not even that it is not empty.
    for (const empty of [{}, '{}'] as TokenPolicy[]) {
      await expect(tokens.issue({ ...everything, policy: empty })).rejects.toMatchObject({
        code: 'EMPTY_POLICY',
      });
    }
  });
});
