/** Begins a run: with which key, in which zone, with what. */
import {Raw, call, place, post, problem} from '../api.js';
import {go, link} from '../app.js';
import {used} from '../model/fill.js';
import {check, parse, write} from '../model/json.js';
import {empties, sample} from '../model/waiting.js';
import {modern} from '../model/zones.js';
import {html, icon, nothing, toast} from './base.js';
import {asCurl} from './curl.js';
import {open} from './dialog.js';
import {failed} from './notice.js';
import {zonePicker} from './zone-picker.js';
import './json-field.js';
import './when.js';

const FIELDS = ['key', 'timezone', 'input'];
const REST = 350;

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

  /** Those are no fault, but seldom meant. */
  const lacking = () => {
    const names = input.trim() === '' || check(input, 'object') ? [] : empties(parse(input));
    return names.length === 0 ? nothing : html`<p class="note">${icon('warn')}<span>Empty still: ${names.map((name, i) => html`${i > 0 ? ', ' : ''}<code>${name}</code>`)}. The calls have nothing there.</span></p>`;
  };

  /** @type {any} what comes first: a step on paper */
  let first;
  let resting = 0;
  let abort = new AbortController();
  let draw = () => {};
  const foresee = (wait = REST) => {
    clearTimeout(resting);
    abort.abort();
    const {signal} = (abort = new AbortController());
    resting = window.setTimeout(async () => {
      try {
        const {input: given} = body();
        const {steps} = await post(`/workflows/${workflow.id}/simulate`, {input: given, ...(timezone ? {timezone} : {})}, {signal, patient: false});
        first = steps.find((/** @type {any} */ step) => !step.skipped);
      } catch {
        // What is wrong is said when it is started.
        first = signal.aborted ? first : undefined;
      }
      if (!signal.aborted) {
        draw();
      }
    }, wait);
  };

  await open(
    (/** @type {() => void} */ close, redraw) => {
      draw = redraw;
      return html`<form
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
        <span class="help" id="start-key-help">The same key again finds the same run. Without a key, starting twice makes two runs.</span>
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
          foresee();
          redraw();
        },
      })}
      <bide-json-field .label=${'Input'} .help=${'What the calls are filled from. Kept with the run.'} .wanted=${'object'} .optional=${true} .path=${'input'} .value=${input} .error=${errors.get('input') ?? ''}
        @json-change=${(/** @type {CustomEvent} */ event) => {
          ({text: input, ok} = event.detail);
          if (ok) {
            foresee();
          }
          redraw();
        }}></bide-json-field>
      ${lacking()}
      ${first?.dueAt ? html`<p>Started now, it first calls <span class="mono">${first.request?.method ?? ''} ${first.request?.url ?? first.name}</span> <bide-when .at=${first.dueAt} .local=${first.local} .zone=${first.timezone}></bide-when>.</p>` : first?.error ? html`<p class="row">${icon('warn')}<span>It would fail at “${first.name}”: ${first.error}</span></p>` : nothing}
      ${fault ? failed(fault) : nothing}
      ${asCurl('POST', path, {body: body()})}
      <footer>
        <button type="button" @click=${() => close()}>Not now</button>
        <button class="primary" aria-disabled=${busy || !ok ? 'true' : 'false'}>Start it</button>
      </footer>
    </form>`;
    },
    {
      label: `Start a run of ${workflow.name}`,
      begin: () => foresee(0),
    },
  );
  clearTimeout(resting);
  abort.abort();
}
