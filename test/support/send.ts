import { request as httpRequest } from 'node:http';
import { connect } from 'node:http2';

/** What came back. */
export interface Reply {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
  readonly body: Record<string, unknown>;
}

/** Sends exactly what it is told. */
export function sendHttp1(
  port: number,
  method: string,
  path: string,
  headers: readonly string[] = [],
  body?: unknown,
): Promise<Reply> {
  const payload = body === undefined ? undefined : JSON.stringify(body);
  const content =
    payload === undefined
      ? ['Content-Length', '0']
      : ['Content-Type', 'application/json', 'Content-Length', String(Buffer.byteLength(payload))];
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        host: '127.0.0.1',
        port,
        // A connection of its own: the server closes it after a request that it can't read.
        agent: false,
        method,
        path,
        headers: ['Host', `127.0.0.1:${port}`, 'Connection', 'close', ...content, ...headers],
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, body: parsed(text) });
        });
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    request.end(payload);
  });
}

/** The same over HTTP/2 without TLS. */
export function sendHttp2(
  port: number,
  method: string,
  path: string,
  headers: readonly string[] = [],
  body?: unknown,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const session = connect(`http://127.0.0.1:${port}`);
    session.on('error', reject);
    const stream = session.request(
      {
        ':method': method,
        ':path': path,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...Object.fromEntries(pairs(headers)),
      },
      { endStream: false },
    );
    const chunks: Buffer[] = [];
    let responseHeaders: Reply['headers'] = {};
    stream.on('response', (received) => {
      responseHeaders = received;
    });
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('error', reject);
    // Not at its end, which a stream that the server resets does not reach.
    stream.on('close', () => session.destroy());
    session.on('close', () => {
      const text = Buffer.concat(chunks).toString();
      resolve({
        status: Number(responseHeaders[':status']),
        headers: responseHeaders,
        text,
        body: parsed(text),
      });
    });
    stream.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function* pairs(headers: readonly string[]): Iterable<[string, string]> {
  for (let index = 0; index < headers.length; index += 2) yield [headers[index]!, headers[index + 1]!];
}

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}
