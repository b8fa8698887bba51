/** How fast an operation goes, and how long it still takes. */
import {length} from '../time.js';
import {number, some} from './words.js';

const WINDOW = 10_000;

export class Pace {
  constructor() {
    /** @type {{at: number, done: number}[]} */
    this.points = [];
  }

  /** @param {number} at milliseconds @param {number} done and failed together */
  add(at, done) {
    const last = this.points.at(-1);
    if (last && (at <= last.at || done < last.done)) {
      return;
    }
    this.points.push({at, done});
    // One point older than the window stays: the difference is over all of it.
    while (this.points.length > 2 && this.points[1].at <= at - WINDOW) {
      this.points.shift();
    }
  }

  /** @returns {number | null} a second, over some 10 s; null before there are two looks a second apart */
  get perSecond() {
    const [first, last] = [this.points[0], this.points.at(-1)];
    return !first || !last || last.at - first.at < 1000 ? null : ((last.done - first.done) * 1000) / (last.at - first.at);
  }
}

/** @param {{kind: string}} operation @returns {'runs' | 'timers'} what it changes */
export const things = ({kind}) => (kind.endsWith('-runs') || kind === 'apply-version' ? 'runs' : 'timers');

/** Whom it calls, and nobody knows yet what comes of that. @param {{kind: string}} operation */
export const setsOff = ({kind}) => kind.startsWith('redrive');

/** @param {{kind: string, done: number, failed: number, matched: number}} operation @returns {string} `8,120 of 12,345 timers done, 3 failed`; tried again they are set off, not delivered */
export function tally(operation) {
  const {done, failed, matched} = operation;
  const what = things(operation);
  return `${number(done)} of ${some(matched, what.slice(0, -1), what)} ${setsOff(operation) ? 'set off again' : 'done'}${failed > 0 ? `, ${number(failed)} failed` : ''}`;
}

/**
 * @param {{status: string, done: number, failed: number, matched: number}} operation
 * @param {number | null} perSecond
 * @returns {string} `150/s, some 40 s left`; empty once it is over
 */
export function left({status, done, failed, matched}, perSecond) {
  if (status !== 'running') {
    return '';
  }
  if (perSecond === null) {
    return 'Its pace is known in some seconds.';
  }
  if (perSecond === 0) {
    return 'Nothing moved in the last 10 s.';
  }
  const rest = matched - done - failed;
  return `${number(Math.round(perSecond * 10) / 10)}/s${rest > 0 ? `, some ${length(Math.max(1000, (rest / perSecond) * 1000))} left` : ''}`;
}

/**
 * The call that began it, where all of it is known: not to which time, nor by which version.
 * @param {Record<string, any>} operation
 * @returns {[string, Record<string, unknown>] | null} path and body
 */
export function beganBy({kind, filter, limit, reason}) {
  if (kind === 'apply-version' || kind === 'reschedule' || kind === 'redrive-runs') {
    return null;
  }
  const [call, what] = kind.endsWith('-runs') ? [kind.replace('-runs', ''), 'runs'] : [kind === 'dismiss' ? 'cancel' : kind, 'timers'];
  return [`/${what}/${call}`, {filter, ...(limit && {limit}), ...(reason && {reason})}];
}
