import { describe, expect, it } from '@jest/globals';
import { PLATFORMS, startApplication } from '../support/application.js';
import { calls, issueSecret, reviewServer } from '../support/review-server.js';
import { rawRequest, sendRaw } from '../support/send-raw.js';

const FULL = { resources: { project: { '*': { allow: ['*'] } } } } as const;

describe.each(PLATFORMS)('more headers than Node reads on %s', (platform) => {
  async function start() {
    const server = await startApplication(platform, reviewServer({ requests: { headers: ['x-api-key'] } }));
    const [one, other] = [await issueSecret(server, FULL), await issueSecret(server, FULL)];
    const status = async (...headers: string[]) =>
      Number((await sendRaw(server.port, rawRequest('GET /projects HTTP/1.1', headers))).slice(9, 12));
    return { one, other, status };
  }
  const filling = (length: number): string[] => Array.from({ length }, () => 'A: b');

  it.each([900, 995, 998, 1_000, 1_020, 1_100, 1_990, 2_000, 2_010])(
    'T06 a second credential behind %i headers is never overlooked',
    async (length) => {
      const { one, other, status } = await start();
      const bearer = `Authorization: Bearer ${other}`;
      expect(await status(`Authorization: Bearer ${one}`, ...filling(length), bearer)).toBe(400);
      expect(await status(`X-API-Key: ${one}`, ...filling(length), bearer)).toBe(400);
      expect(await status(`Authorization: Bearer ${one}`, ...filling(length), `X-API-Key: ${other}`)).toBe(
        400,
      );
      expect(calls).toEqual([]);
    },
  );

  it('many headers do no harm', async () => {
    const { one, status } = await start();
    expect(await status(...filling(900), `Authorization: Bearer ${one}`)).toBe(200);
    expect(calls).toEqual(['project.list']);
  });
});
