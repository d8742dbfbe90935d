import { DefaultTokenGenerator, InMemoryApiTokenStore } from 'nestjs-api-token';

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
