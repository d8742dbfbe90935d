/** Writes the results as Markdown. */
import { against } from './harness.mjs';

const DECISION_AIM = 1.5;
const GUARD_AIM = 1_200;

/**
 * @param {object} results
 * @returns {string}
 */
export function report({ machine, plan, decisions, guards }) {
  const packages = Object.entries(machine.packages).map(([name, version]) => `${name} ${version}`);
  return [
    '# Results',
    '',
    `${machine.cpu}, ${machine.cores} cores; Node ${machine.node}; ${packages.join(', ')}.`,
    `Medians of ${plan.rounds} interleaved rounds in each of ${plan.processes} processes, with the lowest and the highest in brackets.`,
    'Ratios and differences are taken round by round. Written by `npm run bench`.',
    '',
    ...decisions.flatMap(decisionTable),
    ...guardTable(guards),
  ].join('\n');
}

function decisionTable({ resources, items, compared, timings }) {
  const limit = timings[1];
  const rows = timings.map((timing) => [
    timing.name,
    spread(timing, 1),
    Math.round(1e9 / timing.median).toLocaleString('en'),
    spread(
      against(timing, limit, (own, base) => own / base),
      2,
    ),
    timing.wrong === 0 ? 'same' : `**${timing.wrong} differ**`,
  ]);
  const ratio = against(timings[0], limit, (own, base) => own / base).median;
  return [
    `## Decisions, ${resources} policy IDs x ${items} items`,
    '',
    ...table(
      ['', 'ns a decision', 'decisions/s', 'times the limit', `answers of ${compared.toLocaleString('en')}`],
      rows,
    ),
    '',
    `Aim: within ${DECISION_AIM} times the limit. ${verdict(ratio <= DECISION_AIM)}: ${ratio.toFixed(2)}.`,
    '',
  ];
}

function guardTable(timings) {
  const empty = timings.at(-1);
  const over = (timing) => against(timing, empty, (own, base) => own - base);
  const ours = over(timings[0]);
  const rows = timings.map((timing) => [
    timing.name,
    spread(timing, 0),
    timing === empty ? '' : spread(over(timing), 0),
  ]);
  return [
    '## The guard, called directly',
    '',
    ...table(['', 'ns a request', 'over the empty guard'], rows),
    '',
    `Aim: under ${GUARD_AIM.toLocaleString('en')} ns over the empty guard. ${verdict(ours.median < GUARD_AIM)}: ${ours.median.toFixed(0)}.`,
    '',
  ];
}

function table(head, rows) {
  return [head, head.map((_, column) => (column === 0 ? '---' : '---:')), ...rows].map(
    (cells) => `| ${cells.join(' | ')} |`,
  );
}

function spread({ median, min, max }, digits) {
  return `${median.toFixed(digits)} (${min.toFixed(digits)} – ${max.toFixed(digits)})`;
}

function verdict(met) {
  return met ? 'Met' : '**Missed**';
}
