import { describe, expect, it } from '@jest/globals';
import { ApiTokenError, type ApiTokenService } from 'nestjs-api-token';
import { newServices } from '../../support/services.js';
import { everything } from '../../support/tokens.js';

const circle: Record<string, unknown> = {};
circle['self'] = circle;

type Call = (tokens: ApiTokenService, id: string) => Promise<unknown>;

/** What a call is rejected with: of what class, and every word of it. */
async function rejection(call: Call): Promise<string> {
  const { tokens } = newServices();
  const { token } = await tokens.issue(everything);
  const error: unknown = await call(tokens, token.id).catch((thrown: unknown) => thrown);
  if (!(error instanceof ApiTokenError)) throw new Error('It was not rejected.', { cause: error });
  return `${error.name} ${error.code} ${error.field}: ${error.message}`;
}

const issue =
  (options: object): Call =>
  (tokens) =>
    tokens.issue({ ...everything, ...options });

const importing =
  (options: object): Call =>
  (tokens) =>
    tokens.import({ ...everything, digest: `sha256:${'x'.repeat(43)}`, ...options });

const OWNER = 'must be a string of 1 to 255 characters: write String(user.id) where it is a number.';
const TEXT = 'must be a string of at most 1000 characters, without NUL.';
const METADATA =
  'metadata must be an object of at most 4096 bytes as JSON without a key "__proto__", or null for none.';
const SELECTOR = "Say whose tokens to end: { owners: ['...'] }, of whom there may be none, or { all: true }.";

describe('an argument that is rejected is named, and told what it must be', () => {
  it.each<[string, Call, string]>([
    ['an owner', issue({ ownerId: '' }), `INVALID_OWNER_ID ownerId: ownerId ${OWNER}`],
    [
      'one owner of several',
      (tokens) => tokens.revokeMany({ owners: ['a', ''] }),
      `INVALID_OWNER_ID owners: owners ${OWNER}`,
    ],
    ['a note', issue({ note: 7 }), `INVALID_NOTE note: note ${TEXT}`],
    ['a note of an import', importing({ note: 'a\0' }), `INVALID_NOTE note: note ${TEXT}`],
    [
      'a reason',
      (tokens, id) => tokens.revoke(id, { reason: 'a\0' }),
      `INVALID_REASON reason: reason ${TEXT}`,
    ],
    [
      'a reason for many',
      (tokens) => tokens.revokeMany({ all: true }, { reason: 'a\0' }),
      `INVALID_REASON reason: reason ${TEXT}`,
    ],
    ['a reason of an import', importing({ revocationReason: 7 }), `INVALID_REASON reason: reason ${TEXT}`],
    ['metadata that are a text', issue({ metadata: '{}' }), `INVALID_METADATA metadata: ${METADATA}`],
    ['metadata that are a list', issue({ metadata: [] }), `INVALID_METADATA metadata: ${METADATA}`],
    ['metadata in a circle', issue({ metadata: circle }), `INVALID_METADATA metadata: ${METADATA}`],
    [
      'metadata whose JSON is nothing',
      issue({ metadata: { toJSON: () => undefined } }),
      `INVALID_METADATA metadata: ${METADATA}`,
    ],
    [
      'the start of a page',
      (tokens) => tokens.list({ ownerId: 'o', after: 'x'.repeat(37) }),
      'INVALID_AFTER after: after must be the ID of the last token of the page before.',
    ],
    [
      'the length of a page',
      (tokens) => tokens.list({ ownerId: 'o', limit: '5' as never }),
      'INVALID_LIMIT limit: limit must be a whole number from 1 to 1000.',
    ],
    [
      'a grace that is a text',
      (tokens, id) => tokens.rotate(id, { graceMs: '5' as never }),
      'INVALID_GRACE graceMs: graceMs must be a whole number of milliseconds, 0 to end the old secret at once.',
    ],
    [
      'a grace of half a millisecond',
      (tokens, id) => tokens.rotate(id, { graceMs: 0.5 }),
      'INVALID_GRACE graceMs: graceMs must be a whole number of milliseconds, 0 to end the old secret at once.',
    ],
    [
      'a date',
      (tokens) => tokens.announceExpiring({ from: new Date(), until: 7 as never }),
      'INVALID_DATE until: until must be a Date.',
    ],
    [
      'a date of an import',
      importing({ createdAt: '2026' }),
      'INVALID_DATE createdAt: createdAt must be a Date.',
    ],
    ...['notBefore', 'expiresAt', 'revokedAt', 'lastUsedAt'].map((field): [string, Call, string] => [
      `${field} of an import`,
      importing({ [field]: new Date('never') }),
      `INVALID_DATE ${field}: ${field} must be a Date.`,
    ]),
    ['a start', issue({ notBefore: 7 }), 'INVALID_NOT_BEFORE notBefore: notBefore must be a Date.'],
    [
      'a start at the end',
      issue({ notBefore: new Date(4e12), expiresAt: new Date(4e12) }),
      'INVALID_NOT_BEFORE notBefore: notBefore must be before the token expires.',
    ],
    [
      'an empty policy',
      issue({ policy: {} }),
      'EMPTY_POLICY policy: An empty policy limits nothing. ' +
        'Write policy: \'full-access\' where that is meant, else add "resources".',
    ],
    [
      'an update of nothing',
      (tokens, id) => tokens.update(id, {}),
      'NOTHING_TO_CHANGE options: Name a note, policy, metadata or expiresAt to change.',
    ],
    ['an ID', (tokens) => tokens.pause('nobody'), 'TOKEN_NOT_FOUND id: There is no token with this ID.'],
    [
      'a token that was ended',
      async (tokens, id) => {
        await tokens.revoke(id);
        await tokens.resume(id);
      },
      'TOKEN_ENDED id: The token has been revoked, which is for good: issue another.',
    ],
    [
      'a secret of no format',
      (tokens) => tokens.import({ ...everything, secret: 'password' }),
      'INVALID_SECRET secret: The secret is of no accepted format: add it to token.formats.',
    ],
    [
      'a secret that is no text',
      (tokens) => tokens.import({ ...everything, secret: 7 as never }),
      'INVALID_SECRET secret: The secret is of no accepted format: add it to token.formats.',
    ],
    [
      'a secret that is taken',
      async (tokens) => {
        const { secret } = await tokens.issue(everything);
        await tokens.import({ ...everything, secret });
      },
      'SECRET_TAKEN secret: A token with this secret already exists.',
    ],
    ...['', 'sha256', `:${'x'.repeat(43)}`, `a b:${'x'.repeat(43)}`, `sha256:${'x'.repeat(42)}`].map(
      (digest): [string, Call, string] => [
        `the digest ${JSON.stringify(digest)}`,
        importing({ digest }),
        'INVALID_SECRET digest: digest must be <keyId>:<base64url> of 256 bits.',
      ],
    ),
    [
      'a digest that goes on',
      importing({ digest: `sha256:${'x'.repeat(44)}` }),
      'INVALID_SECRET digest: digest must be <keyId>:<base64url> of 256 bits.',
    ],
    [
      'a digest with a long key ID',
      importing({ digest: `${'k'.repeat(33)}:${'x'.repeat(43)}` }),
      'INVALID_SECRET digest: digest must be <keyId>:<base64url> of 256 bits.',
    ],
  ])('%s', async (_, call, message) => {
    expect(await rejection(call)).toBe(`ApiTokenError ${message}`);
  });

  it.each([
    [{}],
    [{ owners: ['a'], all: true }],
    [{ all: false }],
    [{ owners: 'a' }],
    [{ everybody: true }],
    [[]],
    [null],
    ['all'],
  ])('A15 whose tokens to end: not %j', async (selector) => {
    expect(await rejection((tokens) => tokens.revokeMany(selector as never))).toBe(
      `ApiTokenError UNSAFE_SELECTOR selector: ${SELECTOR}`,
    );
  });
});

