import { connect } from 'node:net';

/** How long a server may say nothing before the connection is given up. */
const SILENCE_MS = 10_000;

/** Writes bytes to a port and answers with all that comes back, for requests that no client would make. */
export function sendRaw(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    let text = '';
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      text += chunk;
    });
    socket.on('close', () => resolve(text));
    socket.on('error', reject);
    socket.setTimeout(SILENCE_MS, () => socket.destroy(new Error(`no answer to ${JSON.stringify(bytes)}`)));
  });
}

/** A request over HTTP/1.1 after which the server closes the connection. */
export function rawRequest(requestLine: string, headers: readonly string[] = [], body = ''): string {
  return [requestLine, 'Host: 127.0.0.1', 'Connection: close', ...headers, '', body].join('\r\n');
}
