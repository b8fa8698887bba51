/** Before a workflow is saved: what differs, and for whom it counts. */
import {call, idOf, problem} from '../api.js';
import {count as countWords, number, some} from '../model/words.js';
import {draft, json, madeFor} from '../model/workflow.js';
import {count, html, icon, nothing} from './base.js';
import {asCurl} from './curl.js';
import {open} from './dialog.js';
import {diffView} from './diff-view.js';
import {failed, loading} from './notice.js';
import './when.js';

/** @typedef {import('../api.js').Problem} Problem */
/** @typedef {{name: string, change: string, taskId?: string, waiting: import('../model/words.js').Counted, dueAtOnce: import('../model/words.js').Counted, earliestDueAt?: string, latestDueAt?: string}} Preview */
/** @typedef {{saved?: any, operation?: string, theirs?: {workflow: any, etag: string}, refused?: Problem}} Outcome */

/** So many calls at once are not made by a slip. */
const TYPED = 1000;

/**
 * @param {{id: string, before: any, version: number, etag: string, after: ReturnType<typeof json>, zone: string}} what the stored version as it would be sent, and what is to be
 * @returns {Promise<Outcome | undefined>}
 */
export function saveDialog({id, before, version, etag, after: wanted, zone}) {
  const path = `/workflows/${id}`;
  const state = {
    active: false,
    busy: false,
    before,
    after: wanted,
    version,
    etag,
    typed: '',
    compared: false,
    /** @type {Preview[] | undefined} */
    previews: undefined,
    /** @type {Problem | undefined} */
    fault: undefined,
    /** @type {{workflow: any, etag: string} | undefined} somebody else's version */
    theirs: undefined,
  };
  let abort = new AbortController();
  return open(
    (/** @type {(outcome?: Outcome) => void} */ close, redraw) => {
      const atOnce = (state.previews ?? []).reduce((sum, {dueAtOnce}) => sum + dueAtOnce.count, 0);
      const mustType = state.active && atOnce > TYPED;
      const why = state.busy
        ? 'It is being saved.'
        : state.active && !state.previews
          ? 'It is not known yet who would be moved.'
          : mustType && state.typed.replaceAll(/[\s,.]/g, '') !== String(atOnce)
            ? `Type ${atOnce} to go on.`
            : '';

      /** @param {unknown} error */
      const refused = async error => {
        const fault = problem(error);
        if (fault.status === 422 || (fault.status === 400 && fault.errors.length > 0)) {
          close({refused: fault});
        } else if (fault.status === 412) {
          try {
            const {body, headers} = await call('GET', path);
            state.theirs = {workflow: body, etag: headers.get('ETag') ?? ''};
          } catch (again) {
            state.fault = problem(again);
          }
        } else {
          state.fault = fault;
        }
      };

      const count = async () => {
        abort.abort();
        const {signal} = (abort = new AbortController());
        [state.previews, state.fault] = [undefined, undefined];
        redraw();
        try {
          const {body} = await call('PUT', path, {query: {applyTo: 'active', dryRun: true}, headers: {'If-Match': state.etag}, body: state.after, signal});
          state.previews = body.tasks;
        } catch (error) {
          if (signal.aborted) {
            return;
          }
          await refused(error);
        }
        redraw();
      };

      const save = async () => {
        if (why) {
          return;
        }
        [state.busy, state.fault] = [true, undefined];
        redraw();
        try {
          const {body, headers} = await call('PUT', path, {query: {applyTo: state.active ? 'active' : undefined}, headers: {'If-Match': state.etag}, body: state.after});
          close({saved: body, operation: headers.get('Operation-Location') ? idOf(headers) : undefined});
          return;
        } catch (error) {
          await refused(error);
        }
        state.busy = false;
        redraw();
      };

      const choose = (/** @type {boolean} */ active) => {
        state.active = active;
        if (active && !state.previews) {
          void count();
        }
        redraw();
      };

      if (state.theirs) {
        return conflict(state, wanted, close, redraw, () => {
          const {workflow, etag: now} = /** @type {NonNullable<typeof state.theirs>} */ (state.theirs);
          Object.assign(state, {before: json(draft(workflow)), after: madeFor(wanted, workflow), version: workflow.version, etag: now, theirs: undefined, previews: undefined});
          choose(state.active);
        });
      }
      return html`<form @submit=${(/** @type {Event} */ event) => {
        event.preventDefault();
        void save();
      }}>
        <h2>Save version ${state.version + 1}</h2>
        <section aria-label="What differs">${diffView(state.before, state.after)}</section>
        <fieldset>
          <legend>For whom</legend>
          <label class="choice"><input type="radio" name="apply" .checked=${!state.active} @change=${() => choose(false)}><span>new runs only <span class="soft">– runs on their way finish with version ${state.version}</span></span></label>
          <label class="choice"><input type="radio" name="apply" .checked=${state.active} @change=${() => choose(true)}><span>active runs too <span class="soft">– their waits are counted anew, from when they began</span></span></label>
        </fieldset>
        ${state.active ? (state.previews ? table(state.previews, zone) : state.fault ? nothing : loading(4)) : nothing}
        ${state.active && atOnce > 0
          ? html`<p class="note turned">${icon('warn')}<span>${state.previews?.some(({dueAtOnce}) => !dueAtOnce.exact) ? 'About ' : ''}${some(atOnce, 'timer is', 'timers are')} called at once, since ${atOnce === 1 ? 'its' : 'their'} new time has passed.</span></p>`
          : nothing}
        ${mustType ? html`<div class="field"><label for="save-typed">Type ${atOnce} to go on</label><input id="save-typed" class="short" inputmode="numeric" autocomplete="off" .value=${state.typed} @input=${(/** @type {Event} */ event) => {
          state.typed = /** @type {HTMLInputElement} */ (event.target).value;
          redraw();
        }}></div>` : nothing}
        ${asCurl('PUT', path, {query: {applyTo: state.active ? 'active' : undefined}, headers: {'If-Match': state.etag}, body: state.after})}
        ${state.fault ? failed(state.fault, state.active && !state.previews ? count : undefined) : nothing}
        <footer>
          ${why && !mustType ? html`<span class="soft small" role="status">${why}</span>` : nothing}
          <button type="button" @click=${() => close()}>Keep editing</button>
          <button class="primary" aria-disabled=${why ? 'true' : 'false'} title=${why || nothing}>Save version ${state.version + 1}</button>
        </footer>
      </form>`;
    },
    {label: 'Save'},
  ).finally(() => abort.abort());
}

