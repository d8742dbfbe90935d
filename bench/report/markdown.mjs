/** The pieces that reports are made of. */

/**
 * @param {readonly string[]} head
 * @param {readonly (readonly string[])[]} rows
 */
export function table(head, rows) {
  return [head, head.map((_, column) => (column === 0 ? '---' : '---:')), ...rows].map(
    (cells) => `| ${cells.join(' | ')} |`,
  );
}

/** A median with its quartiles. */
export function spread({ median, lower, upper }, digits = digitsFor(median)) {
  return `${number(median, digits)} (${number(lower, digits)} – ${number(upper, digits)})`;
}

/** A number with thousands set apart, and as many digits as say something. */
export function number(value, digits = digitsFor(value)) {
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** Nanoseconds in the unit that suits them. */
export function duration({ median, lower, upper }) {
  const { unit, size } = UNITS.find(({ from }) => median >= from);
  return `${spread({ median: median / size, lower: lower / size, upper: upper / size })} ${unit}`;
}

/**
 * What was aimed at, and what came out.
 *
 * @param {string} aim
 * @param {boolean} isMet
 * @param {string} result
 */
export function verdict(aim, isMet, result) {
  return `- Aim: ${aim}. ${isMet ? 'Met' : '**Missed**'}: ${result}.`;
}

const UNITS = [
  { unit: 'ms', size: 1e6, from: 1e6 },
  { unit: 'µs', size: 1e3, from: 1e4 },
  { unit: 'ns', size: 1, from: 0 },
];

function digitsFor(value) {
  const size = Math.abs(value);
  return size >= 100 ? 0 : size >= 10 ? 1 : 2;
}
