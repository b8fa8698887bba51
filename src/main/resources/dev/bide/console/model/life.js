/** The life of a timer: which way it went, and where it may go. */
import {list} from './words.js';

/** @typedef {'scheduled' | 'retrying' | 'paused' | 'delivered' | 'dead' | 'cancelled'} State */

/** What its own course and people can do with it, by state. @type {Record<State, State[]>} */
const NEXT = {
  scheduled: ['delivered', 'retrying', 'dead', 'paused', 'cancelled'],
  retrying: ['delivered', 'dead', 'paused', 'cancelled'],
  paused: ['scheduled', 'cancelled'],
  delivered: [],
  dead: ['scheduled', 'cancelled'],
  cancelled: [],
};

/**
 * @param {{status: string, attempts: {outcome: string}[], retry?: {maxRetries?: number}}} timer
 * @returns {State[]} as far as its attempts tell: pauses that are over leave no trace
 */
export function went({status, attempts, retry}) {
  const most = (retry?.maxRetries ?? 3) + 1;
  /** @type {State[]} */
  const way = ['scheduled'];
  const step = (/** @type {State} */ state) => void (way.at(-1) !== state && way.push(state));
  let tries = 0;
  attempts.forEach(({outcome}, i) => {
    tries++;
    if (outcome === 'delivered') {
      step('delivered');
    } else if (outcome === 'refused' || tries >= most) {
      step('dead');
      if (i < attempts.length - 1 || status === 'scheduled') {
        // It was tried again with a fresh set of attempts.
        step('scheduled');
        tries = 0;
      }
    } else {
      step('retrying');
    }
  });
  step(/** @type {State} */ (status));
  return way;
}

/** @param {{status: string, attempts: unknown[]}} timer @returns {State[]} */
export function next({status, attempts}) {
  const all = NEXT[/** @type {State} */ (status)] ?? [];
  return status === 'paused' && attempts.length > 0 ? all.map(state => (state === 'scheduled' ? 'retrying' : state)) : all;
}

/** @param {Parameters<typeof went>[0]} timer @returns {string} the diagram in words */
export function sentence(timer) {
  const to = next(timer);
  return `It went: ${went(timer).join(', ')}. ${to.length === 0 ? 'That is its end.' : `It may go to: ${list(to, 'or')}.`}`;
}
