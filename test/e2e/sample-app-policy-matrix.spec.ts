import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, jest } from '@jest/globals';
import { ApiTokenService } from 'nestjs-api-token';
import { actingAs, expectPoliciesToHold } from 'nestjs-api-token/testing';
import { createApplication } from '../../sample-app/src/create-application.js';
import { DEMONSTRATION_TOKENS } from '../../sample-app/src/demonstration/demonstration-tokens.js';
import { PeopleService } from '../../sample-app/src/people/people.service.js';
import { PLATFORMS, readSettings } from '../../sample-app/src/settings.js';

jest.setTimeout(60_000);

it.each(PLATFORMS)('every route of the sample app is what policies say of it, on %s', async (platform) => {
  const directory = await mkdtemp(join(tmpdir(), 'sample-app-'));
  const settings = readSettings({ PLATFORM: platform, DATABASE_FILE: join(directory, 'review.sqlite') });
  const app = await createApplication(settings, { logger: false });
  try {
    await app.init();
    const grumpy = await app.get(PeopleService).findByName('grumpy');
    const ownerId = String(grumpy?.id);
    const reader = await actingAs(app, { ownerId, policy: 'full-access' });
    const before = await reader.get('/repositories');
    const { unguarded } = await expectPoliciesToHold(app, {
      ownerId,
      policies: Object.fromEntries(DEMONSTRATION_TOKENS.map(({ label, policy }) => [label, policy])),
    });
    expect(unguarded).toEqual([]);
    expect(await reader.get('/repositories')).toMatchObject({ status: 200, body: before.body });
    const tokens = await app.get(ApiTokenService).list({ ownerId });
    expect(tokens.map(({ id }) => id)).toContain(reader.token.id);
  } finally {
    await app.close();
    await rm(directory, { recursive: true });
  }
});
