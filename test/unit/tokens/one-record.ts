import { createHash } from 'node:crypto';
import { expect } from '@jest/globals';
import { type ApiTokenEvent, type ApiTokenRecord, ApiTokenRepository } from 'nestjs-api-token';
import { newServices } from '../../support/services.js';
import { foreignSecret } from '../../support/tokens.js';

/** What the clock tells. */
export const NOW = Date.parse('2026-11-22T00:00:00.000Z');

/** Events without the time at which they were emitted. */
export function told(events: readonly ApiTokenEvent[]): object[] {
  return events.map(({ at, ...rest }) => {
    expect(at).toBeInstanceOf(Date);
    return rest;
  });
}

/** A repository that answers every digest with one record. */
export async function startWithRecord(change: object = {}, overrides: { clock?: () => number } = {}) {
  const secret = foreignSecret();
  const members = {
    id: 't1',
    ownerId: 'grumpy',
    digest: `sha256:${createHash('sha256').update(secret).digest('base64url')}`,
    policy: '{}',
    expiresAt: null,
    revokedAt: null,
    ...change,
  };
  // A field that is undefined is one that the record lacks.
  const record = Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
  class OneRecord extends ApiTokenRepository {
    override findByDigest(): ApiTokenRecord {
      return record as unknown as ApiTokenRecord;
    }
  }
  const services = newServices({
    repository: { useValue: new OneRecord() },
    clock: () => NOW,
    ...overrides,
  });
  return { ...services, secret };
}
