import { afterEach, describe, expect, it } from '@jest/globals';
import { Logger, type LoggerService } from '@nestjs/common';
import { type ApiTokenRecord, ApiTokenService, InMemoryApiTokenStore } from 'nestjs-api-token';
import { bearer, type Platform, PLATFORMS, startApplication } from '../support/application.js';
import { reviewServer } from '../support/review-server.js';
import { startTokenServer } from '../support/token-server.js';
import { everything } from '../support/tokens.js';

/** Ends a line, clears the screen in seven and in eight bits, turns the text round, ends a line of JavaScript. */
const HOSTILE = '<script>\r\n[Nest] 1 - LOG all is well\u001b[2J\u009b2J\u007f\u202e\u2066\u2028\u2029\ufeff';

class HostileStore extends InMemoryApiTokenStore {
  change: (record: ApiTokenRecord) => ApiTokenRecord = (record) => record;

  override findByDigest(digests: readonly string[]): ApiTokenRecord | null {
    const record = super.findByDigest(digests);
    return record && this.change(record);
  }
}

afterEach(() => Logger.overrideLogger(false));

/** The lines that are logged of a request whose token the store has changed. */
async function linesOf(platform: Platform, change: HostileStore['change']): Promise<string[]> {
  const lines: string[] = [];
  const write = (message: unknown): void => void lines.push(String(message));
  const logger: LoggerService = { log: () => undefined, warn: write, error: write };
  const store = new HostileStore();
  const server = await startApplication(platform, reviewServer({ repository: { useValue: store } }), (app) =>
    app.useLogger(logger),
  );
  const { secret } = await server.app.get(ApiTokenService).issue(everything);
  store.change = change;
  lines.length = 0;
  await server.send('GET', '/projects', bearer(secret));
  return lines;
}

describe.each(PLATFORMS)('hostile text on %s', (platform) => {
  it('A13 a note is kept as it is, up to 1,000 characters', async () => {
    const { tokens } = await startTokenServer(platform);
    for (const note of [HOSTILE, '\u{1f600}'.repeat(500), '']) {
      const { token } = await tokens.issue({ ...everything, note });
      expect((await tokens.find(token.id))?.note).toBe(note);
    }
    for (const note of ['n'.repeat(1_001), 'n'.repeat(1_000_000), 'a\0b', '\ud800', 7, null]) {
      const wrong = { note: note as string };
      await expect(tokens.issue({ ...everything, ...wrong })).rejects.toMatchObject({ code: 'INVALID_NOTE' });
    }
  });

  it.each<[string, HostileStore['change']]>([
    [
      'a policy of bad shape',
      (record) => ({ ...record, policy: JSON.stringify({ resources: { [HOSTILE]: { allow: 'GET' } } }) }),
    ],
    ['a policy that is no JSON', (record) => ({ ...record, policy: HOSTILE })],
    [
      'a policy of unknown resources',
      (record) => ({
        ...record,
        policy: JSON.stringify({ resources: { [HOSTILE]: { '*': { allow: ['GET'] } } } }),
      }),
    ],
    ['the ID of a token', (record) => ({ ...record, id: HOSTILE, policy: '[]' })],
    [
      'the name and the code of an error',
      () => {
        throw Object.assign(new Error(HOSTILE), { name: HOSTILE, code: HOSTILE });
      },
    ],
  ])('A13 stays on its line of the log, and commands no terminal: %s', async (_, change) => {
    const lines = await linesOf(platform, change);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('script');
    expect(lines[0]).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  });
});
