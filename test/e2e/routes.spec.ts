import { describe, expect, it } from '@jest/globals';
import { bearer, PLATFORMS, startApplication } from '../support/application.js';
import { BLOCKED_42, repositoryPolicy } from '../support/judged-requests.js';
import { issueSecret, reviewServer } from '../support/review-server.js';

describe.each(PLATFORMS)('routes on %s', (platform) => {
  it('O03 a denial tells nothing of the item', async () => {
    const server = await startApplication(platform, reviewServer());
    const secret = await issueSecret(
      server,
      repositoryPolicy({ '1': { block: ['*'] }, '999': { block: ['*'] } }),
    );
    const [existing, absent] = await Promise.all(
      ['/repositories/1', '/repositories/999'].map((path) => server.send('GET', path, bearer(secret))),
    );
    expect(existing!.text).toBe(absent!.text);
    expect(existing!.body['message']).toBe(
      'The policy of this API token does not allow GET on this repository',
    );
  });

  it('explainDenials names the rule that decided', async () => {
    const server = await startApplication(platform, reviewServer({ explainDenials: true }));
    const reply = await server.send('GET', '/repositories/42', bearer(await issueSecret(server, BLOCKED_42)));
    expect(reply.body).toMatchObject({ rule: '/resources/repository/42/block/0' });
    const head = await server.send(
      'TRACE',
      '/server-info/anything',
      bearer(await issueSecret(server, 'full-access')),
    );
    expect(head.body).toMatchObject({ rule: null });
  });

  it('@SkipApiTokenPolicy reads no credential', async () => {
    const server = await startApplication(platform, reviewServer());
    expect((await server.send('GET', '/server-info/health', bearer('acme_broken'))).status).toBe(200);
  });

  it("W07 another library's public routes are mapped by skipIf, and only by true", async () => {
    const skipping = await startApplication(platform, reviewServer({ skipIf: () => true }));
    expect((await skipping.send('GET', '/repositories')).status).toBe(200);
    const truthy = await startApplication(
      platform,
      reviewServer({ skipIf: () => 'yes' as unknown as boolean }),
    );
    expect((await truthy.send('GET', '/repositories')).status).toBe(401);
  });

  it('W17 requests do not mix their tokens up', async () => {
    const server = await startApplication(platform, reviewServer());
    const open = await issueSecret(server, 'full-access');
    const closed = await issueSecret(server, BLOCKED_42);
    const statuses = await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const secret = index % 2 === 0 ? open : closed;
        return (await server.send('GET', '/repositories/42', bearer(secret))).status;
      }),
    );
    expect(statuses.every((status, index) => status === (index % 2 === 0 ? 200 : 403))).toBe(true);
  });
});
