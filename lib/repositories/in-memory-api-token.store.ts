import { Injectable } from '@nestjs/common';
import type { ApiTokenRecord, StoredApiToken } from './api-token-record.js';
import { type ApiTokenQuery, ApiTokenStore } from './api-token-store.js';

/**
 * Keeps tokens in the memory of this process: for tests and first steps. They are lost when it ends.
 */
@Injectable()
export class InMemoryApiTokenStore extends ApiTokenStore {
  readonly #tokens = new Map<string, StoredApiToken>();
  readonly #tokenIds = new Map<string, string>();

  override findByDigest(digests: readonly string[]): ApiTokenRecord | null {
    for (const digest of digests) {
      const token = this.#tokens.get(this.#tokenIds.get(digest) ?? '');
      if (token !== undefined) return { ...token, digest };
    }
    return null;
  }

  override async insert(token: StoredApiToken, digest: string): Promise<'inserted' | 'digest-taken'> {
    if (this.#tokenIds.has(digest)) return 'digest-taken';
    this.#tokens.set(token.id, token);
    this.#tokenIds.set(digest, token.id);
    return 'inserted';
  }

  override async findById(id: string): Promise<StoredApiToken | null> {
    return this.#tokens.get(id) ?? null;
  }

  override async list({ ownerId, after, limit }: ApiTokenQuery): Promise<readonly StoredApiToken[]> {
    return [...this.#tokens.values()]
      .filter((token) => token.ownerId === ownerId && (after === null || token.id > after))
      .toSorted((left, right) => (left.id < right.id ? -1 : 1))
      .slice(0, limit);
  }

  override async invalidate(id: string, at: Date, reason: string): Promise<StoredApiToken | null> {
    const token = this.#tokens.get(id);
    if (token === undefined || token.invalidatedAt !== null) return token ?? null;
    const ended = { ...token, invalidatedAt: at, invalidationReason: reason };
    this.#tokens.set(id, ended);
    return ended;
  }
}
