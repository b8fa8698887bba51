/** A field for a workflow, by name; the names are asked once for all of them. */
import {get, problem} from '../api.js';
import {shortId} from '../model/words.js';
import {html} from './base.js';

/** @typedef {{id: string, name: string, timezone?: string, tasks?: {id: string, name: string}[]}} Workflow */

/** @type {Map<string, Workflow>} */
const known = new Map();
/** @type {Set<string>} */
const asked = new Set();
/** The first hundred are on their way: nobody is asked for alone until they are there. */
let coming = false;

/** @param {() => void} changed that names have come */
export function workflows(changed) {
  if (!asked.has('')) {
    asked.add('');
    coming = true;
    get('/workflows', {limit: 100}).then(
      ({items}) => {
        items.forEach((/** @type {Workflow} */ item) => known.set(item.id, item));
        coming = false;
        changed();
      },
      () => {
        coming = false;
        asked.delete('');
      },
    );
  }
  return [...known.values()].sort((a, b) => a.name.localeCompare(b.name, 'en'));
}

/** One that may be none of the first hundred, or archived. @param {string | undefined} id @param {() => void} changed @returns {Workflow | undefined} */
export function workflowOf(id, changed) {
  if (id && !coming && !asked.has(id) && known.get(id)?.tasks === undefined) {
    asked.add(id);
    get(`/workflows/${id}`).then(
      workflow => {
        known.set(id, workflow);
        changed();
      },
      error => problem(error).status !== 404 && asked.delete(id),
    );
  }
  return id ? known.get(id) : undefined;
}

/**
 * @param {{value: string | undefined, why?: string | null, changed: () => void, change: (id: string) => void}} how
 */
export function workflowPicker({value, why, changed, change}) {
  const all = workflows(changed);
  const other = value && !all.some(({id}) => id === value) ? [{id: value, name: workflowOf(value, changed)?.name ?? shortId(value)}] : [];
  return html`<div class="field">
    <label for="filter-workflow">Workflow</label>
    <select id="filter-workflow" ?disabled=${Boolean(why)} title=${why ?? ''} @change=${(/** @type {Event} */ event) => change(/** @type {HTMLSelectElement} */ (event.target).value)}>
      <option value="" ?selected=${!value}>any</option>
      ${[...all, ...other].map(({id, name}) => html`<option value=${id} ?selected=${id === value}>${name}</option>`)}
    </select>
  </div>`;
}
