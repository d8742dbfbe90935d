import { describe, expect, it } from '@jest/globals';
import { bearer, startApplication } from '../support/application.js';
import { reviewServer } from '../support/review-server.js';

describe('routes that are skipped', () => {
  it('@SkipApiTokenPolicy reads no credential', async () => {
    const server = await startApplication('Express', reviewServer());
    expect((await server.send('GET', '/server-info/health', bearer('acme_broken'))).status).toBe(200);
  });

  it("W07 another library's public routes are mapped by skipIf, and only by true", async () => {
    const skipping = await startApplication('Express', reviewServer({ requests: { skipIf: () => true } }));
    expect((await skipping.send('GET', '/projects')).status).toBe(200);
    const truthy = await startApplication(
      'Express',
      reviewServer({ requests: { skipIf: () => 'yes' as unknown as boolean } }),
    );
    expect((await truthy.send('GET', '/projects')).status).toBe(401);
  });
});
