/** What the API answers in samples: enough to see each page full. Times are counted from now, so that it is always about to happen. */

import {figures} from './figures.js';
import {preview} from './preview.js';
import {answerEditor} from './samples-editor.js';
import {work} from './samples-work.js';

const id = n => `0198a1b2-7c3d-7e4f-8a5b-${String(n).padStart(12, '0')}`;
const at = ms => new Date(Date.now() + ms).toISOString();
const S = 1000, MIN = 60 * S, H = 60 * MIN, D = 24 * H;

const ACTION = {method: 'POST', url: 'https://api.example.com/mails', headers: {}, body: {to: '{{input.email}}'}};
const RETRY = {maxRetries: 3, initialBackoff: 'PT1S', multiplier: 2, maxBackoff: 'PT5M'};
const STATES = ['scheduled', 'retrying', 'paused', 'delivered', 'dead', 'cancelled'];
const BEGUN = Date.now();

/** @param {number} n */
export function timer(n) {
  const status = STATES[n % STATES.length];
  const due = new Date(BEGUN + (n % 3 === 0 ? n * 7 * H : -n * 11 * MIN)).toISOString();
  const tries = {scheduled: 0, retrying: 2, paused: 0, delivered: 1, dead: 4, cancelled: 0}[status];
  return {
    id: id(n),
    status,
    dueAt: due,
    createdAt: at(-D),
    delay: {type: 'weekdays', days: ['MONDAY', 'WEDNESDAY'], at: '09:00'},
    timezone: n % 2 ? 'Asia/Ho_Chi_Minh' : 'Europe/Berlin',
    action: ACTION,
    retry: RETRY,
    timeout: 'PT10S',
    attempts: Array.from({length: tries}, (_, i) => ({number: i + 1, startedAt: due, durationMs: 61, outcome: status === 'delivered' ? 'delivered' : 'failed', ...(status === 'delivered' ? {httpStatus: 200} : {httpStatus: 503, error: 'answer 503: upstream busy'})})),
    ...(status === 'retrying' && {nextAttemptAt: at(40 * S)}),
    ...(tries > 0 && {latenessMs: 12}),
    ...(n % 4 === 0 ? {key: `customer-${n}`} : {runId: id(1000 + n), taskId: id(2000), workflowId: id(3000)}),
  };
}

/**
 * @param {string} method
 * @param {string} path below /v1
 * @param {URLSearchParams} query
 * @param {string} body
 * @returns {{status: number, json: unknown, headers?: Record<string, string>}}
 */
export function answer(method, path, query, body) {
  const figured = figures(method, path, query, body);
  if (figured) {
    return figured;
  }
  const none = {status: 404, json: {type: 'urn:bide:problem:not-found', title: 'Not found', status: 404, detail: 'There is no such thing.'}};
  const edited = answerEditor(method, path, query, body);
  if (edited) {
    return edited;
  }
  const known = work(method, path, query, body);
  if (known) {
    return known;
  }
  if (method === 'GET' && path === '/timers') {
    const asked = query.get('status')?.split(',');
    const all = Array.from({length: 180}, (_, n) => timer(n)).filter(each => (!asked || asked.includes(each.status)) && (!query.get('key') || each.key === query.get('key')));
    const from = Number(query.get('cursor') ?? 0);
    const limit = Number(query.get('limit') ?? 50);
    return {status: 200, json: {items: all.slice(from, from + limit), nextCursor: from + limit < all.length ? String(from + limit) : null}};
  }
  const one = /^\/timers\/([0-9a-f-]{36})$/.exec(path);
  if (method === 'GET' && one) {
    const n = Number(one[1].slice(-12));
    return n < 180 ? {status: 200, json: timer(n)} : none;
  }
  if (method === 'POST' && path === '/delays/preview') {
    return preview(JSON.parse(body));
    const {from, timezone} = JSON.parse(body);
    const local = instant => {
      const parts = Object.fromEntries(new Intl.DateTimeFormat('en', {timeZone: timezone, timeZoneName: 'longOffset', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23'}).formatToParts(new Date(instant)).map(part => [part.type, part.value]));
      return `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}:${parts.second}${parts.timeZoneName.slice(3) || 'Z'}`;
    };
    const item = instant => ({dueAt: instant, local: local(instant), timezone, rule: 'at once'});
    return {status: 200, json: Array.isArray(from) ? {items: from.map(item)} : item(from ?? at(0))};
  }
  if (method === 'GET' && path === '/workflows') {
    return {status: 200, json: {items: [], nextCursor: null}};
  }
  return none;
}
