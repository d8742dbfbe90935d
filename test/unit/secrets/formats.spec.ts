import { describe, expect, it } from '@jest/globals';
import {
  type ApiTokenFormat,
  type ApiTokenGenerator,
  DefaultTokenGenerator,
  LegacySha1TokenFormat,
  type ApiTokenFormats,
  VendorChecksumTokenGenerator,
} from 'nestjs-api-token';
import { newServices } from '../../support/services.js';
import { everything } from '../../support/tokens.js';

const own = new DefaultTokenGenerator({ prefix: 'acme' });
const vendor = new VendorChecksumTokenGenerator({ prefix: 'rbp' });
const sha1 = new LegacySha1TokenFormat();

describe.each<[string, ApiTokenGenerator, string]>([
  ['default', own, 'acme_'],
  ['vendor_checksum', vendor, 'rbp_'],
])('the format %s', (id, generator, start) => {
  const secret = generator.generate();
  const body = secret.slice(start.length);

  it('knows its own secrets', () => {
    expect(generator.id).toBe(id);
    expect(secret.startsWith(start)).toBe(true);
    expect(generator.generate()).not.toBe(secret);
    for (const ask of ['claims', 'hasShape', 'hasValidChecksum', 'validate'] as const) {
      expect(generator[ask](secret)).toBe(true);
    }
  });

  it.each<[string, string, boolean]>([
    ['is too short', secret.slice(0, -1), true],
    ['is too long', `${secret}0`, true],
    ['has another prefix of the same length', `${'x'.repeat(start.length)}${body}`, false],
    ['has its prefix in capitals', start.toUpperCase() + body, false],
    ['has its prefix later', `x${secret.slice(0, -1)}`, false],
    ['has a character that is no digit', `${start}-${body.slice(1)}`, true],
    ['ends with a character that is no digit', `${secret.slice(0, -1)}\n`, true],
    ['is its prefix alone', start, true],
    ['is empty', '', false],
  ])('finds the shape of one wrong that %s', (_, wrong, isClaimed) => {
    expect(generator.hasShape(wrong)).toBe(false);
    expect(generator.validate(wrong)).toBe(false);
    expect(generator.claims(wrong)).toBe(isClaimed);
  });

  it('finds the shape of one wrong that has what is no digit anywhere', () => {
    // The neighbors of the digits and letters in ASCII, and what shares its low bits with one of them.
    for (const strange of '/:@[`{-_ \0\u0130\u0430\u4130') {
      for (let index = start.length; index < secret.length; index += 1) {
        const wrong = secret.slice(0, index) + strange + secret.slice(index + 1);
        expect([wrong, generator.hasShape(wrong)]).toEqual([wrong, false]);
      }
    }
  });

  it('finds the checksum of one wrong that is damaged anywhere', () => {
    for (let index = start.length; index < secret.length; index += 1) {
      const damaged = secret.slice(0, index) + (secret[index] === 'x' ? 'y' : 'x') + secret.slice(index + 1);
      expect(generator.hasShape(damaged)).toBe(true);
      expect(generator.hasValidChecksum(damaged)).toBe(false);
      expect(generator.validate(damaged)).toBe(false);
    }
  });
});

describe('the format legacy_sha1', () => {
  const digits = 'a9993e364706816aba3e25717850c26c9cd0d89d';

  it.each([
    [digits, true],
    [digits.slice(1), false],
    [`${digits}0`, false],
    [`x${digits}`, false],
    [digits.toUpperCase(), false],
    [`${digits.slice(1)}g`, false],
    ['', false],
  ])('knows %j: %s', (credential, isOne) => {
    expect(sha1.id).toBe('legacy_sha1');
    expect(sha1.claims(credential)).toBe(isOne);
    expect(sha1.hasShape(credential)).toBe(isOne);
    expect(sha1.hasValidChecksum()).toBe(true);
  });
});

