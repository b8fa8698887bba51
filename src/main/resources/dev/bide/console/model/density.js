/**
 * What is coming: which counts to ask for, and what they come to. Counts are the service's; the borders of local hours and days are of the zone that the axis names.
 */
import {MONTH_NAMES, days, exact, hours, length, wall} from '../time.js';
import {number} from './words.js';

const SECOND = 1000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Seconds of work that are worth a look: below them nothing is late by more than the promise allows for long. */
export const WORTH = 2;
/** Calls a second below which the best minute tells how little there was to do, not what can be carried. */
const LEAST_KNOWN = 20;
/** Where the service's counting ends. */
const COUNTED = 100_000;

/** @typedef {'hour' | 'week' | 'year'} View */

/** One call: equal buckets from `from` to `to`. @typedef {{from: number, to: number, buckets: number}} Span */

/**
 * @typedef {object} Cell
 * @property {number} from
 * @property {number} to
 * @property {number} count
 * @property {boolean} exact
 * @property {number} row of the grid: a day of the week view, a month of the year view
 * @property {number} column an hour, a day of the month, a minute
 * @property {boolean} [again] the second telling of an hour, in the slot of the first
 */

/** @typedef {{from: string, to: string, count: number, exact?: boolean}} Bucket */
/** @typedef {{exact: boolean, capacityPerSecond: number | null, buckets: Bucket[]}} Answer */

/**
 * @param {View} view
 * @param {string} zone
 * @param {number} now
 * @returns {Span[]} the calls whose buckets, in order, are the view; more than one where days of 23 or 25 hours are in it
 */
export function spans(view, zone, now) {
  switch (view) {
    case 'hour': {
      const from = Math.floor(now / MINUTE) * MINUTE;
      return [{from, to: from + HOUR, buckets: 60}];
    }
    case 'week': {
      const [from] = hours(zone, now, 0);
      return [{from, to: from + 168 * HOUR, buckets: 168}];
    }
    case 'year': {
      const today = Math.floor(wall(zone, now) / DAY) * DAY;
      const day = new Date(today);
      const end = Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 13, 1);
      return pieces(days(zone, now, Math.round((end - today) / DAY)));
    }
  }
}

/** Cuts borders into runs of equal width. @param {number[]} borders @returns {Span[]} */
function pieces(borders) {
  /** @type {Span[]} */
  const out = [];
  for (let i = 1; i < borders.length; i++) {
    const [from, to] = [borders[i - 1], borders[i]];
    if (to === from) {
      // A day that a zone left out as a whole.
      continue;
    }
    const last = out.at(-1);
    if (last && (last.to - last.from) / last.buckets === to - from && last.buckets < 500) {
      last.to = to;
      last.buckets++;
    } else {
      out.push({from, to, buckets: 1});
    }
  }
  return out;
}

/** What the cluster can carry, where its best minute was worth something. @param {number | string | null | undefined} perSecond text where its digits are kept, `0.0` @returns {number | null} */
export const carries = perSecond => (Number(perSecond ?? 0) >= LEAST_KNOWN ? Number(perSecond) : null);

/** The query of a span. @param {Span} span */
export const asked = span => ({from: new Date(span.from).toISOString(), to: new Date(span.to).toISOString(), buckets: span.buckets});

/**
 * @param {View} view
 * @param {string} zone
 * @param {Answer[]} answers in the order of the spans
 * @returns {Cell[]}
 */
export function fold(view, zone, answers) {
  const buckets = answers.flatMap(answer => answer.buckets.map(bucket => ({...bucket, exact: bucket.exact ?? true})));
  const first = buckets.length > 0 ? wall(zone, Date.parse(buckets[0].from)) : 0;
  /** @type {Set<string>} */
  const taken = new Set();
  return buckets.map((bucket, i) => {
    const from = Date.parse(bucket.from);
    const {row, column} = slot(view, first, wall(zone, from), i);
    const again = view === 'week' && taken.has(`${row} ${column}`);
    taken.add(`${row} ${column}`);
    return {from, to: Date.parse(bucket.to), count: bucket.count, exact: bucket.exact, row, column, ...(again ? {again} : {})};
  });
}

/** @param {View} view @param {number} first @param {number} at both on the wall @param {number} i */
function slot(view, first, at, i) {
  if (view === 'hour') {
    return {row: 0, column: i};
  }
  if (view === 'week') {
    return {row: Math.floor(at / DAY) - Math.floor(first / DAY), column: Math.floor((at % DAY) / HOUR)};
  }
  const [a, b] = [new Date(first), new Date(at)];
  return {row: (b.getUTCFullYear() - a.getUTCFullYear()) * 12 + b.getUTCMonth() - a.getUTCMonth(), column: b.getUTCDate() - 1};
}

/**
 * How work piles up where more comes due than can be carried.
 * @param {Cell[]} cells in order of time
 * @param {number | null} capacity calls a second
 * @param {number} [carried] what is due already
 * @returns {{left: number, over: boolean}[]} for each cell: what is left at its end, and whether more comes due in it than it can carry
 */
