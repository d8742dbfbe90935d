import type { ExecutionContext } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { describe, expect, it } from '@jest/globals';
import { ApiTokenOwnerProvider, ApiTokenPolicyGuard } from 'nestjs-api-token';
import { bearer, startApplication } from '../support/application.js';
import { calls, issueSecret, reviewServer } from '../support/review-server.js';
import { startTokenServer } from '../support/token-server.js';
import { everything } from '../support/tokens.js';

/** Knows the owners of a set that a test may change. */
function ownersOf(names: ReadonlySet<string>) {
  return class Owners extends ApiTokenOwnerProvider {
    override load(ownerId: string): unknown {
      return names.has(ownerId) ? { name: ownerId } : null;
    }
  };
}

describe('owners', () => {
  it('T15 T16 a disabled owner ends within the cache; a re-enabled one revives no ended token', async () => {
    const owners = new Set(['grumpy']);
    const { tokens, status } = await startTokenServer('Express', {
      ownerProvider: ownersOf(owners),
      cache: { lifetimeMs: 30 },
    });
    const { secret } = await tokens.issue(everything);
    const ended = await tokens.issue(everything);
    await tokens.revoke(ended.token.id);
    expect(await status(secret)).toBe(200);
    owners.clear();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await status(secret)).toBe(401);
    owners.add('grumpy');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await status(secret)).toBe(200);
    expect(await status(ended.secret)).toBe(401);
    expect(calls).toHaveLength(2);
  });

  it('A17 a token that is issued while its owner is deleted does not live', async () => {
    const owners = new Set(['grumpy']);
    const { tokens, status } = await startTokenServer('Express', {
      ownerProvider: ownersOf(owners),
      cache: { lifetimeMs: 20 },
    });
    const issuing = Array.from({ length: 20 }, () => tokens.issue(everything));
    owners.delete('grumpy');
    await tokens.revokeMany({ owners: ['grumpy'] });
    const late = await tokens.issue(everything);
    await new Promise((resolve) => setTimeout(resolve, 40));
    for (const { secret } of [...(await Promise.all(issuing)), late]) expect(await status(secret)).toBe(401);
    expect(calls).toEqual([]);
  });

  it('the owner stands on request.user', async () => {
    let user: unknown;
    const server = await startApplication('Express', {
      ...reviewServer({ ownerProvider: ownersOf(new Set(['doc'])) }),
      providers: [
        { provide: APP_GUARD, useExisting: ApiTokenPolicyGuard },
        {
          provide: APP_GUARD,
          useValue: {
            canActivate: (context: ExecutionContext) => {
              user = context.switchToHttp().getRequest<{ user?: unknown }>().user;
              return true;
            },
          },
        },
      ],
    });
    await server.send('GET', '/server-info', bearer(await issueSecret(server, 'full-access', 'doc')));
    expect(user).toEqual({ name: 'doc' });
  });
});
