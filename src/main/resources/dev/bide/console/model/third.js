/** A destination in words: how it is, what was put off and why, and what limits it. */
import {list, number, share as shareWords, some} from './words.js';

/** @typedef {{delivered: number, failed: number, refused: number, deferred: Record<string, number>}} Outcomes */
/** @typedef {{destination: string, paused: boolean, reason?: string, breakers: {nodeId: string, state: string}[], limits: {maxConcurrentCalls?: number, ofEachNode?: boolean, callsPerSecond?: number, from: string, binding: string[]}, outcomes: Outcomes, waiting: {count: number, exact: boolean}}} Destination */

/** @param {Outcomes} outcomes @returns {number | null} of those that were called */
export function failedShare({delivered, failed, refused}) {
  const all = delivered + failed + refused;
  return all === 0 ? null : (failed + refused) / all;
}

/** @param {Outcomes} outcomes @returns {string} a share that is not nothing is not said to be nothing */
export function failedWords(outcomes) {
  const share = failedShare(outcomes);
  return share === 0 ? '0 %' : share === null || share === 1 ? shareWords(share) : share < 0.0001 ? 'below 0.01 %' : `${(share * 100).toFixed(share < 0.1 ? 2 : 1)} %`;
}

/** @param {Destination} destination @returns {{status: string, words: string}} for its chip */
export function condition({paused, breakers, limits, outcomes, waiting}) {
  if (paused) {
    return {status: 'paused', words: 'paused'};
  }
  const open = breakers.filter(({state}) => state === 'open').length;
  const half = breakers.filter(({state}) => state === 'half-open').length;
  if (open + half > 0) {
    const nodes = breakers.length > 1 ? ` on ${open + half} of ${breakers.length} nodes` : '';
    return open > 0 ? {status: 'open', words: `breaker open${nodes}`} : {status: 'half-open', words: `breaker half open${nodes}`};
  }
  if (limits.binding.length > 0) {
    return {status: 'held', words: 'held by its limit'};
  }
  if (waiting.count > 0) {
    return {status: 'held', words: 'held back'};
  }
  return outcomes.delivered + outcomes.failed + outcomes.refused === 0 ? {status: 'closed', words: 'no calls'} : {status: 'closed', words: 'calling'};
}

/**
 * One look at it, for the plots. A number whose digits are kept, `2.0`, is text until it is drawn.
 * @param {{callsPerSecond: unknown, latencyMs: {p50: unknown, p95: unknown}}} destination
 * @param {number} at
 */
export function look({callsPerSecond, latencyMs}, at) {
  const ms = (/** @type {unknown} */ value) => (value === null ? null : Number(value));
  return {at, perSecond: Number(callsPerSecond), p50: ms(latencyMs.p50), p95: ms(latencyMs.p95)};
}

/** @param {Destination['breakers']} breakers @returns {string} `Closed on 3 nodes.` */
export function breakerWords(breakers) {
  if (breakers.length === 0) {
    return 'No node has called it in this minute.';
  }
  const parts = ['open', 'half-open', 'closed'].map(state => [state, breakers.filter(each => each.state === state).length]).filter(([, n]) => n !== 0);
  const text = list(parts.map(([state, n]) => `${String(state).replace('-', ' ')} on ${some(/** @type {number} */ (n), 'node')}`));
  return text.charAt(0).toUpperCase() + text.slice(1) + '.';
}

/** @type {Record<string, string>} */
const REASONS = {
  'destination-full': 'as many calls were under way as it is allowed',
  'rate-limited': 'its calls per second were used up',
  'breaker-open': 'its breaker was open',
  'asked-to-wait': 'it asked to be called later',
  'no-thread': 'the threads for slow destinations were taken',
  'lookups-full': 'too many names were being looked up',
  'no-memory': 'there was no room for its call',
  'node-fault': 'the node had no network or no DNS',
  'not-ours': 'the node may not call any more',
  interrupted: 'the node stopped',
  paused: 'it is paused',
};

/** @param {Record<string, number>} deferred @returns {{words: string, count: number}[]} most first */
export const deferredWords = deferred =>
  Object.entries(deferred)
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([reason, count]) => ({words: REASONS[reason] ?? reason.replaceAll('-', ' '), count}));

/** @param {Destination['limits']} limits @returns {string} */
export function limitWords({maxConcurrentCalls, ofEachNode, callsPerSecond, from, binding}) {
  const where = from === 'database' ? 'in the whole cluster' : ofEachNode && !callsPerSecond ? 'as configured' : 'in the whole cluster, as configured';
  const parts = [maxConcurrentCalls === undefined || maxConcurrentCalls === null ? '' : `${number(maxConcurrentCalls)} calls at once${ofEachNode ? ' on each worker' : ''}`, callsPerSecond === undefined || callsPerSecond === null ? '' : `${number(callsPerSecond)} calls a second`].filter(part => part !== '');
  const reached = list(binding.map(name => (name === 'callsPerSecond' ? 'calls a second' : 'calls at once')));
  return `${parts.length === 0 ? 'No limit' : `At most ${list(parts)}`} ${where}. ${binding.length > 0 ? `Reached in this minute: ${reached}.` : 'Not reached in this minute.'}`;
}

/** @template {Destination} D @param {D[]} all @returns {D[]} what is not well first, then as they come */
export const worstFirst = all => [...all].sort((a, b) => rank(a) - rank(b));

/** @param {Destination} destination */
const rank = destination => ['open', 'paused', 'half-open', 'held', 'closed'].indexOf(condition(destination).status);
