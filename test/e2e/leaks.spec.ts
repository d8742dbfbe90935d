import { describe, expect, it } from '@jest/globals';
import {
  ApiTokenAuthenticator,
  ApiTokenOwnerProvider,
  ApiTokenService,
  VendorChecksumTokenGenerator,
} from 'nestjs-api-token';
import { bearer, PLATFORMS } from '../support/application.js';
import { blocked } from '../support/controllers.js';
import { DriverError, FaultyStore } from '../support/faults.js';
import { startRecorded } from '../support/recorded-server.js';
import { everything } from '../support/tokens.js';

const PEPPERS = { a: 'a-pepper-that-nobody-may-see', b: 'another-pepper-for-nobody' } as const;
const vendor = new VendorChecksumTokenGenerator({ prefix: 'rbp' });

const PAUSE_MS = 20;
const pause = () => new Promise((resolve) => setTimeout(resolve, PAUSE_MS));

describe.each(PLATFORMS)('what is said on %s', (platform) => {
  it('O01 O02 a whole run at every log level holds no secret, no digest, no pepper and no driver’s words', async () => {
    const store = new FaultyStore();
    const owners = { fail: false };
    class Owners extends ApiTokenOwnerProvider {
      override load(ownerId: string): unknown {
        if (owners.fail) throw new DriverError([ownerId]);
        return { ownerId };
      }
    }
    const repository = { useValue: store };
    const before = await startRecorded(platform, {
      repository,
      token: { prefix: 'acme', peppers: { current: 'a', keys: { a: PEPPERS.a } } },
    });
    const { recorder } = before;
    const note = recorder.note.bind(recorder);
    const hide = (secret: string) => recorder.hide(secret, PEPPERS);
    const old = await before.tokens.issue(everything);
    hide(old.secret);

    const { tokens, ask, app } = await startRecorded(platform, {
      repository,
      ownerProvider: Owners,
      token: {
        prefix: 'acme',
        peppers: { current: 'b', keys: PEPPERS },
        formats: { accepted: [vendor], deprecated: [vendor.id] },
        maxPerOwner: 6,
      },
      requests: { headers: ['x-api-key'] },
      errors: { explainDenials: true },
      timeouts: { lookupMs: 30 },
      lastUsed: { flushMs: 5 },
      cache: { lifetimeMs: 1 },
    });
    note(app.get(ApiTokenService), app.get(ApiTokenAuthenticator));

    // Right and wrong use.
    const used = await tokens.issue({ ...everything, note: 'canary', policy: blocked('project', '2') });
    hide(used.secret);
    note(used.token);
    expect(await ask('/careless', bearer(used.secret))).toBe(200);
    expect(await ask('/projects/2', bearer(used.secret))).toBe(403);
    expect(await ask('/projects/02', bearer(used.secret))).toBe(400);
    expect(await ask('/projects/1', [...bearer(used.secret), 'x-api-key', used.secret])).toBe(400);
    expect(await ask(`/projects/1?access_token=${used.secret}`, [])).toBe(401);
    expect(await ask('/projects/1', bearer(hide(`${used.secret.slice(0, -1)}!`)))).toBe(401);
    expect(await ask('/projects/1', bearer(hide(vendor.generate())))).toBe(401);
    expect(await ask('/careless/failure', bearer(used.secret))).toBe(500);
    note(await app.get(ApiTokenAuthenticator).authenticate(used.secret));

    // The life of a token.
    const rotated = await tokens.rotate(used.token.id);
    hide(rotated.secret);
    expect(await ask('/projects/1', bearer(used.secret))).toBe(401);
    note(await tokens.pause(used.token.id));
    expect(await ask('/projects/1', bearer(rotated.secret))).toBe(401);
    note(await tokens.resume(used.token.id), await tokens.update(used.token.id, { note: 'canary again' }));
    const imported = hide(vendor.generate());
    note(await tokens.import({ ...everything, secret: imported }), await tokens.list({ ownerId: 'grumpy' }));
    expect(await ask('/projects/1', ['X-API-Key', imported])).toBe(200);
    await recorder.noteError(tokens.import({ ...everything, secret: imported }));
    await recorder.noteError(tokens.import({ ...everything, secret: hide(`acme_${'0'.repeat(49)}`) }));
    await recorder.noteError(tokens.import({ ...everything, digest: hide('no digest but a secret') }));
    await recorder.noteError(tokens.issue({ ...everything, policy: { resources: {} } }));
    note(await tokens.revoke(used.token.id, { reason: 'leaked' }));
    expect(await ask('/projects/1', bearer(rotated.secret))).toBe(401);
    await recorder.noteError(tokens.rotate(used.token.id));

    // Everything fails that can fail.
    store.break('findByDigest');
    expect(await ask('/projects/1', bearer(old.secret))).toBe(503);
    store.heal('findByDigest');
    store.break('replaceDigest', 'recordUses');
    expect(await ask('/projects/1', bearer(old.secret))).toBe(200);
    await pause();
    owners.fail = true;
    expect(await ask('/projects/1', bearer(old.secret))).toBe(503);
    owners.fail = false;
    const said = recorder.said.join('\n');
    for (const heard of [
      'canary again',
      'DriverError',
      'ECONNREFUSED',
      used.token.id,
      'used-after-rotation',
    ]) {
      expect(said).toContain(heard);
    }
    expect(said).not.toMatch(/database-password|postgres:/);

    // The service hands the store's errors on, for the application to mend their cause.
    store.heal('replaceDigest', 'recordUses');
    store.break('insert', 'rotate');
    await recorder.noteError(tokens.rotate(old.token.id));
    await recorder.noteError(tokens.import({ ...everything, secret: hide(vendor.generate()) }));
    const inserted: string[] = [];
    store.insert = async (_token, digest) => {
      inserted.push(digest);
      throw new DriverError([digest]);
    };
    expect(await ask('/careless', bearer(old.secret), 'POST')).toBe(500);
    expect(recorder.leaks()).toEqual([]);
    expect(inserted).toHaveLength(1);
    expect(recorder.said.join('\n')).not.toContain(inserted[0]!.slice(2));
  });
});
