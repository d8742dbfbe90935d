import { duration, number, spread, table, verdict } from './markdown.mjs';

const AIM_BOOT_MS = 200;

const KINDS = {
  warm: 'token in the cache',
  cold: 'token not in the cache',
  'cold, CPU': 'token not in the cache, CPU of the process',
  'read by hand, CPU': 'the read alone, by the driver, CPU of the process',
};

/** @param {object} tokens What `measureTokens` answered. */
export function tokensReport({ memory, postgres }) {
  return [
    '## By the number of tokens',
    '',
    `In memory, where all stores together take ${number(memory.heapBytes / 2 ** 20, 0)} MiB of heap:`,
    '',
    ...seriesTable(memory.series),
    '',
    ...(postgres.skipped === undefined
      ? [
          `In PostgreSQL ${postgres.version} over loopback, through TypeORM:`,
          '',
          ...seriesTable(postgres.series),
          '',
          verdict(
            'one indexed read for an unknown token',
            postgres.unknownToken.statements === 1 && postgres.unknownToken.isIndexed,
            `${postgres.unknownToken.statements} statement, ${postgres.unknownToken.isIndexed ? 'by indexes alone' : '**not by index**'}`,
          ),
        ]
      : [`PostgreSQL: skipped, ${postgres.skipped}.`]),
    '',
    '![Requests by the number of tokens](plots/tokens.svg)',
    '',
  ];
}

function seriesTable(series) {
  return table(
    ['tokens', ...series[0].points.map(({ tokens }) => number(tokens, 0))],
    series.map(({ kind, points }) => [KINDS[kind], ...points.map(({ ns }) => duration(ns))]),
  );
}

/** @param {object[]} points What `measureRoutes` answered. */
export function routesReport(points) {
  return [
    '## By the number of handlers',
    '',
    ...table(
      ['handlers', ...points.map(({ handlers }) => number(handlers, 0))],
      [['ApiTokenPolicyGuard, a request', ...points.map(({ ns }) => duration(ns))]],
    ),
    '',
    '![The guard by the number of handlers](plots/routes.svg)',
    '',
  ];
}

/** @param {object[]} points What `measureConcurrency` answered. */
export function concurrencyReport(points) {
  const connections = [...new Set(points.map((point) => point.connections))];
  const labels = {
    none: 'no guard',
    minimal: 'hand-written minimal guard (limit)',
    ours: 'ApiTokenPolicyGuard',
  };
  return [
    '## By concurrent requests: CPU of a Fastify server for one, in µs',
    '',
    ...table(
      ['requests at once', ...connections.map((count) => number(count, 0))],
      Object.entries(labels).map(([route, label]) => [
        label,
        ...points.filter((point) => point.route === route).map(({ us }) => spread(us)),
      ]),
    ),
    '',
    '![CPU by concurrent requests](plots/concurrency.svg)',
    '',
  ];
}

/** @param {object} boot What `measureBoot` answered. */
export function bootReport({ handlers, withoutMs, withMs, overMs }) {
  return [
    `## Start of an application with ${number(handlers, 0)} handlers, in ms`,
    '',
    ...table(
      ['', 'from the start of the process'],
      [
        ['without the module', spread(withoutMs)],
        ['with the module and a global guard', spread(withMs)],
        ['difference', spread(overMs)],
      ],
    ),
    '',
    verdict(`under ${AIM_BOOT_MS} ms more`, overMs.median < AIM_BOOT_MS, `${number(overMs.median)} ms`),
    '',
  ];
}
