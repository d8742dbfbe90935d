import { lineChart } from './line-chart.mjs';

/**
 * The plots of the parts that have run, by file name.
 *
 * @param {object} results
 * @returns {Record<string, string>}
 */
export function plots({ policySize, tokens, routes, concurrency }) {
  return {
    ...(policySize && { 'policy-size.svg': lineChart(policySizeChart(policySize)) }),
    ...(tokens && { 'tokens.svg': lineChart(tokensChart(tokens)) }),
    ...(routes && { 'routes.svg': lineChart(routesChart(routes)) }),
    ...(concurrency && { 'concurrency.svg': lineChart(concurrencyChart(concurrency)) }),
  };
}

function policySizeChart(engines) {
  return {
    title: 'Decisions and the guard by the size of the policy',
    xLabel: 'sections in the policy',
    yLabel: 'ns',
    yScale: 'logarithmic',
    series: engines.map(({ name, points }) => ({
      name,
      points: points.map(({ sections, ns }) => point(sections, ns)),
    })),
  };
}

function tokensChart({ memory, postgres }) {
  const micros = (name, { points }) => ({
    name,
    points: points.map(({ tokens, ns }) => point(tokens, ns, 1_000)),
  });
  const drawn = (store, series, kinds) =>
    series.filter(({ kind }) => kind in kinds).map((each) => micros(`${store}, ${kinds[each.kind]}`, each));
  const kinds = { warm: 'token in the cache', cold: 'token not in the cache' };
  return {
    title: 'A request by the number of tokens',
    xLabel: 'tokens in the store',
    yLabel: 'µs until the guard has answered',
    yScale: 'logarithmic',
    series: [
      ...drawn('in memory', memory.series, kinds),
      ...drawn('PostgreSQL', postgres.series ?? [], kinds),
    ],
  };
}

function routesChart(points) {
  return {
    title: 'The guard by the number of handlers',
    xLabel: 'handlers in the application',
    yLabel: 'ns a request',
    yScale: 'linear',
    series: [{ name: 'ApiTokenPolicyGuard', points: points.map(({ handlers, ns }) => point(handlers, ns)) }],
  };
}

function concurrencyChart(points) {
  const names = {
    none: 'no guard',
    minimal: 'hand-written minimal guard (limit)',
    ours: 'ApiTokenPolicyGuard',
  };
  return {
    title: 'CPU of a Fastify server by concurrent requests',
    xLabel: 'requests at once',
    yLabel: 'µs of CPU a request',
    yScale: 'linear',
    series: Object.entries(names).map(([route, name]) => ({
      name,
      points: points
        .filter((each) => each.route === route)
        .map(({ connections, us }) => point(connections, us)),
    })),
  };
}

function point(x, { median, lower, upper }, unit = 1) {
  return { x, y: median / unit, lower: lower / unit, upper: upper / unit };
}
