/** What has changed since the results that were committed last. */
import { number, table } from './markdown.mjs';

/** What a change has to come to, however steady the figures are: two runs of one build differ by as much. */
const LEAST_CHANGE = 0.07;

/**
 * Ratios to the limit are compared, not nanoseconds, since machines differ.
 *
 * @param {object} now Results of the parts that have run.
 * @param {object | null} before Those that were committed; null where there are none.
 * @returns {{ text: string, slower: string[] }}
 */
export function comparison(now, before) {
  const known = new Map(before === null ? [] : ratiosOf(before).map((ratio) => [ratio.name, ratio]));
  const rows = ratiosOf(now).map((ratio) => {
    const old = known.get(ratio.name);
    return { ...ratio, old, change: old === undefined ? 'new' : change(ratio.value, old.value) };
  });
  const head = ['', 'now', 'committed', ''];
  const cells = rows.map(({ name, value, old, change: kind }) => [
    name,
    range(value),
    old === undefined ? '' : range(old.value),
    kind === 'slower' ? '**slower**' : kind,
  ]);
  const slower = rows.filter((row) => row.change === 'slower').map(({ name }) => name);
  return { text: [...table(head, cells), ''].join('\n'), slower };
}

function ratiosOf({ decisions = [], guards = [] }) {
  return [
    ...decisions.flatMap(({ sections, engines }) =>
      engines.flatMap(({ name, fresh, kept }) => [
        { name: `${name}, ${sections} sections, times the limit`, value: fresh?.timesLimit },
        { name: `${name}, ${sections} sections, IDs seen before`, value: kept?.timesLimit },
      ]),
    ),
    ...guards.map(({ name, timesLimit }) => ({ name: `${name}, times the limit`, value: timesLimit })),
  ].filter(({ name, value }) => value !== undefined && !name.includes('(limit)'));
}

/** Beyond noise: the quartiles of the two do not overlap, and the medians are apart. */
function change(value, old) {
  if (value.lower > old.upper && value.median > old.median * (1 + LEAST_CHANGE)) return 'slower';
  if (value.upper < old.lower && value.median < old.median / (1 + LEAST_CHANGE)) return 'faster';
  return '';
}

function range({ median, lower, upper }) {
  return `${number(median)} (${number(lower)} – ${number(upper)})`;
}
