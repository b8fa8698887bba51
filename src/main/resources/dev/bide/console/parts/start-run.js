/** Begins a run: with which key, in which zone, with what. */
import {Raw, call, place, problem} from '../api.js';
import {go, link} from '../app.js';
import {used} from '../model/fill.js';
import {write} from '../model/json.js';
import {sample} from '../model/waiting.js';
import {modern} from '../model/zones.js';
import {html, icon, nothing, toast} from './base.js';
import {asCurl} from './curl.js';
import {open} from './dialog.js';
import {failed} from './notice.js';
import {zonePicker} from './zone-picker.js';
import './json-field.js';

const FIELDS = ['key', 'timezone', 'input'];

/** @param {{id: string, name: string, timezone?: string, tasks: any[]}} workflow */
export async function startRun(workflow) {
  const path = `/workflows/${workflow.id}/runs`;
  let key = '';
  let timezone = '';
  let input = write(sample(used(write(workflow.tasks.map(task => task.action)))), 2);
  let ok = true;
  let busy = false;
  /** @type {import('../api.js').Problem | undefined} */
  let fault;
  /** @type {Map<string, string>} */
  let errors = new Map();
  const body = () => ({...(key ? {key} : {}), ...(timezone ? {timezone} : {}), input: new Raw(input.trim() === '' ? '{}' : input)});

  await open(
    (/** @type {() => void} */ close, redraw) => html`<form
      @submit=${async (/** @type {SubmitEvent} */ event) => {
        event.preventDefault();
        const form = /** @type {HTMLElement} */ (event.currentTarget);
        if (busy || !ok) {
          return;
        }
        busy = true;
        fault = undefined;
        errors = new Map();
        redraw();
        try {
          const {status, body: run} = await call('POST', path, {body: body()});
          close();
          go(link(`/runs/${run.id}`));
          toast(status === 200 ? 'It was there already: the same key finds the same run.' : 'The run has begun.');
        } catch (error) {
          const thrown = problem(error);
          const placed = place(thrown.errors, FIELDS);
          errors = placed.fields;
          fault = placed.rest.length > 0 || errors.size === 0 ? thrown : undefined;
          busy = false;
          redraw();
          await Promise.resolve();
          /** @type {HTMLElement | null} */ (form.querySelector('[aria-invalid="true"]'))?.focus();
        }
      }}>
      <h2>Start a run of ${workflow.name}</h2>
      ${workflow.tasks.length === 0 ? html`<p class="row">${icon('warn')}It has no tasks yet: a run of it is refused.</p>` : nothing}
      <div class="field">
        <label for="start-key">Key</label>
        <input id="start-key" maxlength="200" autocomplete="off" spellcheck="false" data-path="key" placeholder="customer-4711" aria-invalid=${errors.has('key') ? 'true' : nothing} aria-describedby="start-key-help" .value=${key} @input=${(/** @type {Event} */ event) => {
          key = /** @type {HTMLInputElement} */ (event.target).value.trim();
          redraw();
        }}>
        <span class="help" id="start-key-help">The same key again finds the same run. Without one there is no such guard.</span>
        ${errors.has('key') ? html`<span class="error">${icon('cross')}<span>${errors.get('key')}</span></span>` : nothing}
      </div>
      ${zonePicker({
        id: 'start-zone',
        value: timezone,
        hint: workflow.timezone ? `the workflow’s, ${modern(workflow.timezone)}` : 'UTC',
        error: errors.get('timezone'),
        path: 'timezone',
        change: zone => {
          timezone = zone;
          redraw();
        },
      })}
      <bide-json-field .label=${'Input'} .help=${'What the calls are filled from. Kept with the run.'} .wanted=${'object'} .optional=${true} .path=${'input'} .value=${input} .error=${errors.get('input') ?? ''}
        @json-change=${(/** @type {CustomEvent} */ event) => {
          ({text: input, ok} = event.detail);
          redraw();
        }}></bide-json-field>
      ${fault ? failed(fault) : nothing}
      ${asCurl('POST', path, {body: body()})}
      <footer>
        <button type="button" @click=${() => close()}>Not now</button>
        <button class="primary" aria-disabled=${busy || !ok ? 'true' : 'false'}>Start it</button>
      </footer>
    </form>`,
    {label: `Start a run of ${workflow.name}`},
  );
}
