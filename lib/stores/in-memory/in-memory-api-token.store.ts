import { types } from 'node:util';
import { Injectable } from '@nestjs/common';
import type { ApiTokenRecord, StoredApiToken } from '../../tokens/api-token-record.js';
import {
  type ApiTokenChanges,
  type ApiTokenPage,
  type ApiTokenQuota,
  type ApiTokenSelector,
  ApiTokenStore,
} from '../../tokens/api-token-store.js';
import { isActive } from '../../tokens/is-active.js';
import { namedChanges } from '../../tokens/named-changes.js';

/** A token with its secrets: by digest, from when on each is rejected. */
interface Entry {
  token: StoredApiToken;
  readonly secrets: Map<string, Date | null>;
}

/**
 * Keeps tokens in the memory of this process: for tests and first steps. They are lost when it ends.
 *
 * @example
 * ```ts
 * ApiTokenModule.forRoot({ repository: InMemoryApiTokenStore, token: { prefix: 'acme' } });
 * ```
 */
@Injectable()
export class InMemoryApiTokenStore extends ApiTokenStore {
  readonly #entries = new Map<string, Entry>();
  readonly #byDigest = new Map<string, Entry>();

  override findByDigest(digests: readonly string[]): ApiTokenRecord | null {
    for (const digest of digests) {
      const entry = this.#byDigest.get(digest);
      if (entry === undefined) continue;
      return copyOf({
        ...entry.token,
        digest,
        secretExpiresAt: entry.secrets.get(digest) ?? null,
      });
    }
    return null;
  }