export function load(cells, capacity, carried = 0) {
  let left = carried;
  return cells.map(({from, to, count}) => {
    if (!capacity) {
      return {left: 0, over: false};
    }
    const can = (capacity * (to - from)) / 1000;
    left = Math.max(0, left + count - can);
    return {left, over: count > can};
  });
}

/**
 * @param {number[]} counts
 * @returns {number[]} a step of the heat for each, 0 to 5; 0 for none at all
 */
export function steps(counts) {
  const most = Math.max(0, ...counts);
  return counts.map(count => (count === 0 ? 0 : Math.min(5, 1 + Math.floor((4 * Math.log1p(count)) / Math.log1p(most)))));
}

/**
 * Height of a bar, 0 to 1: by the square root, so that small ones can be seen beside large ones.
 * @param {number} count
 * @param {number} top
 */
export const height = (count, top) => (top <= 0 ? 0 : Math.min(1, Math.sqrt(count / top)));

/** How long the cluster is at it; to the second up to two minutes. @param {number} count @param {number} capacity */
function effort(count, capacity) {
  const seconds = Math.round(count / capacity);
  return seconds < 120 ? `${seconds} s` : length(seconds * 1000);
}

/** @param {number} count @param {number | null} capacity @returns {string} ` Some 35 s of work.`, or nothing where the work is not worth a word */
export function work(count, capacity) {
  if (!capacity || count / capacity < 1) {
    return '';
  }
  return ` Some ${effort(count, capacity)} of work.`;
}

/** @param {number} ms on the wall of the zone */
const date = ms => exact(new Date(ms).toISOString()).split(' ').slice(0, 3).join(' ');

/** @param {number} ms on the wall of the zone */
const time = ms => new Date(ms).toISOString().slice(11, 16);

/**
 * @param {View} view
 * @param {Cell} cell
 * @param {string} zone
 * @param {number | null} capacity
 * @returns {string} `Tue 1 Dec, 09:00 to 10:00 (times in Asia/Ho_Chi_Minh): 12,400 due, counted. Some 4 s of work.`
 */
export function sentence(view, cell, zone, capacity) {
  const from = wall(zone, cell.from);
  const year = view === 'year' ? ` ${new Date(from).getUTCFullYear()}` : '';
  const span = view === 'year' ? '' : `, ${time(from)} to ${time(wall(zone, cell.to))}${cell.again ? ' again' : ''}`;
  const many = cell.count === 0 ? 'none due' : `${cell.exact ? '' : '≈ '}${number(cell.count)} due, ${cell.exact ? 'counted' : 'estimated'}`;
  const over = load([cell], capacity)[0].over ? ' More than can be carried in that time.' : '';
  return `${date(from)}${year}${span} (times in ${zone}): ${many}.${work(cell.count, capacity)}${over}`;
}

/**
 * What the view comes to, in a sentence: the largest bar that is more than can be carried, or that all of it fits.
 * @param {Cell[]} cells
 * @param {string} zone
 * @param {number | null} capacity
 * @param {number} [carried]
 */
export function summary(cells, zone, capacity, carried = 0) {
  if (!capacity) {
    return 'What the cluster can carry is known after its first busy minute.';
  }
  const loads = load(cells, capacity, carried);
  const worst = cells.map((cell, i) => ({cell, i})).filter(({i}) => loads[i].over).sort((a, b) => b.cell.count - a.cell.count)[0];
  if (!worst) {
    return cells.every(cell => cell.count === 0) ? 'Nothing comes due.' : 'All of it fits.';
  }
  const done = loads.findIndex(({left}, i) => i >= worst.i && left === 0);
  const at = time(wall(zone, worst.cell.from));
  const by = done < 0 ? 'not done within what is shown' : `done by ${time(wall(zone, cells[done].to))}`;
  return `${at}: ${worst.cell.exact ? '' : '≈ '}${number(worst.cell.count)} due, some ${effort(worst.cell.count, capacity)} of work; ${by}.`;
}

/**
 * Whether what is due within a minute comes all at once; rules with a time of day make it so.
 * @param {{count: number}[]} seconds sixty of them
 * @param {number} capacity
 * @returns {string} the rest of a sentence
 */
export function burst(seconds, capacity) {
  const counts = seconds.map(second => second.count);
  const all = counts.reduce((a, b) => a + b, 0);
  const pairs = counts.map((count, i) => count + (counts[i + 1] ?? 0));
  if (all > 0 && Math.max(...pairs) >= 0.9 * all) {
    return `nearly all at once: some ${effort(all, capacity)} of work`;
  }
  return Math.max(...counts) <= capacity ? 'spread over the minute: it fits' : `spread over the minute: some ${effort(all, capacity)} of work`;
}

