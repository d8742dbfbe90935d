import { strict as assert } from 'node:assert';
import { randomBytes } from 'node:crypto';
import { type StoredApiToken, storedApiToken } from '../../tokens/api-token-record.js';
import type { ApiTokenStore } from '../../tokens/api-token-store.js';

/** Differs from run to run, so that a database can be tested twice. */
const RUN = randomBytes(3).toString('hex');

/** The hint that tokens have where a case does not change it. */
export const HINT = 'acme_first';

let made = 0;

/** A token that nobody has, with an owner that nobody is. IDs sort in the order in which they are made. */
export function newToken(changes: Partial<StoredApiToken> = {}): StoredApiToken {
  made += 1;
  const time = Date.now().toString(16).padStart(12, '0');
  const serial = made.toString(16).padStart(6, '0');
  return storedApiToken({
    id: `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${RUN}${serial}`,
    ownerId: newOwner(),
    hint: HINT,
    policy: '{"resources":{"*":{"allow":["GET"]}}}',
    note: 'nightly build',
    createdAt: new Date('2026-11-22T09:30:00.000Z'),
    expiresAt: new Date('2040-12-31T23:59:59.000Z'),
    ...changes,
  });
}

/** An owner who has no tokens. */
export function newOwner(): string {
  made += 1;
  return `owner-${RUN}-${made}`;
}

/** A digest that no secret has, of the form that secrets have. */
export function newDigest(): string {
  return `sha256:${randomBytes(32).toString('base64url')}`;
}

/** Inserts a new token under a new digest. */
export async function insertNew(
  store: ApiTokenStore,
  changes: Partial<StoredApiToken> = {},
): Promise<{ readonly token: StoredApiToken; readonly digest: string }> {
  const token = newToken(changes);
  const digest = newDigest();
  assert.equal(await store.insert(token, digest, null), 'inserted');
  return { token, digest };
}

/** Inserts several tokens of one owner, in the order of their IDs. */
export async function insertSeveral(
  store: ApiTokenStore,
  number: number,
  changes: Partial<StoredApiToken> = {},
): Promise<StoredApiToken[]> {
  const ownerId = newOwner();
  const tokens: StoredApiToken[] = [];
  while (tokens.length < number) tokens.push((await insertNew(store, { ownerId, ...changes })).token);
  return tokens;
}
