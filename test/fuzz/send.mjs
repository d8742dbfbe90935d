import { Agent, request as httpRequest } from 'node:http';
import { connect } from 'node:net';

const agent = new Agent({ keepAlive: true, maxSockets: 16 });
// What Node's own client lets pass; the rest is written to a socket by hand.
const LEGAL_PATH = /^\/[\x21-\x7e]*$/;
const LEGAL_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * Sends a request byte for byte, and answers with its status, its body and what a handler said of having been reached;
 * status 0 where the server hung up.
 */
export function send(port, request) {
  const isLegal =
    LEGAL_PATH.test(request.path) && request.headers.every(([, value]) => LEGAL_VALUE.test(value));
  return isLegal ? sendLegal(port, request) : sendRaw(port, request);
}

function sendLegal(port, { method, path, headers, body }) {
  return new Promise((resolve, reject) => {
    const length = ['Content-Length', String(Buffer.byteLength(body))];
    const all = [['Host', `127.0.0.1:${port}`], length, ...headers].flat();
    const sent = httpRequest({ host: '127.0.0.1', port, method, path, headers: all, agent }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode,
          text: Buffer.concat(chunks).toString(),
          reached: response.headers['x-reached'],
        }),
      );
    });
    sent.setTimeout(10_000, () => sent.destroy(new Error('no answer in 10 seconds')));
    sent.on('error', (error) =>
      error.code === 'ECONNRESET' || error.code?.startsWith('HPE_')
        ? resolve({ status: 0, text: '' })
        : reject(error),
    );
    sent.end(body);
  });
}

function sendRaw(port, { method, path, headers, body }) {
  const head = [
    `${method} ${path} HTTP/1.1`,
    'Host: x',
    'Connection: close',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  const bytes = Buffer.concat([
    Buffer.from(
      [...head, ...headers.map(([name, value]) => `${name}: ${value}`), '', ''].join('\r\n'),
      'latin1',
    ),
    Buffer.from(body),
  ]);
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    const chunks = [];
    socket.setTimeout(10_000, () => socket.destroy(new Error('no answer in 10 seconds')));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', (error) =>
      error.code === 'ECONNRESET' || error.code === 'EPIPE' ? undefined : reject(error),
    );
    socket.on('close', () => {
      const text = Buffer.concat(chunks).toString('latin1');
      resolve({
        status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0),
        text: text.slice(text.indexOf('\r\n\r\n') + 4),
        reached: /^x-reached: (\S+)/im.exec(text)?.[1],
      });
    });
  });
}