/** @param {Cell[]} cells @returns {Cell | undefined} the first of those with the most; none where nothing comes due */
export const fullest = cells => cells.reduce((/** @type {Cell | undefined} */ best, cell) => (cell.count > (best?.count ?? 0) ? cell : best), undefined);

/**
 * Looks into a cell, down to the fullest minute of it and its seconds.
 * @param {Cell} cell
 * @param {string} zone
 * @param {number} capacity
 * @param {(span: Span) => Promise<Bucket[]>} ask
 * @returns {Promise<string>} a sentence where work comes all at once or is more than can be carried; nothing where it fits, and where nobody knows
 */
export async function into(cell, zone, capacity, ask) {
  let {from, to} = cell;
  for (const width of [HOUR, MINUTE, SECOND]) {
    const buckets = Math.round((to - from) / width);
    if (buckets <= 1) {
      continue;
    }
    const parts = await ask({from, to, buckets});
    const most = parts.reduce((best, part) => (part.count > best.count ? part : best));
    const at = time(wall(zone, from));
    if (width > SECOND) {
      if (most.exact === false || most.count / capacity < WORTH) {
        return '';
      }
      [from, to] = [Date.parse(most.from), Date.parse(most.to)];
    } else if (parts.some(part => part.exact === false)) {
      return most.count >= COUNTED ? `${at}: more than ${number(COUNTED)} at once.` : '';
    } else {
      const words = burst(parts, capacity);
      return words.endsWith('it fits') ? '' : `${at}: ${number(parts.reduce((sum, part) => sum + part.count, 0))} due, ${words}.`;
    }
  }
  return '';
}

/** @param {number} top of a scale by the square root @returns {number[]} round numbers for its lines, large ones first */
export function ticks(top) {
  const round = (/** @type {number} */ n) => {
    const size = 10 ** Math.floor(Math.log10(n));
    return (n >= 5 * size ? 5 : n >= 2 * size ? 2 : 1) * size;
  };
  return [...new Set([1, 0.3, 0.07].map(part => round(Math.max(1, top * part))))];
}

/** @param {View} view @param {Cell} cell @param {string} zone @returns {string} `Tue 1 Dec 2026 09:00`, or its day */
export function when(view, cell, zone) {
  const at = wall(zone, cell.from);
  return `${date(at)} ${new Date(at).getUTCFullYear()}${view === 'year' ? '' : ` ${time(at)}`}${cell.again ? ' again' : ''}`;
}

/** @param {View} view @param {number} row @param {number} first the first cell's instant @param {string} zone @returns {string} the head of a row */
export function rowHead(view, row, first, zone) {
  const at = wall(zone, first);
  if (view === 'week') {
    return exact(new Date(Math.floor(at / DAY) * DAY + row * DAY).toISOString()).split(' ').slice(0, 2).join(' ');
  }
  const month = new Date(at);
  const n = month.getUTCMonth() + row;
  return view === 'year' ? `${MONTH_NAMES[n % 12]} ${month.getUTCFullYear() + Math.floor(n / 12)}` : '';
}

/**
 * Where a key leads in a grid.
 * @param {Cell[]} cells
 * @param {number} at the index of the focused one
 * @param {{key: string, ctrl: boolean}} pressed
 * @returns {number} an index; the same one where the key leads nowhere
 */
export function move(cells, at, {key, ctrl}) {
  const {row, column} = cells[at];
  const inRow = cells.map((cell, i) => ({cell, i})).filter(({cell}) => cell.row === row);
  switch (key) {
    case 'ArrowLeft':
      return Math.max(0, at - 1);
    case 'ArrowRight':
      return Math.min(cells.length - 1, at + 1);
    case 'ArrowUp':
    case 'PageUp':
      return near(cells, row - 1, column) ?? at;
    case 'ArrowDown':
    case 'PageDown':
      return near(cells, row + 1, column) ?? at;
    case 'Home':
      return ctrl ? 0 : inRow[0].i;
    case 'End':
      return ctrl ? cells.length - 1 : /** @type {{i: number}} */ (inRow.at(-1)).i;
    default:
      return at;
  }
}

/** @param {Cell[]} cells @param {number} row @param {number} column @returns {number | undefined} the cell of that row that is nearest to a column */
function near(cells, row, column) {
  /** @type {number | undefined} */
  let best;
  cells.forEach((cell, i) => {
    if (cell.row === row && (best === undefined || Math.abs(cell.column - column) < Math.abs(cells[best].column - column))) {
      best = i;
    }
  });
  return best;
}

/**
 * The filter of the timers in a cell. Those of a destination are counted, and found, without the paused ones.
 * @param {Cell} cell
 * @param {string} [host]
 * @returns {Record<string, string>}
 */
export const filterOf = (cell, host) => ({status: host ? 'scheduled,retrying' : 'scheduled,retrying,paused', dueFrom: new Date(cell.from).toISOString(), dueTo: new Date(cell.to).toISOString()});

