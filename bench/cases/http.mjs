/** The CPU time of a server per request, over loopback, with each guard. */
import { GuardedServer } from '../harness/guarded-server.mjs';
import { joined, race } from '../harness/race.mjs';
import { medianInterval, over, summary } from '../harness/statistics.mjs';

/** `again` is the route without a guard once more: what differs between the two is noise. */
const ROUTES = ['none', 'again', 'minimal', 'ours'];

/**
 * @param {{ rounds: number, warmUps: number, connections: number, requests: Record<string, number> }} plan `requests` is
 * how many a sample takes, by platform.
 */
export async function measureHttp(plan) {
  const platforms = [];
  for (const platform of ['Fastify', 'Express']) {
    platforms.push(summarised(platform, await racePlatform(platform, plan)));
  }
  return platforms;
}

function summarised(platform, timings) {
  const named = (wanted) => timings.find(({ name }) => name === wanted).samples;
  const difference = (name, base) => {
    const differences = named(name).map((value, round) => over(value, named(base)[round]));
    return { us: summary(differences), interval: medianInterval(differences) };
  };
  return {
    platform,
    routes: timings.map(({ name, samples }) => ({ name, us: summary(samples) })),
    oursOverMinimal: difference('ours', 'minimal'),
    oursOverNone: difference('ours', 'none'),
    noise: difference('again', 'none'),
  };
}

async function racePlatform(platform, plan) {
  const races = [];
  // Express tries routes in the order of their declaration: each is once at every place.
  for (let shift = 0; shift < ROUTES.length; shift += 1) {
    const routes = [...ROUTES.slice(shift), ...ROUTES.slice(0, shift)];
    const server = await GuardedServer.start(platform, routes);
    const client = await server.connect(plan.connections);
    const contestants = ROUTES.map((route) => ({
      name: route,
      sample: () => server.cpuPerRequest(client, route, plan.requests[platform]),
    }));
    races.push(await race(contestants, plan));
    client.close();
    await server.stop();
  }
  return joined(races);
}
