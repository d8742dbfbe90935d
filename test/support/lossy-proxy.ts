import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** What becomes of the next COMMIT: the database does it and its answer is lost; it is lost itself; it comes late. */
export type Loss = 'answer' | 'request' | 'late';

/** Not the isolation level READ COMMITTED. */
const COMMIT = /COMMIT(?!TED)/;

/** A connection to a database that loses a COMMIT, or the answer to one, when it is told to. */
export async function openLossyProxy(target: number) {
  const sockets = new Set<Socket>();
  let next: Loss | null = null;
  let lost = 0;
  const server = createServer((client) => {
    const database = connect(target, '127.0.0.1');
    for (const socket of [client, database]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    let isCut = false;
    client.on('data', (data) => {
      if (next === null || !COMMIT.test(data.toString('latin1'))) return void database.write(data);
      const loss = next;
      next = null;
      lost += 1;
      isCut = true;
      if (loss === 'answer') database.write(data);
      else client.destroy();
      if (loss === 'late') setTimeout(() => database.write(data, () => database.end()), 200);
      if (loss === 'request') database.destroy();
    });
    database.on('data', (data) => (isCut ? client.destroy() : client.write(data)));
    client.on('close', () => isCut || database.destroy());
    database.on('close', () => client.destroy());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    /** How many were lost. */
    lost: () => lost,
    lose: (loss: Loss) => void (next = loss),
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
