import { describe, expect, it } from '@jest/globals';
import { bearer, startApplication } from '../support/application.js';
import { BLOCKED_42, repositoryPolicy } from '../support/authorized-requests.js';
import { issueSecret, reviewServer } from '../support/review-server.js';

describe('denials', () => {
  it('O03 a denial tells nothing of the item', async () => {
    const server = await startApplication('Express', reviewServer());
    const secret = await issueSecret(
      server,
      repositoryPolicy({ '1': { block: ['*'] }, '999': { block: ['*'] } }),
    );
    const [existing, absent] = await Promise.all(
      ['/projects/1', '/projects/999'].map((path) => server.send('GET', path, bearer(secret))),
    );
    expect(existing!.text).toBe(absent!.text);
    expect(existing!.body['message']).toBe('The policy of this API token does not allow GET on this project');
  });

  it('explainDenials names the rule that decided', async () => {
    const server = await startApplication('Express', reviewServer({ errors: { explainDenials: true } }));
    const reply = await server.send('GET', '/projects/42', bearer(await issueSecret(server, BLOCKED_42)));
    expect(reply.body).toMatchObject({ rule: '/resources/project/42/block/0' });
    const head = await server.send(
      'TRACE',
      '/server-info/anything',
      bearer(await issueSecret(server, 'full-access')),
    );
    expect(head.body).toMatchObject({ rule: null });
  });
});