  /** @throws Error where another token has the ID. */
  override async insert(
    token: StoredApiToken,
    digest: string,
    quota: ApiTokenQuota | null,
  ): Promise<'inserted' | 'digest-taken' | 'quota-exceeded'> {
    if (this.#byDigest.has(digest)) return 'digest-taken';
    if (this.#entries.has(token.id)) throw new Error(`There is a token with the ID ${token.id} already.`);
    if (quota !== null && this.#countActive(token.ownerId, quota.at) >= quota.limit) return 'quota-exceeded';
    const entry: Entry = { token: copyOf(token), secrets: new Map([[digest, null]]) };
    this.#entries.set(token.id, entry);
    this.#byDigest.set(digest, entry);
    return 'inserted';
  }

  override async findById(id: string): Promise<StoredApiToken | null> {
    const entry = this.#entries.get(id);
    return entry === undefined ? null : copyOf(entry.token);
  }

  override async list(ownerId: string, page: ApiTokenPage): Promise<readonly StoredApiToken[]> {
    return this.#page((token) => token.ownerId === ownerId, page);
  }

  override async listExpiring(
    from: Date,
    until: Date,
    page: ApiTokenPage,
  ): Promise<readonly StoredApiToken[]> {
    return this.#page(
      ({ expiresAt, revokedAt }) =>
        revokedAt === null && expiresAt !== null && expiresAt > from && expiresAt <= until,
      page,
    );
  }

  override async update(
    id: string,
    changes: ApiTokenChanges,
    quota: ApiTokenQuota | null = null,
  ): Promise<StoredApiToken | 'quota-exceeded' | null> {
    const entry = this.#entries.get(id);
    if (entry === undefined) return null;
    const token = { ...entry.token, ...copyOf(namedChanges(changes)) };
    const revives = quota !== null && !isActive(entry.token, quota.at) && isActive(token, quota.at);
    if (revives && this.#countActive(token.ownerId, quota.at) >= quota.limit) return 'quota-exceeded';
    entry.token = token;
    return copyOf(token);
  }

  override async rotate(
    id: string,
    digest: string,
    retireAt: Date,
    hint: string,
  ): Promise<'rotated' | 'digest-taken' | 'not-found'> {
    const entry = this.#entries.get(id);
    if (entry === undefined) return 'not-found';
    if (this.#byDigest.has(digest)) return 'digest-taken';
    for (const [other, expiresAt] of entry.secrets) {
      if (expiresAt === null || expiresAt > retireAt) entry.secrets.set(other, new Date(retireAt));
    }
    entry.secrets.set(digest, null);
    this.#byDigest.set(digest, entry);
    entry.token = { ...entry.token, hint };
    return 'rotated';
  }

  override async replaceDigest(digest: string, replacement: string): Promise<void> {
    const entry = this.#byDigest.get(digest);
    if (entry === undefined || this.#byDigest.has(replacement)) return;
    entry.secrets.set(replacement, entry.secrets.get(digest) ?? null);
    this.#byDigest.set(replacement, entry);
    this.#forgetSecret(entry, digest);
  }

  override async revoke(id: string, at: Date, reason: string): Promise<StoredApiToken | null> {
    const entry = this.#entries.get(id);
    if (entry === undefined) return null;
    this.#end(entry, at, reason);
    return copyOf(entry.token);
  }

  override async revokeMany(selector: ApiTokenSelector, at: Date, reason: string): Promise<number> {
    const isSelected = ({ token }: Entry): boolean =>
      'owners' in selector ? selector.owners.includes(token.ownerId) : selector.all;
    return [...this.#entries.values()].filter((entry) => isSelected(entry) && this.#end(entry, at, reason))
      .length;
  }

  override async recordUses(uses: ReadonlyMap<string, Date>): Promise<void> {
    for (const [id, usedAt] of uses) {
      const entry = this.#entries.get(id);
      if (entry === undefined) continue;
      const { lastUsedAt } = entry.token;
      if (lastUsedAt === null || lastUsedAt < usedAt) {
        entry.token = { ...entry.token, lastUsedAt: new Date(usedAt) };
      }
    }
  }

  override async remove(id: string): Promise<boolean> {
    const entry = this.#entries.get(id);
    if (entry === undefined) return false;
    this.#remove(entry);
    return true;
  }

  override async prune(before: Date): Promise<number> {
    const isPast = (date: Date | null): boolean => date !== null && date < before;
    const entries = [...this.#entries.values()];
    const past = entries.filter(({ token }) => isPast(token.revokedAt) || isPast(token.expiresAt));
    for (const entry of past) this.#remove(entry);
    for (const entry of entries) {
      for (const [digest, expiresAt] of entry.secrets) {
        if (isPast(expiresAt)) this.#forgetSecret(entry, digest);
      }
    }
    return past.length;
  }

  #remove({ token, secrets }: Entry): void {
    for (const digest of secrets.keys()) this.#byDigest.delete(digest);
    this.#entries.delete(token.id);
  }

  #end(entry: Entry, at: Date, reason: string): boolean {
    if (entry.token.revokedAt !== null) return false;
    entry.token = { ...entry.token, revokedAt: new Date(at), revocationReason: reason };
    return true;
  }

  #forgetSecret(entry: Entry, digest: string): void {
    entry.secrets.delete(digest);
    this.#byDigest.delete(digest);
  }

  #countActive(ownerId: string, at: Date): number {
    return [...this.#entries.values()].filter(({ token }) => token.ownerId === ownerId && isActive(token, at))
      .length;
  }

  #page(isWanted: (token: StoredApiToken) => boolean, { after, limit }: ApiTokenPage): StoredApiToken[] {
    return [...this.#entries.values()]
      .map(({ token }) => token)
      .filter((token) => isWanted(token) && (after === null || token.id > after))
      .toSorted((left, right) => (left.id < right.id ? -1 : 1))
      .slice(0, limit)
      .map((token) => copyOf(token));
  }
}

/** With dates of its own, because dates can be changed. */
function copyOf<T extends object>(token: T): T {
  const fields = Object.entries(token).map(([name, value]) => [
    name,
    types.isDate(value) ? new Date(value) : value,
  ]);
  return Object.fromEntries(fields) as T;
}
