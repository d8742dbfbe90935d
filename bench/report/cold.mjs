import { number, spread, table, verdict } from './markdown.mjs';

const AIM_REJECTION_NS = 1_000;
const AIM_FLOOD_TIMES = 1.1;

/** @param {object} cold What `measureCold` answered. */
export function coldReport({ reads, malformed, flood }) {
  return [
    '## Cold: tokens that are not in the cache',
    '',
    ...table(
      [`reads of the repository for ${number(reads.tokens, 0)} requests at once`, ''],
      [
        ['each with another unknown token', number(reads.unknown, 0)],
        ['the same again within a second', number(reads.unknownAgain, 0)],
        ['each with a wrong checksum', number(reads.misspelt, 0)],
        ['all with the same token', number(reads.oneTokenAtOnce, 0)],
      ],
    ),
    '',
    verdict(
      'one read for an unknown token, none for a malformed one',
      reads.unknown === reads.tokens && reads.unknownAgain === 0 && reads.misspelt === 0,
      `${reads.unknown / reads.tokens} and ${reads.misspelt / reads.tokens}`,
    ),
    '',
    ...table(
      ['a malformed secret is rejected by', 'ns'],
      malformed.map(({ name, ns }) => [name, spread(ns)]),
    ),
    '',
    ...malformed
      .filter(({ name }) => name.endsWith('authenticator'))
      .map(({ name, ns }) =>
        verdict(
          `a secret ${name.replace(/,.*/, '')} rejected in under ${number(AIM_REJECTION_NS, 0)} ns`,
          ns.median < AIM_REJECTION_NS,
          `${number(ns.median)} ns`,
        ),
      ),
    '',
    ...floodReport(flood),
  ];
}

function floodReport({ perSecond, presentedPerSecond, median, mean }) {
  const row = (label, { calm, flooded, times }) => [label, spread(calm), spread(flooded), spread(times)];
  return [
    ...table(
      [
        'a valid request, ns',
        'alone',
        `while ${number(perSecond, 0)} unknown tokens a second come in`,
        'times',
      ],
      [row('the median of 25', median), row('the mean of all, with garbage collections', mean)],
    ),
    '',
    verdict(
      `no more than ${AIM_FLOOD_TIMES} times as long`,
      median.times.median <= AIM_FLOOD_TIMES,
      `${number(median.times.median, 2)}, at ${number(presentedPerSecond.median, 0)} unknown tokens a second`,
    ),
    '',
  ];
}
