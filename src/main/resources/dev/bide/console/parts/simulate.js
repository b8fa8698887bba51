/** A run on paper: each due time and each call as it would be sent. Nothing is stored, nobody is called. */
import {Raw, may, place, post, problem} from '../api.js';
import {here, link, setQuery} from '../app.js';
import {used} from '../model/fill.js';
import {write} from '../model/json.js';
import {sample} from '../model/waiting.js';
import {host} from '../model/words.js';
import {isZone, length} from '../time.js';
import {Part, html, icon, nothing} from './base.js';
import {asCurl, copyButton} from './curl.js';
import {clockNote} from './delay-answer.js';
import {jsonView} from './json-view.js';
import {instantOf, momentField} from './moment.js';
import {either, empty} from './notice.js';
import {zonePicker} from './zone-picker.js';
import './json-field.js';
import './when.js';

const REST = 350;
const FIELDS = ['from', 'timezone', 'input'];

/** @typedef {import('bide-api').components['schemas']['Simulation']} Simulation */
/** @typedef {Simulation['steps'][number]} Step */

export class Simulate extends Part {
  static properties = {
    workflow: {attribute: false},
  };

  constructor() {
    super();
    /** @type {any} */
    this.workflow = undefined;
    /** @type {Simulation | undefined} */
    this.answer = undefined;
    /** The body that was sent last. @type {Record<string, unknown>} */
    this.sent = {};
    /** @type {Map<string, string>} */
    this.errors = new Map();
    this.ok = true;
    /** @type {string | undefined} what was typed */
    this.input = undefined;
    this.resting = 0;
    /** @type {AbortController | undefined} */
    this.asking = undefined;
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.resting);
    this.asking?.abort();
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (changed.has('workflow') && this.workflow && this.workflow.version !== /** @type {any} */ (changed.get('workflow'))?.version) {
      this.input ??= here().query.get('input') ?? write(sample(used(write(this.workflow.tasks.map((/** @type {any} */ task) => task.action)))), 2);
      void this.walk();
    }
  }

  /** The address has changed. */
  placed() {
    this.soon();
  }

  get zone() {
    return here().query.get('zone') || this.workflow?.timezone || 'UTC';
  }

  /** Where it begins, on the wall of the zone; empty for now. */
  get wall() {
    const [date = '', time = ''] = (here().query.get('at') ?? '').split('T');
    return {date, time};
  }

  soon() {
    clearTimeout(this.resting);
    this.resting = window.setTimeout(() => this.walk(), REST);
  }

  async walk() {
    this.asking?.abort();
    const {signal} = (this.asking = new AbortController());
    const {wall, zone, workflow} = this;
    const input = (this.input ?? '').trim();
    if (!this.ok) {
      return;
    }
    this.errors = new Map();
    try {
      const from = wall.date ? (await instantOf(wall, zone, signal)).dueAt : undefined;
      const body = {...(input === '' ? {} : {input: new Raw(input)}), timezone: zone, ...(from ? {from} : {})};
      this.sent = body;
      this.answer = await post(`/workflows/${workflow.id}/simulate`, body, {signal, patient: false});
      this.fault = undefined;
    } catch (error) {
      if (signal.aborted) {
        return;
      }
      const thrown = problem(error);
      const {fields, rest} = place(thrown.errors, [...FIELDS, 'delay']);
      this.errors = fields;
      const begun = fields.get('delay');
      if (begun) {
        this.errors.set('from', `This start can’t be used: ${begun}`);
      }
      this.fault = rest.length > 0 || fields.size === 0 ? thrown : undefined;
    }
    this.requestUpdate();
  }

  render() {
    if (!this.workflow) {
      return nothing;
    }
    return html`<div class="stack">
      <section class="card" aria-label="How it begins">
        <div class="split">
          <div class="stack">
            ${momentField({id: 'simulate-from', label: 'Begins (empty: now)', wall: this.wall, error: this.errors.get('from'), change: ({date, time}) => setQuery({at: date ? `${date}T${time}` : undefined}, {push: true})})}
            ${zonePicker({id: 'simulate-zone', value: this.zone, error: this.errors.get('timezone'), path: 'timezone', change: zone => setQuery({zone: zone === this.workflow.timezone ? undefined : zone}, {push: true})})}
          </div>
          <bide-json-field .label=${'Input'} .help=${'What the calls are filled from.'} .wanted=${'object'} .optional=${true} .lines=${5} .path=${'input'} .value=${this.input ?? ''} .error=${this.errors.get('input') ?? ''}
            @json-change=${(/** @type {CustomEvent} */ event) => {
              this.input = event.detail.text;
              this.ok = event.detail.ok;
              if (this.ok) {
                setQuery({input: this.input});
              }
              this.requestUpdate();
            }}></bide-json-field>
        </div>
        <div class="row">${copyButton(location.href, 'Copy the link')}</div>
      </section>
      ${either({fault: this.fault, there: this.answer !== undefined, lines: 6, again: () => this.walk()}, () => this.steps(/** @type {Simulation} */ (this.answer)))}
      ${asCurl('POST', `/workflows/${this.workflow.id}/simulate`, {body: this.sent})}
    </div>`;
  }

  /** @param {Simulation} simulation */
  steps({steps, endsAt}) {
    if (steps.length === 0) {
      return empty('There are no tasks to walk.', this.workflow.archivedAt || !may('replaceWorkflow', 'PUT', `/workflows/${this.workflow.id}`) ? nothing : html`<a class="button" href=${link(`/workflows/${this.workflow.id}/edit`)}>Add the first</a>`);
    }
    return html`<div class="table cards"><table>
        <caption class="visually-hidden">The run on paper, in order</caption>
        <thead><tr><th scope="col">Task</th><th scope="col">Due</th><th scope="col">After</th><th scope="col">Rule</th><th scope="col">Call</th></tr></thead>
        <tbody>${steps.map(step => this.step(step))}</tbody>
      </table></div>
      <p>${endsAt ? html`It ends <bide-when .at=${endsAt} .zone=${isZone(this.zone) ? this.zone : 'UTC'}></bide-when>, if every call succeeds at once.` : html`<span class="row">${icon('cross')}It would fail there: a run gets no further.</span>`}</p>`;
  }

  /** @param {Step} step */
  step({taskId, name, from, dueAt, local, timezone, rule, clockChange, skipped, request, error}) {
    return html`<tr data-task=${taskId}>
      <th scope="row">${name}</th>
      <td>${error ? html`<p class="error">${icon('cross')}<span>${error}</span></p>` : skipped ? html`<span class="row soft">${icon('dotted')} left out: its date has passed</span>` : html`<bide-when .at=${dueAt} .local=${local} .zone=${timezone}></bide-when>`}
        ${clockNote({clockChange, local}, undefined)}</td>
      <td data-label="after" class="nowrap">${dueAt ? length(Date.parse(dueAt) - Date.parse(from)) : '–'}</td>
      <td>${rule}${timezone === this.zone ? nothing : html` <span class="small soft">(${timezone})</span>`}</td>
      <td>${request ? html`<details class="fold"><summary>${request.method} ${host(request.url)}</summary><p class="mono">${request.url}</p>${jsonView(write(request.headers), {label: 'Headers'})}${request.body === undefined ? nothing : jsonView(write(request.body), {label: 'Body'})}</details>` : nothing}</td>
    </tr>`;
  }
}

customElements.define('bide-simulate', Simulate);
