/** What needs somebody: a sentence each, with the page where it can be mended. Whatever is as promised isn't here. */
import {relative} from '../time.js';
import {kind, list, number, some} from './words.js';

const DAY = 86_400_000;

const ANSWERS = /** @type {Record<number, string>} */ ({
  400: 'Bad Request', 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found', 405: 'Method Not Allowed', 409: 'Conflict', 410: 'Gone', 413: 'Content Too Large', 415: 'Unsupported Media Type',
  422: 'Unprocessable Content', 429: 'Too Many Requests', 500: 'Internal Server Error', 501: 'Not Implemented', 502: 'Bad Gateway', 503: 'Service Unavailable', 504: 'Gateway Timeout',
});

/**
 * @typedef {object} Need
 * @property {'bad' | 'held' | 'amber'} tone
 * @property {string} icon
 * @property {string} words
 * @property {string} [path] of the page where it can be mended
 * @property {Record<string, string>} [query]
 * @property {string} [action] the words of the way there
 */

/** Worst first. */
const TONES = ['bad', 'amber', 'held'];

/** @param {number} status @returns {string} `410 Gone` */
export const answer = status => (ANSWERS[status] ? `${status} ${ANSWERS[status]}` : String(status));

/** Host and port as people say them: the port of https is not said. @param {string} destination */
export const named = destination => destination.replace(/:443$/, '');

/** Groups of failures that need somebody: those of the last day. @template {{lastAt: string}} G @param {G[]} groups @param {number} now */
export const recentOf = (groups, now) => groups.filter(({lastAt}) => now - Date.parse(lastAt) < DAY);

/** @param {string} text of a group @returns {string} with dots for what differs from one to the next */
export const dotted = text => text.replaceAll(/\{(?:id|n|time|address)\}/g, '···');

/** @param {{host: string, httpStatus?: number, text: string}} group @returns {string} why they died */
export const why = ({host, httpStatus, text}) => (httpStatus ? `${named(host)} answers ${answer(httpStatus)}` : `${named(host)}: ${dotted(text)}`);

/**
 * @param {{warnings?: any[], problems?: any[], destinations?: any[], operations?: any[]}} known
 * @param {number} now
 * @returns {Need[]} what is worst first
 */
export function needs({warnings = [], problems = [], destinations = [], operations = []}, now) {
  const recent = (/** @type {string | undefined} */ at) => at !== undefined && now - Date.parse(at) < DAY;
  const held = destinations.some(each => each.paused);
  const all = [
    ...warnings.filter(({code}) => code !== 'destination-paused' || !held).map(warning),
    ...destinations.filter(each => !each.paused && each.breakers.some((/** @type {any} */ breaker) => breaker.state !== 'closed')).map(breaking),
    ...recentOf(problems, now).map(group => died(group, now)),
    ...destinations.filter(each => !each.paused && each.limits?.binding?.length > 0 && each.waiting.count > 0 && each.breakers.every((/** @type {any} */ breaker) => breaker.state === 'closed')).map(limited),
    ...destinations.filter(each => each.paused).map(paused),
    ...operations.filter(each => each.failed > 0 && recent(each.endedAt)).map(fell),
  ];
  return all.sort((a, b) => TONES.indexOf(a.tone) - TONES.indexOf(b.tone));
}

/** @param {any} warning @returns {Need} */
function warning({code, detail}) {
  const words = /[.!?]$/.test(detail) ? detail : `${detail}.`;
  const loud = ['role-missing', 'partitions-missing', 'timers-unreadable'].includes(code);
  return {tone: loud ? 'bad' : 'amber', icon: loud ? 'cross' : 'warn', words: words.charAt(0).toUpperCase() + words.slice(1), ...(code === 'destination-paused' ? {path: '/destinations', action: 'Destinations'} : {})};
}

/** @param {any} destination @returns {Need} */
function breaking({destination, breakers, waiting}) {
  const open = breakers.filter((/** @type {any} */ breaker) => breaker.state !== 'closed').length;
  const where = open === breakers.length ? '' : ` on ${open} of ${some(breakers.length, 'node')}`;
  return {tone: 'bad', icon: 'fold', words: `Calls to ${named(destination)} are held back${where}: it failed too often, and is tried again by itself.${waits(waiting)}`, ...to(destination)};
}

/** @param {any} destination @returns {Need} */
function limited({destination, limits, waiting}) {
  const what = list(limits.binding.map((/** @type {string} */ name) => (name === 'callsPerSecond' ? 'calls per second' : 'calls at once')));
  return {tone: 'amber', icon: 'half', words: `${named(destination)} is at its limit of ${what}.${waits(waiting)}`, ...to(destination)};
}

/** @param {any} destination @returns {Need} */
function paused({destination, reason, waiting}) {
  return {tone: 'held', icon: 'pause', words: `${named(destination)} is paused${reason ? `: ${reason}` : ''}.${waits(waiting)}`, ...to(destination)};
}

/** @param {{count: number, exact: boolean}} waiting */
const waits = ({count, exact}) => (count > 0 ? ` ${number(count)}${exact ? '' : ' or more'} ${count === 1 ? 'waits' : 'wait'} because of it.` : '');

/** @param {string} destination */
const to = destination => ({path: `/destinations/${encodeURIComponent(destination)}`, action: 'Destination'});

/** @param {any} group @param {number} now @returns {Need} */
function died(group, now) {
  return {tone: 'bad', icon: 'cross', words: `${some(group.count, 'timer')} died: ${why(group)}. The last ${relative(group.lastAt, now)}.`, path: '/timers', query: {status: 'dead', problem: group.problem}, action: 'Look at them'};
}

/** @param {any} operation @returns {Need} */
function fell({id, kind: what, failed, matched}) {
  return {tone: 'amber', icon: 'warn', words: `${kind(what)}: ${number(failed)} of ${number(matched)} could not be changed.`, path: `/operations/${id}`, action: 'Operation'};
}
