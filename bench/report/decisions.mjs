import { LIMIT, LIMIT_BOUND, OURS, OURS_BOUND } from '../contestants/decisions/index.mjs';
import { duration, number, spread, table, verdict } from './markdown.mjs';

const AIM_TIMES = 1.2;
const AIM_GROWTH = 2;
const AIM_COMPILE_MS = 100;
const AIM_MEMORY_TIMES = 1.3;

/** @param {object[]} sizes What `measureDecisions` answered. */
export function decisionsReport(sizes) {
  return sizes.flatMap((size) => [
    `## Decisions, ${size.resources} policy IDs x ${size.items} items`,
    '',
    ...table(
      ['', 'a decision', 'times the limit', 'with IDs seen before', 'ready in ms', 'answers'],
      size.engines.map(engineRow),
    ),
    '',
    ...aims(size.engines),
    '',
    ...notes(size.engines),
  ]);
}

function engineRow({ name, note, leftOut, fresh, kept, madeMs, compared, different }) {
  const label = note === undefined ? name : `${name} ¹`;
  if (leftOut !== undefined) return [label, leftOut, '', '', '', ''];
  return [
    label,
    duration(fresh.ns),
    spread(fresh.timesLimit),
    kept === undefined ? '' : duration(kept.ns),
    number(madeMs.median),
    `${different === 0 ? 'same' : `**${number(different, 0)} differ**`} of ${number(compared, 0)}`,
  ];
}

function aims(engines) {
  return [
    [OURS, LIMIT],
    [OURS_BOUND, LIMIT_BOUND],
  ].flatMap(([name, limit]) => {
    const engine = engines.find((each) => each.name === name);
    if (engine === undefined) return [`- ${name}: not in this version of the library.`];
    const { median } = engine.fresh.timesLimit;
    return [
      verdict(`${name} within ${AIM_TIMES} times of: ${limit}`, median <= AIM_TIMES, number(median, 2)),
    ];
  });
}

function notes(engines) {
  const texts = new Set(engines.map(({ note }) => note).filter((note) => note !== undefined));
  return [...texts].flatMap((text) => [`¹ The policy is ${text}.`, '']);
}

/** @param {object[]} engines What `measurePolicySize` answered. */
export function policySizeReport(engines) {
  const { points } = engines[0];
  return [
    '## Decisions and the guard, by the size of the policy',
    '',
    ...table(
      ['sections', ...points.map(({ sections }) => number(sections, 0)), 'last over first'],
      engines.map(({ name, points: own, growth }) => [
        name,
        ...own.map(({ ns }) => duration(ns)),
        spread(growth),
      ]),
    ),
    '',
    ...[OURS, OURS_BOUND].flatMap((name) => {
      const median = engines.find((engine) => engine.name === name)?.growth.median;
      const aim = `${name}, from 31 sections to 100,201, less than ${AIM_GROWTH} times`;
      return median === undefined ? [] : [verdict(aim, median < AIM_GROWTH, number(median, 2))];
    }),
    '',
    '![Decisions and the guard by the size of the policy](plots/policy-size.svg)',
    '',
  ];
}

/** @param {object[]} engines What `measureCompile` answered. */
export function compileReport(engines) {
  const { median } = engines.find(({ name }) => name === OURS).firstMs;
  return [
    '## Compiling 100,201 sections',
    '',
    ...table(
      ['', 'ms, the first in a process', 'ms, the second'],
      engines.map(({ name, firstMs, againMs }) => [name, spread(firstMs), spread(againMs)]),
    ),
    '',
    verdict(`under ${AIM_COMPILE_MS} ms`, median < AIM_COMPILE_MS, `${number(median)} ms`),
    '',
  ];
}

const MEMORY_NAMES = {
  document: 'the document, parsed',
  text: 'the document as text',
  explained: `${OURS}, once a denial was explained`,
  casbin: 'casbin',
};

/** @param {object[]} sizes What `measureMemory` answered. */
export function memoryReport(sizes) {
  const rows = Object.keys(sizes[0].kept).map((kept) => [
    MEMORY_NAMES[kept] ?? kept,
    ...sizes.map((size) => kilobytes(size.kept[kept])),
  ]);
  return [
    '## Memory of a policy, in KiB',
    '',
    ...table(
      ['', ...sizes.map(({ sections }) => `${number(sections, 0)} sections`)],
      [...rows, [`${OURS} without its text`, ...sizes.map(({ masks }) => kilobytes(masks))]],
    ),
    '',
    ...sizes.map(({ sections, timesLimit }) =>
      verdict(
        `without the text, within ${AIM_MEMORY_TIMES} times of the limit at ${number(sections, 0)} sections`,
        timesLimit <= AIM_MEMORY_TIMES,
        number(timesLimit, 2),
      ),
    ),
    '',
  ];
}

/** @param {object} sharing What `measureSharing` answered. */
export function sharingReport({ tokens, ofOnePolicy, ofTenPolicies }) {
  return [
    verdict(
      'tokens of one policy share its compiled form',
      ofOnePolicy === 1 && ofTenPolicies === 10,
      `${number(tokens, 0)} tokens of one policy have ${ofOnePolicy}, of ten policies ${ofTenPolicies}`,
    ),
    '',
  ];
}

function kilobytes(bytes) {
  return number(bytes / 1_024);
}
