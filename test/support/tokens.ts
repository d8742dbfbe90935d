import { type ApiTokenRecord, DefaultTokenGenerator, InMemoryApiTokenStore } from 'nestjs-api-token';
import type { Gate } from './eventually.js';

/** What a token is issued with where it does not matter. */
export const everything = { ownerId: 'grumpy', policy: 'full-access' } as const;

/** A secret as another application makes it. */
export function foreignSecret(): string {
  return new DefaultTokenGenerator({ prefix: 'acme' }).generate();
}

/** A store that counts the look-ups. */
export class CountingStore extends InMemoryApiTokenStore {
  reads = 0;

  override findByDigest(digests: readonly string[]) {
    this.reads += 1;
    return super.findByDigest(digests);
  }
}

/** A store that counts the look-ups, lets them read at once, and lets them answer when a gate opens. */
export class GatedStore extends CountingStore {
  gate: Gate | null = null;

  override findByDigest(digests: readonly string[]): ApiTokenRecord | null {
    const found = super.findByDigest(digests);
    return (this.gate?.opened.then(() => found) ?? found) as ApiTokenRecord | null;
  }
}

/** A store that notes what it is asked and told, and fails to write as long as there is a failure. */
export class NotingStore extends InMemoryApiTokenStore {
  /** The digests of the last look-up. */
  asked: readonly string[] = [];
  /** The digests of new tokens. */
  readonly inserted: string[] = [];
  readonly replaced: [digest: string, replacement: string][] = [];
  /** The times of last use, by token, in milliseconds since 1970. */
  readonly written: [id: string, usedAtMs: number][][] = [];
  failure: Error | null = null;

  override findByDigest(digests: readonly string[]) {
    this.asked = digests;
    return super.findByDigest(digests);
  }

  override insert(...args: Parameters<InMemoryApiTokenStore['insert']>) {
    this.inserted.push(args[1]);
    return super.insert(...args);
  }

  override async replaceDigest(digest: string, replacement: string) {
    this.replaced.push([digest, replacement]);
    if (this.failure !== null) throw this.failure;
    await super.replaceDigest(digest, replacement);
  }

  override async recordUses(uses: ReadonlyMap<string, Date>) {
    this.written.push([...uses].map(([id, usedAt]) => [id, usedAt.getTime()]));
    if (this.failure !== null) throw this.failure;
    await super.recordUses(uses);
  }
}
