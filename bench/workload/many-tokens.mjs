/** Tokens by the thousand, most of which nobody ever presents. */
import { hash, randomBytes, randomUUID } from 'node:crypto';
import { DefaultTokenGenerator } from 'nestjs-api-token';
import { makePolicy } from './policies.mjs';

/** A hundred policies of half a kilobyte, of resources that the application has. */
export const POLICY_TEXTS = Array.from({ length: 100 }, (_, edition) => {
  const { resource_0: items } = makePolicy({ resources: 1, items: 5 }, edition).resources;
  const rest = { allow: ['GET', 'HEAD', 'OPTIONS'], block: ['*'] };
  return JSON.stringify({ resources: { repository: { ...items, '*': rest } } });
});

/** A token as a store keeps it. */
export function storedToken(index) {
  return {
    id: randomUUID(),
    ownerId: `owner ${index % 1_000}`,
    kind: 'default',
    policy: POLICY_TEXTS[index % POLICY_TEXTS.length],
    note: 'continuous integration',
    metadata: null,
    createdAt: new Date(),
    notBefore: null,
    expiresAt: null,
    pausedAt: null,
    revokedAt: null,
    revocationReason: null,
    lastUsedAt: null,
  };
}

/** What nobody has the secret of. */
export function randomDigest() {
  return `sha256:${randomBytes(32).toString('base64url')}`;
}

/** Puts a token into a store, past the checks of the service, and answers its secret. */
export async function insertToken(store, policy) {
  const secret = new DefaultTokenGenerator({ prefix: 'bench' }).generate();
  const digest = `sha256:${hash('sha256', secret, 'base64url')}`;
  await store.insert({ ...storedToken(0), policy }, digest, null);
  return secret;
}
