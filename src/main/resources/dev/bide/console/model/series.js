/** Figures over time: which to ask for, how they are put together, what they come to in words. */
import {exact, length, localOf} from '../time.js';
import {rate} from './words.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** @typedef {{at: string, accepted: number, delivered: number, retried: number, dead: number, due: number | null, latenessMs: {p50: number | null, p95: number | null, p99: number | null}}} Point */
/** @typedef {'15m' | '24h' | '7d'} Range */

/** @type {Record<Range, {words: string, length: number, step: number, in: string}>} */
export const RANGES = {
  '15m': {words: '15 min', in: 'the last 15 min', length: 15 * MINUTE, step: 10 * SECOND},
  '24h': {words: '24 h', in: 'the last 24 h', length: 24 * 60 * MINUTE, step: 5 * MINUTE},
  '7d': {words: '7 d', in: 'the last 7 d', length: 7 * 24 * 60 * MINUTE, step: 30 * MINUTE},
};

/** The newest point's nodes may not all have written yet. */
const SETTLE = 12 * SECOND;

/**
 * What to ask for next: all of it first, then what came since.
 * @param {Range} range
 * @param {number} now
 * @param {Point[]} known
 */
export function asked(range, now, known) {
  const {length: long, step} = RANGES[range];
  const all = Math.floor((now - long) / step) * step;
  // The last known one is asked again: a node may have been late.
  const from = known.length > 1 ? Math.max(all, Date.parse(known[known.length - 2].at)) : all;
  return {from: new Date(from).toISOString(), to: new Date(now).toISOString(), step: step / SECOND};
}

/**
 * @param {Range} range
 * @param {number} now
 * @param {Point[]} known
 * @param {Point[]} fresh
 * @returns {Point[]} oldest first, those of the range whose time is over
 */
export function joined(range, now, known, fresh) {
  const {length: long, step} = RANGES[range];
  const points = new Map([...known, ...fresh].map(point => [point.at, point]));
  return [...points.values()]
    .filter(({at}) => Date.parse(at) >= now - long - step && Date.parse(at) + step <= now - SETTLE)
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

/**
 * The service tells only steps that are over: what came after the last full hour is asked by the minute.
 * @param {Point[]} hours
 * @param {number} now
 * @returns {{from: string, step: string}}
 */
export function rest(hours, now) {
  const last = hours.at(-1);
  const from = Math.max(now - 120 * MINUTE, last ? Date.parse(last.at) + 60 * MINUTE : 0);
  return {from: new Date(Math.floor(from / MINUTE) * MINUTE).toISOString(), step: 'PT1M'};
}

/** @param {Range} range @param {number} at @param {string} zone @returns {string} `09:00:10`, or with its day where the range is of days */
export function when(range, at, zone) {
  const local = localOf(zone, at);
  return range === '15m' ? local.slice(11, 19) : `${exact(local).split(' ').slice(0, 3).join(' ')}, ${local.slice(11, 16)}`;
}

/** A lateness: finer than other lengths where it is about a promise of a second. @param {number} ms @returns {string} `31 ms`, `1.4 s`, `42 s` */
export const late = ms => (ms >= SECOND && ms < 9950 ? `${Math.round(ms / 100) / 10} s` : length(ms));

/** Whether anybody was there to count: where nobody was there is a gap, not a nought. @param {Point} point */
export const counted = ({due, accepted, delivered}) => due !== null || accepted > 0 || delivered > 0;

/** @param {Range} range @param {Point[]} all @param {string} zone */
export function throughput(range, all, zone) {
  const points = all.filter(counted);
  if (points.length === 0) {
    return range === '15m' ? 'No figures yet: nodes write them every 10 s.' : `No figures yet: there is a point each ${length(RANGES[range].step)}.`;
  }
  const {step} = RANGES[range];
  const per = (/** @type {number} */ n) => rate((n * SECOND) / step);
  const sum = points.reduce((total, point) => total + point.delivered, 0);
  if (sum === 0) {
    return `Nothing was delivered in ${RANGES[range].in}.`;
  }
  const most = points.reduce((best, point) => (point.delivered > best.delivered ? point : best));
  return `Delivered ${per(sum / points.length)} on average in ${RANGES[range].in}, most ${per(most.delivered)} at ${when(range, Date.parse(most.at), zone)}.`;
}

/** @param {Range} range @param {Point[]} points @param {string} zone @param {number} promise milliseconds */
export function lateness(range, points, zone, promise) {
  const known = points.filter(point => point.latenessMs.p95 !== null);
  if (known.length === 0) {
    return `No first attempt in ${RANGES[range].in}.`;
  }
  const p95 = (/** @type {Point} */ point) => /** @type {number} */ (point.latenessMs.p95);
  const worst = known.reduce((best, point) => (p95(point) > p95(best) ? point : best));
  const at = when(range, Date.parse(worst.at), zone);
  const above = known.filter(point => p95(point) > promise).length;
  return above === 0
    ? `p95 was ${late(p95(worst))} at most in ${RANGES[range].in}; the promise is ${late(promise)}.`
    : `p95 was above ${late(promise)} in ${above} of ${known.length} points of ${RANGES[range].in}, most ${late(p95(worst))} at ${at}.`;
}
