/** What differs between two versions of a workflow, in words and field by field. */
import {fields, tasks} from '../model/diff.js';
import {check, pretty} from '../model/json.js';
import {some} from '../model/words.js';
import {html, icon, nothing} from './base.js';

/** @typedef {{name: string, timezone?: string, description?: string, tasks: any[]}} Version */
/** @typedef {import('../model/diff.js').Change} Change */

const SIGNS = {added: 'dot', removed: 'slash', moved: 'again', changed: 'half', same: 'flat'};

/** Paths as people say them. @param {string} path */
const words = path =>
  path
    .replace(/^action\.?/, 'calls ')
    .replace(/^retry\.?/, 'retries ')
    .replace(/^(\w+) $/, '$1')
    .replaceAll('.', ', ')
    .trim();

/** @param {string | null} json */
function side(json) {
  if (json === null) {
    return html`<span class="soft">none</span>`;
  }
  const long = json.length > 60 && check(json) === null;
  return long ? html`<pre class="well">${pretty(json)}</pre>` : html`<code>${json.replace(/^"(.*)"$/, '$1')}</code>`;
}

/** What is said of a wait, in the order it is written: `weekdays Monday, Thursday 09:00`. The rule itself is put in words by the service alone. @param {any} delay */
const values = delay =>
  Object.values(delay ?? {})
    .map(value => (Array.isArray(value) ? value.map(day => day[0] + day.slice(1).toLowerCase()).join(', ') : String(value)))
    .join(' ');

/** Of a wait that differs all is said, at once. @param {Change[]} changes @param {any} before @param {any} after @returns {Change[]} */
function told(changes, before, after) {
  const others = changes.filter(({path}) => !path.startsWith('delay'));
  return others.length === changes.length ? changes : [{path: 'waits', old: values(before.delay), new: values(after.delay)}, ...others];
}

/** @param {Change[]} changes */
const changesView = changes => html`<ul role="list">${changes.map(({path, old, new: young}) => html`<li><span class="soft">${words(path)}</span> <del>${side(old)}</del> <span aria-hidden="true">→</span><span class="visually-hidden"> becomes </span> <ins>${side(young)}</ins></li>`)}</ul>`;

/** @param {Version} before @param {Version} after @returns {boolean} */
export const differs = (before, after) => heads(before, after).length > 0 || tasks(before.tasks, after.tasks).some(({change}) => change !== 'same');

/** @param {Version} before @param {Version} after */
const heads = ({name, timezone, description}, after) => fields({name, timezone, description}, {name: after.name, timezone: after.timezone, description: after.description});

/**
 * @param {Version} before
 * @param {Version} after
 */
export function diffView(before, after) {
  const all = tasks(before.tasks, after.tasks);
  const others = all.filter(({change}) => change !== 'same');
  const same = all.length - others.length;
  const own = heads(before, after);
  if (others.length === 0 && own.length === 0) {
    return html`<p class="soft">Nothing differs.</p>`;
  }
  return html`<div class="stack tight diff">
    ${own.length > 0 ? changesView(own) : nothing}
    ${others.map(
      ({change, task, from, to, fields: changed}) => html`<div data-change=${change}>
        <p class="row">${icon(SIGNS[change])}<strong>${task.name}</strong><span>${change}</span>${from !== null && to !== null && from !== to ? html`<span class="soft">task ${from + 1} → ${to + 1}</span>` : nothing}</p>
        ${changed.length > 0 && from !== null ? changesView(told(changed, before.tasks[from], task)) : nothing}
      </div>`,
    )}
    ${same > 0 ? html`<p class="soft small">${some(same, 'task')} unchanged.</p>` : nothing}
  </div>`;
}
