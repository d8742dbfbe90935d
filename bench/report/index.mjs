/** Writes the results as Markdown. */
import { coldReport } from './cold.mjs';
import {
  compileReport,
  decisionsReport,
  memoryReport,
  policySizeReport,
  sharingReport,
} from './decisions.mjs';
import { bootReport, concurrencyReport, routesReport, tokensReport } from './growth.mjs';
import { guardsReport, httpReport } from './guards.mjs';

/** Changes when results are laid out otherwise, so that they are not compared with those of another layout. */
export const FORMAT = 2;

const SECTIONS = {
  decisions: decisionsReport,
  policySize: policySizeReport,
  compile: compileReport,
  memory: memoryReport,
  sharing: sharingReport,
  guards: guardsReport,
  http: httpReport,
  cold: coldReport,
  tokens: tokensReport,
  routes: routesReport,
  concurrency: concurrencyReport,
  boot: bootReport,
};

/**
 * @param {object} results Of the parts that have run.
 * @returns {string}
 */
export function report({ machine, ...parts }) {
  const packages = Object.entries(machine.packages).map(([name, version]) => `${name} ${version}`);
  return [
    '# Results',
    '',
    `${machine.cpu}, ${machine.cores} cores; Node ${machine.node}; ${machine.date}.`,
    `${packages.join(', ')}.`,
    '',
    'Medians, with the lower and the upper quartile in brackets; ratios and differences are taken round by round.',
    'How it is measured, and how to read it: [README.md](README.md). Written by `npm run bench`.',
    '',
    ...Object.entries(SECTIONS).flatMap(([name, section]) =>
      parts[name] === undefined ? [] : section(parts[name]),
    ),
  ].join('\n');
}