describe('the longest and the shortest argument is taken', () => {
  it('of a new token', async () => {
    const { tokens } = newServices();
    const metadata = { text: 'x'.repeat(4_096 - '{"text":""}'.length) };
    const options = { ...everything, ownerId: 'o'.repeat(255), note: 'ü'.repeat(1_000), metadata };
    const { token } = await tokens.issue(options);
    expect(token).toMatchObject({ ownerId: options.ownerId, note: options.note, metadata });
    const wide = { text: `é${'x'.repeat(4_096 - '{"text":""}'.length - 1)}` };
    await expect(tokens.issue({ ...everything, metadata: wide })).rejects.toMatchObject({
      field: 'metadata',
    });
    await expect(tokens.issue({ ...everything, note: 'n'.repeat(1_001) })).rejects.toMatchObject({
      field: 'note',
    });
    expect((await tokens.issue({ ...everything, ownerId: 'o' })).token.ownerId).toBe('o');
  });

  it('of a page', async () => {
    const { tokens } = newServices();
    await tokens.issue(everything);
    await tokens.issue(everything);
    const list = (limit: number) => tokens.list({ ownerId: 'grumpy', limit });
    expect(await list(1)).toHaveLength(1);
    expect(await list(1_000)).toHaveLength(2);
    expect(await tokens.list({ ownerId: 'grumpy', after: 'x'.repeat(36) })).toEqual([]);
  });

  it('of whose tokens to end: nobody', async () => {
    const { tokens } = newServices();
    await tokens.issue(everything);
    expect(await tokens.revokeMany({ owners: [] })).toBe(0);
    expect(await tokens.revokeMany({ all: true })).toBe(1);
  });

  it('of a key ID in a digest', async () => {
    const { tokens } = newServices();
    for (const keyId of ['k', 'k'.repeat(32)]) {
      const digest = `${keyId}:${'-_Aa0'.repeat(9).slice(0, 43)}`;
      await expect(tokens.import({ ...everything, digest })).resolves.toBeDefined();
    }
  });
});
