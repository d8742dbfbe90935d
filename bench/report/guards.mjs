import { CASL, DIGEST, EMPTY, OURS, PASSPORT } from '../contestants/guards/index.mjs';
import { duration, number, spread, table, verdict } from './markdown.mjs';

/** Their answers say nothing, as they authorize nothing. */
const OPEN = new Set([DIGEST, EMPTY]);
const AIM_NS = 800;
const AIM_TIMES = { [CASL]: 2.5, [PASSPORT]: 6 };

/** @param {object[]} guards What `measureGuards` answered. */
export function guardsReport(guards) {
  const ours = guards.find(({ name }) => name === OURS);
  return [
    '## The guard, called directly',
    '',
    ...table(
      ['', 'a request', 'over the empty guard', 'times the limit', 'times ours', 'answers as it should'],
      guards.map(({ name, ns, overEmpty, timesLimit, timesOurs, asked, wrong }) => [
        name,
        duration(ns),
        overEmpty === undefined ? '' : duration(overEmpty),
        timesLimit === undefined ? '' : spread(timesLimit),
        timesOurs === undefined ? '' : spread(timesOurs),
        OPEN.has(name) ? '' : answers(asked, wrong),
      ]),
    ),
    '',
    verdict(
      `under ${AIM_NS} ns over the empty guard`,
      ours.overEmpty.median < AIM_NS,
      `${number(ours.overEmpty.median)} ns`,
    ),
    ...Object.entries(AIM_TIMES).flatMap(([name, aim]) => {
      const median = guards.find((guard) => guard.name === name)?.timesOurs.median;
      const text = `at least ${aim} times faster than: ${name}`;
      return median === undefined ? [] : [verdict(text, median >= aim, number(median, 2))];
    }),
    '',
  ];
}

function answers(asked, wrong) {
  return wrong === '' ? `all ${asked}` : `**not:** ${wrong}`;
}

const ROUTES = {
  none: 'no guard',
  again: 'no guard, once more',
  minimal: 'hand-written minimal guard (limit)',
  ours: 'ApiTokenPolicyGuard',
};

/** @param {object[]} platforms What `measureHttp` answered. */
export function httpReport(platforms) {
  return [
    '## Over loopback: CPU of the server for a request, in µs',
    '',
    ...table(
      ['', ...platforms.map(({ platform }) => platform)],
      Object.entries(ROUTES).map(([route, label]) => [
        label,
        ...platforms.map(({ routes }) => spread(routes.find(({ name }) => name === route).us)),
      ]),
    ),
    '',
    ...table(
      ['differences, round by round', ...platforms.map(({ platform }) => platform)],
      [
        [
          'ApiTokenPolicyGuard over the minimal guard',
          ...platforms.map((each) => difference(each.oursOverMinimal)),
        ],
        ['ApiTokenPolicyGuard over no guard', ...platforms.map((each) => difference(each.oursOverNone))],
        ['no guard over itself (noise)', ...platforms.map((each) => difference(each.noise))],
      ],
    ),
    '',
    'In square brackets: where the median lies with a probability of 95 %.',
    '',
    ...platforms.map(({ platform, oursOverMinimal: { us, interval } }) =>
      verdict(
        `on ${platform} not to be told from the minimal guard`,
        interval.low <= 0,
        `${number(us.median, 2)} µs [${number(interval.low, 2)} – ${number(interval.high, 2)}]`,
      ),
    ),
    '',
  ];
}

function difference({ us, interval }) {
  return `${number(us.median, 2)} [${number(interval.low, 2)} – ${number(interval.high, 2)}]`;
}