/** @param {Preview[]} previews @param {string} zone */
function table(previews, zone) {
  return html`<div class="table cards"><table>
    <caption class="visually-hidden">Who waits at each task, and when they would be due</caption>
    <thead><tr><th scope="col">Task</th><th scope="col">change</th><th scope="col" class="number">waiting</th><th scope="col" class="number">at once</th><th scope="col">due by the new version</th></tr></thead>
    <tbody>${previews.map(
      ({name, change, waiting, dueAtOnce, earliestDueAt, latestDueAt}) => html`<tr>
        <th scope="row">${name}</th><td>${change}</td><td class="number" data-label="waiting">${count(waiting)}</td>
        <td class="number" data-label="at once">${dueAtOnce.count > 0 ? html`<strong class="nowrap">${countWords(dueAtOnce)}</strong>` : html`<span class="soft">0</span>`}</td>
        <td data-label="due">${earliestDueAt ? html`<bide-when .at=${earliestDueAt} .zone=${zone}></bide-when>${latestDueAt && latestDueAt !== earliestDueAt ? html` <span class="soft">to</span> <bide-when .at=${latestDueAt} .zone=${zone}></bide-when>` : nothing}` : html`<span class="soft">${waiting.count > 0 && change === 'removed' ? 'they keep their version' : '–'}</span>`}</td>
      </tr>`,
    )}</tbody>
  </table></div>`;
}

/**
 * @param {{theirs?: {workflow: any, etag: string}, compared: boolean}} state
 * @param {any} after
 * @param {(outcome?: Outcome) => void} close
 * @param {() => void} redraw
 * @param {() => void} over saves ours over theirs, after a look at what that changes
 */
function conflict(state, after, close, redraw, over) {
  const {workflow} = /** @type {{workflow: any}} */ (state.theirs);
  return html`<div class="inside">
    <h2>Somebody saved version ${number(workflow.version)}</h2>
    <p>It was saved <bide-when .at=${workflow.updatedAt} .zone=${workflow.timezone ?? 'UTC'}></bide-when>, while you were editing.</p>
    ${state.compared ? html`<section aria-label="What differs"><p class="soft small">From theirs to yours:</p>${diffView(json(draft(workflow)), after)}</section>` : nothing}
    <footer>
      ${state.compared ? nothing : html`<button type="button" autofocus @click=${() => {
        state.compared = true;
        redraw();
      }}>Compare</button>`}
      <button type="button" @click=${() => close({theirs: state.theirs})}>Take theirs</button>
      <button type="button" class="primary" @click=${over}>Save mine over it…</button>
    </footer>
  </div>`;
}
