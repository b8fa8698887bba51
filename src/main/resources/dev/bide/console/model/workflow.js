/**
 * A workflow as it is edited: what can be typed stays text until it is sent, bodies byte for byte. Nothing is judged here; what can't be used the service says, by the path of its field.
 */
import {exactly, read as readLength} from './length.js';
import {Raw, parse, pretty, write as text} from './json.js';
import {DEFAULT_RETRY, DEFAULT_TIMEOUT} from './retry.js';

/** @typedef {{name: string, value: string}} Header */
/** @typedef {{method: string, url: string, headers: Header[], body: string}} Action `body` as typed; empty for none */
/** @typedef {{maxRetries: string, initialBackoff: string, multiplier: string, maxBackoff: string}} Retry as typed: `3`, `1 s` */
/** @typedef {{key: number, id?: string, name: string, delay: any, action: Action, retry: Retry, timeout: string}} TaskDraft `key` tells cards apart */
/** @typedef {{name: string, description: string, timezone: string, tasks: TaskDraft[], onCompleted?: Action, onFailed?: Action}} Draft */

export const METHODS = ['POST', 'PUT', 'PATCH', 'DELETE', 'GET', 'HEAD'];
export const MOST_TASKS = 100;
/** What the first task is called until somebody names it. */
export const FIRST = 'task 1';

/** @param {string} method @returns {boolean} */
export const hasBody = method => method !== 'GET' && method !== 'HEAD';

let keys = 0;

/** @param {any} action as the API has it @returns {Action} */
function action(action) {
  const {method = 'POST', url = '', headers = {}, body} = action ?? {};
  return {method, url, headers: Object.entries(headers).map(([name, value]) => ({name, value: String(value)})), body: body === undefined ? '' : laidOut(text(body))};
}

/** Short bodies are easier to read laid out; nothing in them is changed but white space between values. @param {string} json */
function laidOut(json) {
  return json.includes('\n') ? json : pretty(json);
}

/** @param {any} task as the API has it @returns {TaskDraft} */
export function task(task) {
  const retry = {...DEFAULT_RETRY, ...task.retry};
  return {
    key: ++keys,
    ...(task.id && {id: task.id}),
    name: task.name ?? '',
    delay: task.delay ?? {type: 'period', amount: 1, unit: 'days'},
    action: action(task.action),
    retry: {maxRetries: String(retry.maxRetries), initialBackoff: exactly(retry.initialBackoff), multiplier: String(Number(retry.multiplier)), maxBackoff: exactly(retry.maxBackoff)},
    timeout: exactly(task.timeout ?? DEFAULT_TIMEOUT),
  };
}

/** @param {any} workflow as the API has it @returns {Draft} */
export const draft = workflow => ({name: workflow.name ?? '', description: workflow.description ?? '', timezone: workflow.timezone ?? '', tasks: (workflow.tasks ?? []).map(task), ...ends(workflow, action)});

/** Who is told of the end of a run, each by `made`: nobody where nobody was. @template T @param {any} from @param {(action: any) => T} made @returns {{onCompleted?: T, onFailed?: T}} */
function ends({onCompleted, onFailed}, made) {
  return {...(onCompleted && {onCompleted: made(onCompleted)}), ...(onFailed && {onFailed: made(onFailed)})};
}

/** A number goes out as it was typed; anything else as text, which the service refuses by its name. @param {string} typed */
function number(typed) {
  const trimmed = typed.trim();
  return trimmed === '' ? undefined : /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/.test(trimmed) ? new Raw(trimmed) : trimmed;
}

/** @param {string} typed */
const duration = typed => readLength(typed) || undefined;

/** @param {Action} action @returns {Record<string, unknown>} as the API takes it */
export function actionJson({method, url, headers, body}) {
  const named = headers.filter(({name, value}) => name.trim() !== '' || value !== '');
  return {
    method,
    url: url.trim(),
    headers: Object.fromEntries(named.map(({name, value}) => [name.trim(), value])),
    ...(hasBody(method) && body.trim() !== '' && {body: new Raw(body.trim())}),
  };
}

/** @param {TaskDraft} task @returns {Record<string, unknown> & {name: string}} as the API takes it */
export const taskJson = ({id, name, delay, action: call, retry, timeout}) => ({
  ...(id && {id}),
  name: name.trim(),
  delay,
  action: actionJson(call),
  retry: {maxRetries: number(retry.maxRetries), initialBackoff: duration(retry.initialBackoff), multiplier: number(retry.multiplier), maxBackoff: duration(retry.maxBackoff)},
  timeout: duration(timeout),
});

/** @param {Draft} draft @returns {{name: string, description?: string, timezone?: string, tasks: ReturnType<typeof taskJson>[], onCompleted?: Record<string, unknown>, onFailed?: Record<string, unknown>}} as the API takes it */
export const json = draft => ({
  name: draft.name.trim(),
  ...(draft.description.trim() && {description: draft.description}),
  ...(draft.timezone.trim() && {timezone: draft.timezone.trim()}),
  tasks: draft.tasks.map(taskJson),
  ...ends(draft, actionJson),
});

/**
 * A task with an id that the stored version does not have is a new one to the service: it was removed by somebody, or comes from an older version.
 * @param {ReturnType<typeof json>} workflow as it would be sent
 * @param {any} stored
 * @returns {ReturnType<typeof json>}
 */
export function madeFor(workflow, stored) {
  const ids = new Set(stored.tasks.map((/** @type {any} */ task) => task.id));
  return {...workflow, tasks: workflow.tasks.map(task => (ids.has(task.id) ? task : {...task, id: undefined}))};
}

/** What can't be sent as it stands, since it is no JSON, or would be sent with less than was typed. @param {Draft} draft @param {(text: string) => {line: number, column: number, message: string} | null} check @returns {{field: string, message: string}[]} */
export function unsendable(draft, check) {
  return draft.tasks.flatMap(({action: {method, body, headers}}, i) => {
    const fault = hasBody(method) && body.trim() !== '' ? check(body) : null;
    const names = headers.map(header => header.name.trim());
    const twice = names.find((name, j) => name !== '' && names.indexOf(name) !== j);
    return [
      ...(fault ? [{field: `tasks[${i}].action.body`, message: `line ${fault.line}, column ${fault.column}: ${fault.message}`}] : []),
      ...(twice ? [{field: `tasks[${i}].action.headers`, message: `${twice} is there twice`}] : []),
    ];
  });
}

/**
 * @template T
 * @param {T[]} list
 * @param {number} from
 * @param {number} to
 * @returns {T[]} with one of them elsewhere
 */
export function moved(list, from, to) {
  const out = [...list];
  out.splice(to, 0, ...out.splice(from, 1));
  return out;
}

/** @param {string} name @param {string[]} names that are there @returns {string} one that is not */
export function fresh(name, names) {
  const base = name.replace(/ \d+$/, '');
  for (let n = 2; ; n++) {
    if (!names.includes(`${base} ${n}`)) {
      return `${base} ${n}`;
    }
  }
}

/**
 * A draft as text, to keep it for a while.
 * @param {Draft} draft
 */
export const keep = draft => text(draft);

/** @param {any} kept as it was read back: bodies are texts then, read untouched @returns {Draft} */
export const back = kept => ({...kept, tasks: kept.tasks.map((/** @type {any} */ each) => ({...each, key: ++keys, action: untouched(each.action)})), ...ends(kept, untouched)});

/** @param {any} action @returns {Action} */
const untouched = action => ({...action, body: String(parse(action.body.text))});
