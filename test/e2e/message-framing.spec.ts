import { describe, expect, it } from '@jest/globals';
import { PLATFORMS, startApplication } from '../support/application.js';
import { BLOCKED_42, repositoryPolicy } from '../support/authorized-requests.js';
import { calls, issueSecret, reviewServer } from '../support/review-server.js';
import { rawRequest, sendRaw } from '../support/send-raw.js';

const JSON_BODY = '{"name":"cat"}';
const JSON_TYPE = 'Content-Type: application/json';
const CHUNKED = 'Transfer-Encoding: chunked';

function chunked(text: string, trailers: readonly string[] = []): string {
  return [Buffer.byteLength(text).toString(16), text, '0', ...trailers, '', ''].join('\r\n');
}

/** The statuses of the replies on a connection, without those that announce another. */
function statuses(text: string): number[] {
  return [...text.matchAll(/HTTP\/1\.1 (?<status>\d{3}) /g)]
    .map(({ groups }) => Number(groups!['status']))
    .filter((status) => status >= 200);
}

describe.each(PLATFORMS)('how a request is framed on %s', (platform) => {
  async function start() {
    const server = await startApplication(platform, reviewServer());
    const [full, readOnly, not42] = await Promise.all([
      issueSecret(server, 'full-access'),
      issueSecret(server, repositoryPolicy({ '*': { allow: ['GET'], block: ['*'] } })),
      issueSecret(server, BLOCKED_42),
    ]);
    return {
      full: `Authorization: Bearer ${full}`,
      readOnly: `Authorization: Bearer ${readOnly}`,
      not42: `Authorization: Bearer ${not42}`,
      send: async (...request: Parameters<typeof rawRequest>) =>
        statuses(await sendRaw(server.port, rawRequest(...request))),
      sendBytes: async (bytes: string) => statuses(await sendRaw(server.port, bytes)),
    };
  }

  it.each<[string, string[], string]>([
    ['a length', [`Content-Length: ${JSON_BODY.length}`], JSON_BODY],
    ['chunks', [CHUNKED], chunked(JSON_BODY)],
    ['Expect: 100-continue', ['Expect: 100-continue', `Content-Length: ${JSON_BODY.length}`], JSON_BODY],
    ['Expect: 100-continue and chunks', ['Expect: 100-continue', CHUNKED], chunked(JSON_BODY)],
  ])('M02 a body with %s changes no decision', async (_, headers, body) => {
    const { full, readOnly, send } = await start();
    const create = 'POST /projects HTTP/1.1';
    expect(await send(create, [JSON_TYPE, ...headers], body)).toEqual([401]);
    expect(await send(create, [JSON_TYPE, readOnly, ...headers], body)).toEqual([403]);
    expect(calls).toEqual([]);
    expect(await send(create, [JSON_TYPE, full, ...headers], body)).toEqual([201]);
    expect(calls).toEqual([`project.create ${JSON_BODY}`]);
  });

  it('T06 a token in the trailers is none', async () => {
    const { full, send } = await start();
    const trailed = chunked(JSON_BODY, [full]);
    const create = 'POST /projects HTTP/1.1';
    expect(await send(create, [JSON_TYPE, CHUNKED, 'Trailer: Authorization'], trailed)).toEqual([401]);
    expect(calls).toEqual([]);
  });

  it('M06 a body of GET names neither item nor method', async () => {
    const { not42, send } = await start();
    const body = '{"id":7,"_method":"GET"}';
    const headers = [not42, JSON_TYPE, `Content-Length: ${body.length}`];
    expect(await send('GET /projects/42 HTTP/1.1', headers, body)).toEqual([403]);
    expect(calls).toEqual([]);
  });

  it('requests that share a connection are authorized each by its own token', async () => {
    const { full, not42, sendBytes } = await start();
    const get = (headers: string[]) =>
      ['GET /projects/42 HTTP/1.1', 'Host: 127.0.0.1', ...headers, '', ''].join('\r\n');
    const pipeline = [get([full]), get([not42]), get([]), get([full, 'Connection: close'])];
    expect(await sendBytes(pipeline.join(''))).toEqual([200, 403, 401, 200]);
    expect(calls).toEqual(['project.find 42', 'project.find 42']);
  });

  it.each<[string, string[]]>([
    ['a length and chunks', [`Content-Length: ${JSON_BODY.length}`, CHUNKED]],
    ['two lengths', [`Content-Length: ${JSON_BODY.length}`, 'Content-Length: 0']],
  ])('a request with %s reaches no handler', async (_, headers) => {
    const { full, send } = await start();
    const body = chunked(JSON_BODY);
    expect(await send('POST /projects HTTP/1.1', [full, JSON_TYPE, ...headers], body)).toEqual([400]);
    expect(calls).toEqual([]);
  });

  it.each(['Upgrade: h2c', 'Upgrade: websocket'])('M08 %s changes no decision', async (upgrade) => {
    const { full, not42, send } = await start();
    const headers = [upgrade, 'HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA'];
    expect(await send('GET /projects/42 HTTP/1.1', [not42, ...headers])).toEqual([403]);
    expect(await send('GET /projects/42 HTTP/1.1', headers)).toEqual([401]);
    expect(calls).toEqual([]);
    expect(await send('GET /projects/42 HTTP/1.1', [full, ...headers])).toEqual([200]);
  });
});
