/**
 * The filter of a list of timers or runs: as the query of a url, as the API takes it in a query and in a bulk call, and in words. One order of the fields in all of them, so
 * that the same filter is the same url.
 */
import {TIMER_STATES, isId, list, shortId, state} from './words.js';

/**
 * @typedef {object} Filter
 * @property {string[]} status in the order of a timer's life; empty for all
 * @property {string} [dueFrom] instant
 * @property {string} [dueTo] instant, not included
 * @property {string} [host]
 * @property {string} [key]
 * @property {string} [workflowId]
 * @property {string} [taskId]
 * @property {string} [runId]
 * @property {string} [problem]
 */

/** @typedef {'status' | 'dueFrom' | 'dueTo' | 'host' | 'key' | 'workflowId' | 'taskId' | 'runId' | 'problem'} Field */

/** @type {Exclude<Field, 'status'>[]} */
const FIELDS = ['dueFrom', 'dueTo', 'host', 'key', 'workflowId', 'taskId', 'runId', 'problem'];
const IDS = new Set(['workflowId', 'taskId', 'runId']);
const BEGINNING = '0001-01-01T00:00:00Z';

/**
 * @param {URLSearchParams} query
 * @param {string[]} [states] those that there are
 * @returns {Filter} what can be used of it; the rest is dropped
 */
export function read(query, states = TIMER_STATES) {
  const asked = new Set((query.get('status') ?? '').split(','));
  /** @type {Filter} */
  const filter = {status: states.filter(name => asked.has(name))};
  for (const field of FIELDS) {
    const value = query.get(field)?.trim();
    const usable = value && (IDS.has(field) ? isId(value) : field === 'problem' ? /^[0-9a-f]{16}$/.test(value) : !field.startsWith('due') || !Number.isNaN(Date.parse(value)));
    if (usable) {
      filter[field] = value;
    }
  }
  return filter;
}

/**
 * For the url of the page: what is not asked is not there.
 * @param {Filter} filter
 * @returns {Record<string, string>}
 */
export function query(filter) {
  /** @type {Record<string, string>} */
  const out = {};
  if (filter.status.length > 0) {
    out.status = filter.status.join(',');
  }
  for (const field of FIELDS) {
    const value = filter[field];
    if (value) {
      out[field] = value;
    }
  }
  return out;
}

/**
 * For `GET /timers`. Waiting timers are wanted by due time: a due range makes the list come so, and where no other filter decides the order one that holds all is sent.
 * @param {Filter} filter
 * @returns {Record<string, string>}
 */
export function asked(filter) {
  const out = query(filter);
  return order(filter) === 'due' && !filter.dueFrom && !filter.dueTo && !filter.taskId ? {...out, dueFrom: BEGINNING} : out;
}

/**
 * For the bulk calls.
 * @param {Filter} filter
 * @returns {Record<string, string | string[]>}
 */
export function body(filter) {
  const {status, ...rest} = query(filter);
  if (status === undefined) {
    return rest;
  }
  return {status: filter.status.length === 1 ? filter.status[0] : filter.status, ...rest};
}

/**
 * The order in which the API gives a list.
 * @param {Filter} filter
 * @returns {'due' | 'called' | 'died' | 'newest'}
 */
export function order(filter) {
  const {status} = filter;
  if (filter.problem || (status.length === 1 && status[0] === 'dead')) {
    return 'died';
  }
  if (filter.host && !status.includes('paused')) {
    return 'called';
  }
  if (filter.taskId || filter.dueFrom || filter.dueTo) {
    return 'due';
  }
  return status.includes('scheduled') && !filter.host && !filter.key && !filter.runId ? 'due' : 'newest';
}

/** The states that can be among them: a group of failures holds dead ones. @param {Filter} filter @returns {string[]} empty for all */
export const states = ({status, problem}) => (problem && status.length === 0 ? ['dead'] : status);

/** @param {Filter} filter @returns {string} the order, as it is said above a list */
export function orderWords(filter) {
  switch (order(filter)) {
    case 'due':
      return 'by due time';
    case 'called':
      return 'in the order in which they are called';
    case 'died':
      return 'newest death first';
    case 'newest':
      return 'newest first';
  }
}

