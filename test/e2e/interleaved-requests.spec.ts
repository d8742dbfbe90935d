import { Controller, Get, Param, Req } from '@nestjs/common';
import { describe, expect, it, jest } from '@jest/globals';
import {
  type ApiToken,
  ApiTokenOwnerProvider,
  type ApiTokenRecord,
  ApiTokenService,
  CurrentApiToken,
  InMemoryApiTokenStore,
} from 'nestjs-api-token';
import { bearer, startApplication } from '../support/application.js';
import { blocked, withControllers } from '../support/controllers.js';

// Many requests, and the machine may be busy.
jest.setTimeout(60_000);

/** Waits for up to 20 ms, so that the requests overtake one another. */
async function later<T>(value: T): Promise<T> {
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
  return value;
}

class SlowStore extends InMemoryApiTokenStore {
  override findByDigest(digests: readonly string[]): ApiTokenRecord | null {
    return later(super.findByDigest(digests)) as unknown as ApiTokenRecord | null;
  }
}

class SlowOwners extends ApiTokenOwnerProvider {
  override load(ownerId: string): unknown {
    return later({ name: ownerId });
  }
}

@Controller('cats')
class CatController {
  @Get(':id')
  async find(
    @Param('id') id: string,
    @Req() request: { user: { name: string } },
    @CurrentApiToken() token: ApiToken,
  ) {
    return later({ id, tokenId: token.id, owner: request.user.name });
  }
}

/** What is kept knows of no platform, nor does what is not. */
const CASES = [
  ['Express', 'each looked up', false],
  ['Fastify', 'kept', { lifetimeMs: 30 }],
] as const;

describe('interleaved requests', () => {
  it.each(CASES)(
    'W17 1,000 of them on %s with three tokens do not mix tokens, owners or decisions up: %s',
    async (platform, _, cache) => {
      const { app, send } = await startApplication(
        platform,
        withControllers([CatController], {
          repository: SlowStore,
          ownerProvider: SlowOwners,
          cache,
          lastUsed: false,
        }),
      );
      const tokens = app.get(ApiTokenService);
      const issued = await Promise.all([
        tokens.issue({ ownerId: 'grumpy', policy: 'full-access' }),
        tokens.issue({ ownerId: 'doc', policy: blocked('cat', '1') }),
        tokens.issue({ ownerId: 'happy', policy: blocked('cat', '2') }),
      ]);
      const replies = await Promise.all(
        Array.from({ length: 1_000 }, async (__, index) => {
          const { token, secret } = issued[index % 3]!;
          const id = String(1 + (index % 2));
          const isBlocked = (index % 3 === 1 && id === '1') || (index % 3 === 2 && id === '2');
          const { status, body } = await send('GET', `/cats/${id}`, bearer(secret));
          const expected = isBlocked
            ? { status: 403, id: undefined, tokenId: undefined, owner: undefined }
            : { status: 200, id, tokenId: token.id, owner: token.ownerId };
          const got = { status, id: body['id'], tokenId: body['tokenId'], owner: body['owner'] };
          return { expected, got };
        }),
      );
      expect(replies.map(({ got }) => got)).toEqual(replies.map(({ expected }) => expected));
    },
  );
});
