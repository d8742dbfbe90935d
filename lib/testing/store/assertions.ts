import { strict as assert } from 'node:assert';
import { types } from 'node:util';
import type { ApiTokenRecord, StoredApiToken } from '../../tokens/api-token-record.js';
import type { ApiTokenPage, ApiTokenStore } from '../../tokens/api-token-store.js';

/**
 * That a token is the expected one, value for value. It may be of a class of its own and have more fields.
 *
 * @throws AssertionError where a value differs.
 */
export function assertToken(
  actual: StoredApiToken | 'quota-exceeded' | null | undefined,
  expected: StoredApiToken,
): void {
  assert.ok(actual, 'There is no such token.');
  assert.ok(typeof actual === 'object', `The answer is ${actual} where there is no quota.`);
  assertFields(actual, expected);
}

/**
 * That a token is found under a digest, whether by its ID or by its secret.
 *
 * @throws AssertionError where it is not found, or a value differs.
 */
export async function assertKept(
  store: ApiTokenStore,
  token: StoredApiToken,
  digest: string,
  secretExpiresAt: Date | null = null,
): Promise<void> {
  assertToken(await store.findById(token.id), token);
  const record = await findRecord(store, digest);
  assert.ok(record, 'The token is not found under its digest.');
  assertFields(
    { ...record, secretExpiresAt: record.secretExpiresAt ?? null },
    { ...token, digest, secretExpiresAt },
  );
}

/**
 * That neither a token nor its secret is there.
 *
 * @throws AssertionError where one is.
 */
export async function assertAbsent(store: ApiTokenStore, id: string, digest: string): Promise<void> {
  assert.equal(await store.findById(id), null, 'There is a token with the ID.');
  await assertUnknown(store, digest);
}

/**
 * That a digest finds nothing.
 *
 * @throws AssertionError where it does.
 */
export async function assertUnknown(store: ApiTokenStore, digest: string): Promise<void> {
  assert.equal(await findRecord(store, digest), null, 'There is a secret with the digest.');
}

/** What one digest finds; null for nothing. */
export async function findRecord(store: ApiTokenStore, digest: string): Promise<ApiTokenRecord | null> {
  return (await store.findByDigest([digest])) ?? null;
}

/** The IDs of tokens. */
export function idsOf(tokens: readonly StoredApiToken[]): string[] {
  return tokens.map(({ id }) => id);
}

/**
 * The IDs in all pages of a list.
 *
 * @throws AssertionError where a page is longer than asked for, or does not go on behind the one before.
 */
export async function readPages(
  read: (page: ApiTokenPage) => Promise<readonly StoredApiToken[]>,
  limit: number,
): Promise<string[]> {
  const ids: string[] = [];
  for (;;) {
    const after = ids.at(-1) ?? null;
    const page = idsOf(await read({ after, limit }));
    assert.ok(page.length <= limit, `A page of ${limit} has ${page.length} tokens.`);
    assert.ok(
      page.every((id) => after === null || id > after),
      `A page after ${after} has ${page.join(', ')}.`,
    );
    ids.push(...page);
    if (page.length < limit) return ids;
  }
}

function assertFields(actual: object, expected: object): void {
  const names = Object.keys(expected);
  const comparable = (object: object): object =>
    Object.fromEntries(names.map((name) => [name, comparableValue(Reflect.get(object, name))]));
  assert.deepEqual(comparable(actual), comparable(expected));
}

/** Dates as text: those of another realm, such as a test runner's, are not equal to those of this one. */
function comparableValue(value: unknown): unknown {
  return types.isDate(value) ? `date ${value.getTime()}` : value;
}
