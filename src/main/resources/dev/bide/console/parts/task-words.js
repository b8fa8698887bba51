/** What a workflow does, task by task: how long it waits, in the service's words, and whom it calls then. */
import {post} from '../api.js';
import {html, nothing} from './base.js';

/** @typedef {Map<string, string>} Rules by task */

/**
 * @param {string} workflowId
 * @param {number} version
 * @param {AbortSignal} [signal]
 * @returns {Promise<Rules>} of all tasks that a run on paper comes to
 */
export async function rulesOf(workflowId, version, signal) {
  const {steps} = await post(`/workflows/${workflowId}/simulate`, {version}, {signal, patient: false});
  return new Map(steps.flatMap((/** @type {any} */ {taskId, rule}) => (rule ? [[taskId, rule]] : [])));
}

/** @param {{id?: string, action: any} | undefined} task @param {Rules} rules */
export function taskWords(task, rules) {
  if (!task) {
    return nothing;
  }
  const rule = rules.get(task.id ?? '');
  return html`<div class="small soft">${rule ? html`<span class="rule">${rule}</span>, then ` : nothing}<span class="mono">${task.action.method ?? 'POST'} ${task.action.url}</span></div>`;
}

/** All of a version. @param {any[]} tasks @param {Rules} rules */
export const tasksView = (tasks, rules) => html`<ol class="stack tight">${tasks.map(task => html`<li><strong>${task.name}</strong>${taskWords(task, rules)}</li>`)}</ol>`;
