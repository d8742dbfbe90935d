import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { SecretFormats } from '../../../lib/secrets/secret-formats.js';
import {
  ApiTokenEvents,
  type ApiTokenGenerator,
  type ApiTokenModuleOptions,
  DefaultTokenGenerator,
  InMemoryApiTokenStore,
  LegacySha1TokenFormat,
  VendorChecksumTokenGenerator,
} from 'nestjs-api-token';
import { newServices } from '../../support/services.js';
import { everything } from '../../support/tokens.js';

type TokenOptions = ApiTokenModuleOptions['token'];

/** A format of an application's own, that makes the secrets that it is told. */
class OwnFormat implements ApiTokenGenerator {
  readonly id = 'own';

  constructor(private readonly secret: string) {}

  generate() {
    return this.secret;
  }
  validate(secret: string) {
    return secret === this.secret;
  }
  claims(credential: string) {
    return credential === this.secret;
  }
  hasShape(credential: string) {
    return credential === this.secret;
  }
  hasValidChecksum() {
    return true;
  }
}

/** The hint of a new token, its secret, and what a second look finds. */
async function issued(token: TokenOptions) {
  const { tokens } = newServices({ token });
  const { token: made, secret } = await tokens.issue(everything);
  expect((await tokens.find(made.id))?.hint).toBe(made.hint);
  return { hint: made.hint, secret };
}

/** The hint of a secret that another system has issued. */
async function imported(secret: string, token: TokenOptions) {
  const { tokens } = newServices({ token });
  return (await tokens.import({ ...everything, secret })).hint;
}

describe('the hint of a token', () => {
  it.each(['a', 'ab', 'acme', 'acme_ci', 'a0123456789', 'abcdefghijklm', 'abcdefghijklmn'])(
    'is the prefix %s and four characters more',
    async (prefix) => {
      const { hint, secret } = await issued({ prefix });
      expect(hint).toBe(secret.slice(0, prefix.length + 1 + 4));
      expect(hint).toMatch(new RegExp(`^${prefix}_[0-9A-Za-z]{4}$`));
    },
  );

  it('is that of the prefix with which its secret was made, also of an older one', async () => {
    const secret = new DefaultTokenGenerator({ prefix: 'old' }).generate();
    expect(await imported(secret, { prefix: 'acme', acceptedPrefixes: ['old'] })).toBe(secret.slice(0, 8));
  });

  it('tells no more of a secret whose prefix begins like another', async () => {
    const secret = new DefaultTokenGenerator({ prefix: 'acme_ci' }).generate();
    const hint = await imported(secret, { prefix: 'acme', acceptedPrefixes: ['acme_ci'] });
    expect(secret.startsWith(hint!)).toBe(true);
    expect(hint!.length).toBeLessThanOrEqual('acme_ci_'.length + 4);
  });

  it('is rbp_ and four characters more of a secret of Review Board', async () => {
    const reviewBoard = new VendorChecksumTokenGenerator({ prefix: 'rbp' });
    const secret = reviewBoard.generate();
    const hint = await imported(secret, { prefix: 'acme', formats: { accepted: [reviewBoard] } });
    expect(hint).toBe(secret.slice(0, 8));
    expect(hint).toMatch(/^rbp_[0-9A-Za-z]{4}$/);
  });

  it('is the first four digits of a secret of the old Review Board, which has no prefix', async () => {
    const secret = randomBytes(20).toString('hex');
    const formats = { accepted: [new LegacySha1TokenFormat()] };
    expect(await imported(secret, { prefix: 'acme', formats })).toBe(secret.slice(0, 4));
  });

  it.each([
    ['its prefix and four characters', 'tok_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789ABCD', 'tok_AbCd'],
    ['a quarter where its body has underscores', 'tok_a_b_c_d_e_f_g_h_i_j', 'tok_a'],
    ['a quarter where its body begins with one', 'abcdefghijklm_AAAAAAAAAAAAAAAAAAAAAA', 'abcdefghi'],
    ['its first characters where it has no prefix', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'ABCD'],
    ['one character of four', 'abcd', 'a'],
    ['nothing of three', 'abc', ''],
    ['a quarter of what stands behind the prefix of the application', 'acme_12345678', 'acme_12'],
    ['nothing but the prefix of the application, where three characters follow', 'acme_123', 'acme_'],
  ])('of a format of the application’s own is %s', async (_, secret, hint) => {
    const token = { prefix: 'acme', formats: { issued: new OwnFormat(secret) } };
    expect((await issued(token)).hint).toBe(hint);
    expect(await imported(secret, token)).toBe(hint);
  });

  it('never tells more than a quarter of what is random, whatever the format', () => {
    const formats = new SecretFormats(
      { prefix: 'acme', acceptedPrefixes: ['old'], formats: {} },
      new ApiTokenEvents(),
    );
    const alphabet = 'ab_0AZ-';
    for (let length = 0; length <= 60; length += 1) {
      for (const prefix of ['', 'acme_', 'old_']) {
        for (let attempt = 0; attempt < 20; attempt += 1) {
          const body = [...randomBytes(length)].map((byte) => alphabet[byte % alphabet.length]).join('');
          const hint = formats.hintOf(prefix + body);
          expect((prefix + body).startsWith(hint)).toBe(true);
          expect(hint.length - prefix.length).toBeLessThanOrEqual(length / 4);
        }
      }
    }
  });

  it('leaves 39 digits of base 62 and more to guess', async () => {
    for (const prefix of ['a', 'abcdefghijklmn']) {
      const { hint, secret } = await issued({ prefix });
      // Six digits more are a checksum.
      expect(secret.length - 6 - hint!.length).toBeGreaterThanOrEqual(39);
    }
  });

  it('is not known of a token that was imported by its digest', async () => {
    const { tokens } = newServices();
    const token = await tokens.import({ ...everything, digest: `sha256:${'a'.repeat(43)}` });
    expect(token.hint).toBeNull();
    expect((await tokens.find(token.id))?.hint).toBeNull();
  });

  it('is that of the new secret after a rotation', async () => {
    const { tokens, authenticator } = newServices();
    const { token, secret: old } = await tokens.issue(everything);
    const rotated = await tokens.rotate(token.id, { graceMs: 60_000 });
    expect(rotated.token.hint).toBe(rotated.secret.slice(0, 9));
    expect(rotated.token.hint).not.toBe(token.hint);
    expect((await tokens.find(token.id))?.hint).toBe(rotated.token.hint);
    // Whoever still uses the old secret is shown the new one's too: there is one token.
    expect(await authenticator.authenticate(old)).toMatchObject({ token: { hint: rotated.token.hint } });
  });

  it('is there from then on, where a token that was imported by its digest is rotated', async () => {
    const { tokens } = newServices();
    const { id } = await tokens.import({ ...everything, digest: `sha256:${'a'.repeat(43)}` });
    const { token, secret } = await tokens.rotate(id);
    expect(token.hint).toBe(secret.slice(0, 9));
  });

  it('is null of a repository that keeps none', async () => {
    class WithoutHints extends InMemoryApiTokenStore {
      override findByDigest(digests: readonly string[]) {
        const record = super.findByDigest(digests);
        if (record === null) return null;
        const { hint: _, ...rest } = record;
        return rest;
      }
    }
    const { tokens, authenticator } = newServices({ store: new WithoutHints() });
    const { secret } = await tokens.issue(everything);
    expect(await authenticator.authenticate(secret)).toMatchObject({ ok: true, token: { hint: null } });
  });
});
