import { startChild } from './child.mjs';
import { LoadClient } from './load-client.mjs';

const ITEMS = ['42', '55', '1042', '1049', '77', '20261122'];

/** A server in a process of its own, with the routes of `workers/http-server.mjs`. */
export class GuardedServer {
  /**
   * @param {'Express' | 'Fastify'} platform
   * @param {string[]} routes
   */
  static async start(platform, routes) {
    return new GuardedServer(await startChild('http-server', { platform, routes }));
  }

  constructor(child) {
    this.child = child;
    this.requests = Object.fromEntries(
      Object.entries(child.started.secrets).map(([route, secrets]) => [route, requestsOf(route, secrets)]),
    );
  }

  connect(connections) {
    return LoadClient.to(this.child.started.port, connections);
  }

  /**
   * The CPU time that the whole server process takes for one request, in microseconds.
   *
   * @param {LoadClient} client
   * @param {string} route
   * @param {number} count How many requests to take it from.
   */
  async cpuPerRequest(client, route, count) {
    const before = await this.child.ask({});
    await client.run(this.requests[route], count);
    const after = await this.child.ask({});
    return (after.cpuUs - before.cpuUs) / count;
  }

  stop() {
    return this.child.stop();
  }
}

function requestsOf(route, secrets) {
  return secrets.map((secret, index) =>
    Buffer.from(
      [
        `GET /${route}/repositories/${ITEMS[index % ITEMS.length]} HTTP/1.1`,
        'Host: api.example.com',
        'User-Agent: client/4.2.1 (linux; x64)',
        'Accept: application/json',
        `Authorization: Bearer ${secret}`,
        'Connection: keep-alive',
        '\r\n',
      ].join('\r\n'),
    ),
  );
}
