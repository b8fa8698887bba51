/** An operation: how far it is, and what it is about. */
import * as filters from '../model/filter.js';
import {left, tally, things} from '../model/pace.js';
import {RUN_STATES, TIMER_STATES, number} from '../model/words.js';
import {chip, html, nothing} from './base.js';
import {group} from './groups.js';
import {exact, length, locals, readers, utc} from './times.js';
import {workflowOf} from './workflow-picker.js';

/** @typedef {Record<string, any>} Operation */

/** @param {Operation} operation @param {number | null} [perSecond] */
export function progress(operation, perSecond) {
  const {status, done, failed, matched} = operation;
  const pace = perSecond === undefined ? '' : left(/** @type {any} */ (operation), perSecond);
  return html`<div class="stack tight">
    ${status === 'running' ? html`<progress max=${Math.max(1, matched)} .value=${done + failed} aria-label=${tally(/** @type {any} */ (operation))}></progress>` : nothing}
    <span>${tally(/** @type {any} */ (operation))}</span>${pace ? html`<span class="soft">${pace}</span>` : nothing}
  </div>`;
}

/** What is done stays done: one that is cancelled has stopped. @param {string} status */
export const operationChip = status => chip(status === 'cancelled' ? 'stopped' : status);

/** Steps of one turn have the same time. @param {number} took milliseconds */
export const tookWords = took => (took < 1000 ? 'took less than 1 s' : `took ${length(took)}`);

/** @param {Operation} operation @returns {import('../model/filter.js').Filter} of what it was asked to change */
export function filterOf(operation) {
  const {status, ...rest} = operation.filter ?? {};
  const query = new URLSearchParams({...rest, ...(status && {status: [status].flat().join(',')})});
  return filters.read(query, things(/** @type {any} */ (operation)) === 'runs' ? RUN_STATES : TIMER_STATES);
}

/** What it was asked to change, in words. @param {Operation} operation @param {() => void} changed that a name has come */
export function aboutWords(operation, changed) {
  const what = things(/** @type {any} */ (operation));
  const filter = filterOf(operation);
  const workflow = workflowOf(filter.workflowId, changed);
  const zone = readers();
  const ends = [filter.dueFrom, filter.dueTo].filter(each => each !== undefined);
  if (ends.some(each => locals.get(zone, each) === undefined)) {
    void locals.of(zone, ends).then(changed);
  }
  const words = filters.words(filter, {time: at => exact(locals.get(zone, at) ?? utc(at)), workflow: () => workflow?.name, task: id => workflow?.tasks?.find(task => task.id === id)?.name, group: id => group(id, changed).words}, what);
  return operation.limit ? `the oldest ${number(operation.limit)} of: ${words}` : words;
}
