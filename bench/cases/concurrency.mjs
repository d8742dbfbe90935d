/** The CPU time of a server per request, by how many requests are under way at once. */
import { GuardedServer } from '../harness/guarded-server.mjs';
import { race } from '../harness/race.mjs';
import { summary } from '../harness/statistics.mjs';

const ROUTES = ['none', 'minimal', 'ours'];

/** @param {{ rounds: number, warmUps: number, connections: number[], requests: number }} plan */
export async function measureConcurrency(plan) {
  const server = await GuardedServer.start('Fastify', ROUTES);
  const clients = await Promise.all(plan.connections.map((count) => server.connect(count)));
  const contestants = plan.connections.flatMap((connections, place) =>
    ROUTES.map((route) => ({
      name: `${route} ${connections}`,
      route,
      connections,
      sample: () => server.cpuPerRequest(clients[place], route, plan.requests),
    })),
  );
  const timings = await race(contestants, plan);
  for (const client of clients) client.close();
  await server.stop();
  return timings.map(({ samples }, place) => {
    const { route, connections } = contestants[place];
    return { route, connections, us: summary(samples) };
  });
}