describe('the formats of an application', () => {
  const old = 'a9993e364706816aba3e25717850c26c9cd0d89d';

  function start(formats: ApiTokenFormats, acceptedPrefixes: string[] = []) {
    return newServices({ token: { prefix: 'acme', formats, acceptedPrefixes } });
  }

  it('are those it names, and those that should go are told', async () => {
    const { tokens, authenticator } = await start({ accepted: [vendor, sha1], deprecated: ['legacy_sha1'] });
    const secret = vendor.generate();
    await tokens.import({ ...everything, secret });
    await tokens.import({ ...everything, secret: old });
    const { secret: issued } = await tokens.issue(everything);
    expect(await authenticator.authenticate(secret)).toMatchObject({ ok: true, isDeprecated: false });
    expect(await authenticator.authenticate(old)).toMatchObject({ ok: true, isDeprecated: true });
    expect(await authenticator.authenticate(issued)).toMatchObject({ ok: true, isDeprecated: false });
  });

  it('are no others', async () => {
    const { tokens, authenticate } = await start({}, ['other']);
    const other = new DefaultTokenGenerator({ prefix: 'other' }).generate();
    await tokens.import({ ...everything, secret: other });
    expect(await authenticate(other)).toBe('ok');
    for (const secret of [old, vendor.generate()]) {
      expect(await authenticate(secret)).toBe('malformed');
      await expect(tokens.import({ ...everything, secret })).rejects.toMatchObject({
        code: 'INVALID_SECRET',
      });
    }
    const damaged = other.slice(0, -1) + (other.endsWith('0') ? '1' : '0');
    await expect(tokens.import({ ...everything, secret: damaged })).rejects.toMatchObject({
      code: 'INVALID_SECRET',
    });
  });

  it('can be one of its own, which issues', async () => {
    const { tokens, authenticate } = await start({ issued: vendor });
    const { secret } = await tokens.issue(everything);
    expect(vendor.validate(secret)).toBe(true);
    expect(await authenticate(secret)).toBe('ok');
  });

  it.each<[string, Partial<ApiTokenGenerator>]>([
    ['makes no text', { generate: () => 7 as never }],
    ['makes nothing', { generate: () => undefined as never }],
    ['makes what has not its shape', { generate: () => `${vendor.generate()}0` }],
    [
      'makes what has not its checksum',
      { generate: () => vendor.generate().replace(/.$/, (last) => (last === '0' ? '1' : '0')) },
    ],
    ['says of its shape what is no boolean', { hasShape: () => 'yes' as never }],
    ['says of its checksum what is no boolean', { hasValidChecksum: () => 1 as never }],
    [
      'throws',
      {
        generate: () => {
          throw new TypeError('password');
        },
      },
    ],
  ])('issue nothing where one %s', async (_, change) => {
    const broken: ApiTokenGenerator = {
      id: 'broken',
      claims: (credential) => vendor.claims(credential),
      hasShape: (credential) => vendor.hasShape(credential),
      hasValidChecksum: (credential) => vendor.hasValidChecksum(credential),
      validate: (credential) => vendor.validate(credential),
      generate: () => vendor.generate(),
      ...change,
    };
    const { tokens, events } = await start({ issued: broken });
    const error: unknown = await tokens.issue(everything).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'Unavailable', message: 'The token-format failed' });
    expect((error as Error).cause).toBeInstanceOf(Error);
    expect(events).toMatchObject([{ type: 'faulted', component: 'token-format' }]);
  });

  it.each<[keyof ApiTokenFormat, unknown, string]>([
    ['hasShape', 'yes', 'unavailable'],
    ['hasShape', undefined, 'unavailable'],
    ['hasValidChecksum', 1, 'unavailable'],
    ['hasShape', false, 'malformed'],
    ['hasValidChecksum', false, 'malformed'],
    ['hasValidChecksum', true, 'unknown'],
  ])('reject a secret where %s of one answers %j: %s', async (question, answer, reason) => {
    const odd: ApiTokenFormat = {
      id: 'odd',
      claims: () => true,
      hasShape: () => true,
      hasValidChecksum: () => true,
      [question]: () => answer,
    };
    const { authenticate } = await start({ accepted: [odd] });
    expect(await authenticate('whatever')).toBe(reason);
  });
});
