import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import '../support/fast-passwords.js';
import { PLATFORMS } from '../../sample-app/src/settings.js';
import { GRUMPY, type SampleDatabase, sqliteDatabase, startSampleApp } from '../support/sample-app.js';
import { rawRequest, sendRaw } from '../support/send-raw.js';

const JSON_BODY = '{"policy":"full-access"}';
const FORM_BODY = 'policy=full-access&note=mine';
const FORM = 'application/x-www-form-urlencoded';
const JSON_TYPE = 'application/json';

describe.each(PLATFORMS)(
  'RX08 requests that a browser sends with a password it remembers, on %s',
  (platform) => {
    let database: SampleDatabase;
    let server: Awaited<ReturnType<typeof startSampleApp>>;

    beforeAll(async () => {
      database = await sqliteDatabase();
      server = await startSampleApp(platform, database);
    });

    afterAll(async () => {
      await server.app.close();
      await database.drop();
    });

    /** The status of a request as the browser of a person sends it who is logged in. */
    async function statusOf(
      requestLine: string,
      headers: readonly string[] = [],
      body = '',
    ): Promise<number> {
      const { port } = new URL(server.url);
      const sent = [`Authorization: ${GRUMPY}`, `Content-Length: ${Buffer.byteLength(body)}`, ...headers];
      const answer = await sendRaw(Number(port), rawRequest(`${requestLine} HTTP/1.1`, sent, body));
      return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);
    }

    async function countTokens(): Promise<number> {
      const { body } = await server.ask('GET', '/tokens?limit=100', GRUMPY);
      return body.items!.length;
    }

    it.each([
      [FORM, FORM_BODY],
      [`${FORM};charset=utf-8`, FORM_BODY],
      [FORM.toUpperCase(), FORM_BODY],
      [`${FORM}; x=${JSON_TYPE}`, FORM_BODY],
      ['text/plain', JSON_BODY],
      [`text/plain; ${JSON_TYPE}`, JSON_BODY],
      [`text/plain;charset=UTF-8`, JSON_BODY],
      [`${JSON_TYPE}x`, JSON_BODY],
      [
        'multipart/form-data; boundary=x',
        '--x\r\nContent-Disposition: form-data; name="policy"\r\n\r\nfull-access\r\n--x--\r\n',
      ],
    ])('issues no token for a body of %s', async (type, body) => {
      const before = await countTokens();
      for (const site of [[], ['Sec-Fetch-Site: same-origin']]) {
        const status = await statusOf('POST /tokens', [`Content-Type: ${type}`, ...site], body);
        expect(status).toBe(415);
      }
      expect(await countTokens()).toBe(before);
    });

    it('issues no token for a body without a type', async () => {
      const before = await countTokens();
      for (const body of [FORM_BODY, JSON_BODY, '']) {
        expect([400, 415]).toContain(await statusOf('POST /tokens', [], body));
      }
      expect(await countTokens()).toBe(before);
    });

    it.each([
      ['Sec-Fetch-Site: cross-site'],
      ['Sec-Fetch-Site: same-site'],
      ['Sec-Fetch-Site: something-new'],
      ['Sec-Fetch-Site: '],
      ['Origin: https://evil.example'],
      ['Origin: null'],
      ['Origin: '],
      ['Origin: http://127.0.0.1:1'],
      ['Origin: http://127.0.0.1.evil.example'],
      ['Origin: http://evil.example/127.0.0.1'],
      ['Origin: http://127.0.0.1@evil.example'],
    ])('changes nothing for a page with %s', async (header) => {
      const { body: issued } = await server.ask('POST', '/tokens', GRUMPY, { policy: 'full-access' });
      const { id } = issued['token'] as { readonly id: string };
      const json = [`Content-Type: ${JSON_TYPE}`, header];
      const before = await countTokens();
      expect(await statusOf('POST /tokens', json, JSON_BODY)).toBe(403);
      expect(await statusOf('POST /tokens', [header])).toBe(403);
      expect(await statusOf(`DELETE /tokens/${id}`, [header])).toBe(403);
      expect(await statusOf('POST /repositories', json, '{"name":"x"}')).toBe(403);
      expect(await statusOf('PUT /server-info', json, '{"name":"x"}')).toBe(403);
      expect(await statusOf('DELETE /repositories/2', [header])).toBe(403);
      expect(await countTokens()).toBe(before);
      expect(await statusOf('GET /tokens', [header])).toBe(200);
    });

    it('lets the pages of the server itself, and clients that are no browsers, issue and end tokens', async () => {
      const { host } = new URL(server.url);
      for (const headers of [
        [],
        ['Sec-Fetch-Site: same-origin', `Origin: http://${host}`],
        ['Sec-Fetch-Site: none'],
        // Behind a proxy that speaks TLS, and names the server otherwise.
        ['Sec-Fetch-Site: same-origin', 'Origin: https://reviews.example'],
        ['Origin: http://127.0.0.1'],
        ['Origin: https://127.0.0.1'],
      ]) {
        for (const type of [JSON_TYPE, `${JSON_TYPE}; charset=utf-8`, 'Application/JSON']) {
          expect(await statusOf('POST /tokens', [`Content-Type: ${type}`, ...headers], JSON_BODY)).toBe(201);
        }
      }
      const { body: issued } = await server.ask('POST', '/tokens', GRUMPY, { policy: 'full-access' });
      const { id } = issued['token'] as { readonly id: string };
      expect(await statusOf(`DELETE /tokens/${id}`)).toBe(204);
    });

    it('asks nothing of requests with an API token, which no browser sends by itself', async () => {
      const { body: issued } = await server.ask('POST', '/tokens', GRUMPY, { policy: 'full-access' });
      const { port } = new URL(server.url);
      const body = '{"name":"from elsewhere"}';
      const headers = [
        `Authorization: Bearer ${String(issued['secret'])}`,
        `Content-Type: ${JSON_TYPE}`,
        `Content-Length: ${body.length}`,
        'Origin: https://dashboard.example',
        'Sec-Fetch-Site: cross-site',
      ];
      const answer = await sendRaw(Number(port), rawRequest('POST /repositories HTTP/1.1', headers, body));
      expect(answer).not.toMatch(/^HTTP\/1\.1 403/);
    });
  },
);
