import { Controller, Get, Param, ParseIntPipe } from '@nestjs/common';
import { describe, expect, it, jest } from '@jest/globals';
import * as fc from 'fast-check';
import {
  type ApiToken,
  CurrentApiToken,
  PolicyEvaluator,
  PolicyId,
  type TokenPolicy,
} from 'nestjs-api-token';
import { bearer, type RunningApplication, startApplication } from '../support/application.js';
import { blocked, withControllers } from '../support/controllers.js';
import { sections } from '../support/policy-arbitraries.js';
import { issueSecret } from '../support/review-server.js';
import { eventuallyHolds } from '../support/random-cases.js';

// Many requests, and the machine may be busy.
jest.setTimeout(60_000);

const CATS = [1, 2, 3, 4, 5].map((id) => ({ id, name: `cat ${id}` }));
let listings = 0;

/** As the README says how to write a list. */
@PolicyId('cat')
@Controller('cats')
class CatController {
  constructor(private readonly evaluator: PolicyEvaluator) {}

  @Get()
  list(@CurrentApiToken() token: ApiToken) {
    listings += 1;
    const filter = this.evaluator.compiled(token).filter('cat', 'GET');
    const cats = CATS.filter(({ id }) => {
      if (filter.mode === 'all' || filter.mode === 'none') return filter.mode === 'all';
      return filter.ids.has(String(id)) === (filter.mode === 'only');
    });
    return { total: cats.length, cats };
  }

  /** The same list, under a name of its own. */
  @PolicyId('search')
  @Get('search')
  search(@CurrentApiToken() token: ApiToken) {
    return this.list(token);
  }

  @Get('items/:id')
  find(@Param('id', ParseIntPipe) id: number) {
    return CATS[id - 1];
  }
}

const sectionsOfCats = fc.dictionary(fc.constantFrom('*', '1', '2', '3', '9'), sections, { minKeys: 1 });
const policies = fc.record({ cat: sectionsOfCats, '*': sections }, { requiredKeys: ['cat'] });

interface Listed {
  readonly total?: number;
  readonly cats?: readonly { readonly id: number }[];
}

async function start() {
  listings = 0;
  return startApplication('Express', withControllers([CatController]));
}

async function readable({ send }: RunningApplication, headers: readonly string[]): Promise<number[]> {
  const replies = await Promise.all(CATS.map(({ id }) => send('GET', `/cats/items/${id}`, headers)));
  return CATS.filter((_, index) => replies[index]!.status === 200).map(({ id }) => id);
}

describe('lists', () => {
  it('L01 a list holds what the items say one by one, for random policies', async () => {
    const server = await start();
    let compared = 0;
    await eventuallyHolds(
      fc.asyncProperty(policies, async (resources) => {
        const headers = bearer(await issueSecret(server, { resources } as TokenPolicy));
        const { status, body } = await server.send('GET', '/cats/search', headers);
        if (status === 403) return;
        const { total, cats } = body as Listed;
        const ids = await readable(server, headers);
        expect({ total, ids: cats?.map(({ id }) => id) }).toEqual({ total: ids.length, ids });
        compared += 1;
      }),
    );
    expect(compared).toBeGreaterThan(20);
  }, 600_000);

  it('L02 a blocked collection denies its list; a list of another name shows what is allowed of it', async () => {
    const server = await start();
    const allow = { allow: ['GET' as const] };
    const policy = {
      resources: { cat: { '*': { block: ['*' as const] }, '1': allow, '3': allow, '9': allow } },
    };
    const headers = bearer(await issueSecret(server, policy));
    for (const method of ['GET', 'HEAD'])
      expect((await server.send(method, '/cats', headers)).status).toBe(403);
    expect(listings).toBe(0);
    expect((await server.send('GET', '/cats/search', headers)).body).toEqual({
      total: 2,
      cats: [CATS[0], CATS[2]],
    });
    expect(await readable(server, headers)).toEqual([1, 3]);
  });

  it('L06 HEAD tells the length and the mark of what GET shows, and no more', async () => {
    const server = await start();
    const headers = bearer(await issueSecret(server, blocked('cat', '2')));
    const all = await server.send('GET', '/cats', bearer(await issueSecret(server, 'full-access')));
    const get = await server.send('GET', '/cats', headers);
    const head = await server.send('HEAD', '/cats', headers);
    expect([head.status, head.text]).toEqual([200, '']);
    for (const name of ['content-length', 'etag']) expect(head.headers[name]).toBe(get.headers[name]);
    expect(head.headers['content-length']).toBe(String(get.text.length));
    expect(head.headers['content-length']).not.toBe(all.headers['content-length']);
  });
});
