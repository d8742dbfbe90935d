/** Keeps a server busy over connections that stay open, each with one request under way. */
import { once } from 'node:events';
import { connect } from 'node:net';

const HEAD_END = '\r\n\r\n';

export class LoadClient {
  #connections;

  /** @param {number} count How many connections. */
  static async to(port, count) {
    const sockets = Array.from({ length: count }, () => connect({ port, host: '127.0.0.1', noDelay: true }));
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    return new LoadClient(sockets.map((socket) => new Connection(socket)));
  }

  constructor(connections) {
    this.#connections = connections;
  }

  /**
   * Sends the requests in turn, over all connections, until as many are answered.
   *
   * @param {readonly Buffer[]} requests
   * @param {number} count
   * @throws Error where an answer is not 200.
   */
  async run(requests, count) {
    let sent = 0;
    await Promise.all(
      this.#connections.map(async (connection) => {
        while (sent < count) {
          const request = requests[sent % requests.length];
          sent += 1;
          const head = await connection.exchange(request);
          if (!head.startsWith('HTTP/1.1 200')) throw new Error(`The server answered ${head}`);
        }
      }),
    );
  }

  close() {
    for (const connection of this.#connections) connection.close();
  }
}

class Connection {
  #socket;
  #received = '';
  #settle = null;

  constructor(socket) {
    this.#socket = socket;
    socket.setEncoding('latin1');
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('close', () => this.#settle?.reject(new Error('The server closed a connection.')));
    // "close" follows.
    socket.on('error', () => undefined);
  }

  /** The head of the answer. */
  exchange(request) {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#socket.write(request);
    });
  }

  close() {
    this.#settle = null;
    this.#socket.destroy();
  }

  #receive(chunk) {
    this.#received += chunk;
    const headEnd = this.#received.indexOf(HEAD_END);
    if (headEnd === -1) return;
    const [, length] = /\r\ncontent-length: (\d+)/i.exec(this.#received) ?? [];
    if (length === undefined) throw new Error(`An answer without a length: ${this.#received}`);
    if (this.#received.length < headEnd + HEAD_END.length + Number(length)) return;
    const head = this.#received.slice(0, headEnd);
    this.#received = '';
    this.#settle.resolve(head);
  }
}