/**
 * Why a field can't be added to a filter: only what has an index can be asked.
 * @param {Filter} filter
 * @param {Field} field
 * @param {string} [value] of a state
 * @returns {string | null} a sentence, or null where it can
 */
export function barred(filter, field, value = '') {
  const {status} = filter;
  if (field === 'status') {
    const why = filter.host ? ofHost([...new Set([...status, value])]) : null;
    if (why) {
      return why;
    }
    return filter.problem && value !== 'dead' ? 'A group of failures holds dead timers only.' : null;
  }
  if (field === 'host') {
    return filter.key ? 'A key is looked for at all destinations.' : ofHost(status);
  }
  if (field === 'problem') {
    return status.some(name => name !== 'dead') ? 'A group of failures holds dead timers only.' : null;
  }
  if (field === 'key') {
    return others(filter, 'key').length > 0 ? 'A key is looked for alone, or with states.' : null;
  }
  return filter.key ? 'A key is looked for alone, or with states.' : null;
}

/** Of a destination those that are to be called are found together, paused and dead ones each alone. @param {string[]} status @returns {string | null} */
function ofHost(status) {
  const over = status.filter(name => name === 'delivered' || name === 'cancelled');
  if (over.length > 0) {
    return `Timers that are ${list(over, 'or')} can't be found by destination.`;
  }
  const [alone] = status.filter(name => name === 'paused' || name === 'dead');
  return alone && status.length > 1 ? `By destination, timers that are ${alone} are found alone.` : null;
}

/** @param {Filter} filter @param {Field} field @returns {Field[]} which others are set, states aside */
const others = (filter, field) => FIELDS.filter(name => name !== field && filter[name]);

/** @param {Filter} filter @returns {boolean} */
export const isEmpty = filter => filter.status.length === 0 && FIELDS.every(field => !filter[field]);

/**
 * @typedef {object} Names
 * @property {(instant: string) => string} time an instant, exact
 * @property {(id: string) => string | undefined} [workflow]
 * @property {(id: string) => string | undefined} [task]
 * @property {(id: string) => string | undefined} [group] of failures
 */

/**
 * @param {Filter} filter
 * @param {Names} names
 * @param {string} [things]
 * @returns {string} `timers of Onboarding that are retrying, due before Mon 30 Nov 2026 09:00 +07`
 */
export function words(filter, names, things = 'timers') {
  if (isEmpty(filter)) {
    return `all ${things}`;
  }
  /** @param {string | undefined} id @param {((id: string) => string | undefined) | undefined} known @param {string} what */
  const called = (id, known, what) => (id ? (known?.(id) ?? `the ${what} ${shortId(id)}`) : '');
  const task = called(filter.taskId, names.task, 'task');
  const workflow = called(filter.workflowId, names.workflow, 'workflow');
  const run = filter.runId ? `the run ${shortId(filter.runId)}` : '';
  const of = [task && (filter.taskId && !task.startsWith('the task') ? `the task ${task}` : task), run, workflow].filter(part => part !== '');
  let text = things;
  if (filter.key) {
    text += ` with the key ${filter.key}`;
  }
  if (of.length > 0) {
    text += ` of ${of.join(' of ')}`;
  }
  if (filter.host) {
    text += ` to ${filter.host}`;
  }
  if (filter.status.length > 0) {
    text += ` that are ${list(filter.status.map(name => state(name).word), 'or')}`;
  }
  if (filter.problem) {
    const group = names.group?.(filter.problem);
    text += ` of one group of failures${group ? ` (${group})` : ''}`;
  }
  if (filter.dueFrom && filter.dueTo) {
    text += `, due from ${names.time(filter.dueFrom)} to before ${names.time(filter.dueTo)}`;
  } else if (filter.dueFrom) {
    text += `, due from ${names.time(filter.dueFrom)} on`;
  } else if (filter.dueTo) {
    text += `, due before ${names.time(filter.dueTo)}`;
  }
  return text;
}
