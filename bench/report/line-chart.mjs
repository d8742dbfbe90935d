/** A line chart as SVG: a logarithmic x axis, a legend, and a line with its points for each series. */

/**
 * @typedef {object} Chart
 * @property {string} title
 * @property {string} xLabel
 * @property {string} yLabel
 * @property {'linear' | 'logarithmic'} yScale
 * @property {{ name: string, points: { x: number, y: number, lower: number, upper: number }[] }[]} series The range from
 * lower to upper is drawn through each point.
 */

const WIDTH = 784;
const PLOT = { left: 72, top: 44, width: 664, height: 300 };
const LEGEND = { top: 404, lineHeight: 20 };
const COLOURS = ['#0b62a3', '#c2410c', '#15803d', '#7e22ce', '#a16207', '#475569'];
const GRID = '#d8dde3';
const TEXT = '#1f2933';

/**
 * @param {Chart} chart
 * @returns {string}
 */
export function lineChart({ title, xLabel, yLabel, yScale, series }) {
  const points = series.flatMap((each) => each.points);
  const x = logarithmicAxis(points.map((point) => point.x));
  const values = points.flatMap(({ lower, upper }) => [lower, upper]);
  const y = yScale === 'linear' ? linearAxis(values) : logarithmicAxis(values, true);
  const place = {
    x: (value) => PLOT.left + x.share(value) * PLOT.width,
    y: (value) => PLOT.top + (1 - y.share(value)) * PLOT.height,
  };
  const height = LEGEND.top + series.length * LEGEND.lineHeight + 4;
  const bottom = PLOT.top + PLOT.height;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}"`,
    `  font-family="system-ui, sans-serif" font-size="13" fill="${TEXT}" role="img" aria-label="${escaped(title)}">`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    `<text x="${PLOT.left}" y="24" font-size="16" font-weight="600">${escaped(title)}</text>`,
    ...y.ticks.flatMap((tick) => [
      line(PLOT.left, place.y(tick), PLOT.left + PLOT.width, place.y(tick), GRID),
      text(PLOT.left - 8, place.y(tick) + 4, label(tick), 'end'),
    ]),
    ...x.ticks.flatMap((tick) => [
      line(place.x(tick), bottom, place.x(tick), bottom + 5, TEXT),
      text(place.x(tick), bottom + 20, label(tick), 'middle'),
    ]),
    line(PLOT.left, bottom, PLOT.left + PLOT.width, bottom, TEXT),
    text(PLOT.left + PLOT.width / 2, bottom + 40, xLabel, 'middle'),
    `<text transform="translate(16 ${PLOT.top + PLOT.height / 2}) rotate(-90)" text-anchor="middle">${escaped(yLabel)}</text>`,
    ...series.flatMap((each, index) => drawn(each, COLOURS[index % COLOURS.length], place)),
    ...series.flatMap(({ name }, index) => legend(name, index)),
    '</svg>',
    '',
  ].join('\n');
}

function drawn({ points }, color, place) {
  const path = points.map(({ x, y }) => `${round(place.x(x))},${round(place.y(y))}`).join(' ');
  return [
    `<polyline points="${path}" fill="none" stroke="${color}" stroke-width="2"/>`,
    ...points.flatMap(({ x, y, lower, upper }) => [
      line(place.x(x), place.y(lower), place.x(x), place.y(upper), color),
      `<circle cx="${round(place.x(x))}" cy="${round(place.y(y))}" r="3.5" fill="${color}"/>`,
    ]),
  ];
}

function legend(name, index) {
  const y = LEGEND.top + index * LEGEND.lineHeight;
  const color = COLOURS[index % COLOURS.length];
  return [
    `<rect x="${PLOT.left}" y="${y - 5}" width="18" height="3" fill="${color}"/>`,
    text(PLOT.left + 26, y, name, 'start'),
  ];
}

/** Ticks at the values themselves, or at powers of ten. */
function logarithmicAxis(values, isByPowers = false) {
  const low = Math.log10(Math.min(...values));
  const high = Math.log10(Math.max(...values));
  const [from, to] = isByPowers ? [Math.floor(low), Math.ceil(high)] : [low, high];
  const powers = Array.from(
    { length: Math.round(to - from) + 1 },
    (_, step) => 10 ** (Math.floor(from) + step),
  );
  const ticks = isByPowers ? powers : [...new Set(values)];
  return { ticks, share: (value) => (Math.log10(value) - from) / Math.max(to - from, 1e-9) };
}

/** From nought, in steps of 1, 2 or 5. */
function linearAxis(values) {
  const most = Math.max(...values);
  const rough = most / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough);
  const count = Math.ceil(most / step);
  return {
    ticks: Array.from({ length: count + 1 }, (_, index) => index * step),
    share: (value) => value / (count * step),
  };
}

function label(value) {
  return value.toLocaleString('en', { maximumSignificantDigits: 6 });
}

function line(x1, y1, x2, y2, color) {
  return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" stroke="${color}"/>`;
}

function text(x, y, content, anchor) {
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}">${escaped(content)}</text>`;
}

function round(value) {
  return Number(value.toFixed(1));
}

function escaped(content) {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
