/**
 * The call that a task makes: method, address, headers, body with variables, and what all of it would be with a sample of the input. Tells `action-change` with `{action}`.
 */
import {may, problem} from '../api.js';
import {fill, fillBody, known, used, variables} from '../model/fill.js';
import {check, pretty} from '../model/json.js';
import {METHODS, hasBody} from '../model/workflow.js';
import {Part, html, icon, live, nothing} from './base.js';
import './json-field.js';
import {jsonView} from './json-view.js';

/** @typedef {import('../model/workflow.js').Action} Action */
/** @typedef {import('../api.js').FieldError} FieldError */

/** What stands for the ids of a run that is not there. */
const IDS = {'run.id': '0198a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b2', 'timer.id': '0198a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b4', 'run.key': 'customer-7'};

export class ActionEditor extends Part {
  static properties = {
    value: {attribute: false},
    path: {},
    errors: {attribute: false},
    sample: {},
    task: {},
    dueAt: {},
  };

  static count = 0;

  constructor() {
    super();
    /** @type {Action} */
    this.value = {method: 'POST', url: '', headers: [], body: ''};
    this.path = 'action';
    /** @type {FieldError[]} by fields below the action */
    this.errors = [];
    /** JSON of an input, to try with. */
    this.sample = '{}';
    /** The task's name. */
    this.task = '';
    /** @type {string | undefined} when it would be due */
    this.dueAt = undefined;
    this.name = `action-${++ActionEditor.count}`;
    /** Where a variable goes: the field that was written in last. @type {HTMLInputElement | undefined} */
    this.last = undefined;
  }

  /** @param {Partial<Action>} patch */
  change(patch) {
    this.value = {...this.value, ...patch};
    this.errors = [];
    this.dispatchEvent(new CustomEvent('action-change', {detail: {action: this.value}, bubbles: true}));
  }

  /** @param {number} at @param {Partial<{name: string, value: string}>} patch */
  header(at, patch) {
    this.change({headers: this.value.headers.map((header, i) => (i === at ? {...header, ...patch} : header))});
  }

  /** @param {string} name of a field; what lies deeper in it is said by its own name */
  wrong(name) {
    const fault = this.errors.find(({field}) => field === name || field.startsWith(name + '[') || field.startsWith(name + '.'));
    return fault ? `${fault.field.slice(name.length).replace(/^\./, '')} ${fault.message}`.trim() : '';
  }

  /** Puts a variable where one was writing: in a header, else in the body, in quotes unless it stands in a text already. @param {string} variable */
  insert(variable) {
    const text = `{{${variable}}}`;
    const field = this.last;
    if (field?.isConnected) {
      const at = Number(field.dataset.header);
      field.setRangeText(text, field.selectionStart ?? field.value.length, field.selectionEnd ?? field.value.length, 'end');
      field.focus();
      this.header(at, {value: field.value});
      return;
    }
    const editor = /** @type {import('./json-field.js').JsonField | null} */ (this.querySelector('bide-json-field.body'));
    const area = editor?.area;
    if (editor && area) {
      const line = area.value.slice(0, area.selectionStart).split('\n').at(-1) ?? '';
      const inText = (line.replaceAll(/\\./g, '').match(/"/g)?.length ?? 0) % 2 === 1;
      editor.insert(inText ? text : `"${text}"`);
    }
  }

  render() {
    const {method, url, body} = this.value;
    const wrongUrl = this.wrong('url');
    const insecure = /\{\{/.test(url);
    return html`<div class="halves">
      <div class="stack tight">
        <div class="row top">
          <div class="field"><label for="${this.name}-method">Method</label><select id="${this.name}-method" data-path="${this.path}.method" @change=${(/** @type {Event} */ event) => this.change({method: /** @type {HTMLSelectElement} */ (event.target).value})}>${METHODS.map(each => html`<option .selected=${each === method}>${each}</option>`)}</select></div>
          <div class="field wide"><label for="${this.name}-url">Address</label>
            <input id="${this.name}-url" type="url" inputmode="url" autocomplete="off" spellcheck="false" placeholder="https://api.example.com/mails" data-path="${this.path}.url" aria-invalid=${wrongUrl ? 'true' : nothing} aria-describedby="${this.name}-url-help" .value=${live(url)} @input=${(/** @type {Event} */ event) => this.change({url: /** @type {HTMLInputElement} */ (event.target).value})}>
            <span class="help" id="${this.name}-url-help">${insecure ? 'Variables are not filled in here; they belong into headers and the body.' : 'Sent byte for byte; no variables.'}</span>
            ${wrongUrl ? html`<span class="error">${icon('cross')}<span>${wrongUrl}</span></span>` : nothing}
          </div>
        </div>
        ${this.headers()}
        ${hasBody(method)
          ? html`<bide-json-field class="body" .label=${'Body'} .optional=${true} .lines=${Math.min(14, Math.max(5, body.split('\n').length + 1))} .value=${body} .path=${`${this.path}.body`} .error=${this.wrong('body')} .hint=${'{"to": "{{input.email}}"}'} .help=${'JSON, or nothing. A text that is one variable becomes the value itself, digits and all.'}
              @focusin=${() => (this.last = undefined)} @json-change=${(/** @type {CustomEvent} */ event) => this.change({body: event.detail.text})}></bide-json-field>`
          : html`<p class="soft small">${method} sends no body.${body.trim() ? ' What was written stays until it is saved.' : ''}</p>`}
        ${this.variables()}
      </div>
      ${this.rendered()}
    </div>`;
  }

  headers() {
    const {headers} = this.value;
    const names = headers.map(({name}) => name.trim().toLowerCase());
    const wrong = this.wrong('headers');
    return html`<fieldset class="stack tight" data-path="${this.path}.headers">
      <legend class="small">Headers</legend>
      ${headers.map(({name, value}, i) => {
        const twice = names[i] !== '' && names.indexOf(names[i]) !== i;
        return html`<div class="row end">
          <input aria-label="Header ${i + 1}, name" placeholder="X-Template" autocomplete="off" spellcheck="false" aria-invalid=${twice ? 'true' : nothing} .value=${live(name)} @input=${(/** @type {Event} */ event) => this.header(i, {name: /** @type {HTMLInputElement} */ (event.target).value})}>
          <input aria-label="Header ${i + 1}, value" placeholder="welcome" autocomplete="off" spellcheck="false" data-header=${i} .value=${live(value)} @focus=${(/** @type {FocusEvent} */ event) => (this.last = /** @type {HTMLInputElement} */ (event.target))} @input=${(/** @type {Event} */ event) => this.header(i, {value: /** @type {HTMLInputElement} */ (event.target).value})}>
          <button type="button" class="square plain" aria-label="Without header ${name || i + 1}" @click=${() => this.change({headers: headers.filter((_, j) => i !== j)})}>${icon('close')}</button>
        </div>
        ${twice ? html`<span class="error">${icon('cross')}<span>This name is there already.</span></span>` : nothing}`;
      })}
      ${wrong ? html`<span class="error">${icon('cross')}<span>${wrong}</span></span>` : nothing}
      <div><button type="button" class="plain small" @click=${() => this.addHeader()}>Add a header</button></div>
    </fieldset>`;
  }

  async addHeader() {
    this.change({headers: [...this.value.headers, {name: '', value: ''}]});
    await this.updateComplete;
    /** @type {HTMLInputElement | undefined} */ ([...this.querySelectorAll('.row.end')].at(-1)?.querySelector('input') ?? undefined)?.focus();
  }

  variables() {
    const unknown = [...this.value.headers.flatMap(({value}) => used(value)), ...(hasBody(this.value.method) ? used(this.value.body) : [])].filter(name => !known(name));
    return html`<div class="field">
      <span class="label" id="${this.name}-variables">Variables: put one where you write</span>
      <div class="toggles" role="group" aria-labelledby="${this.name}-variables">${variables(this.sample).map(name => html`<button type="button" class="toggle small mono" @click=${() => this.insert(name)}>${name}</button>`)}</div>
      ${unknown.length > 0 ? html`<span class="note turned">${icon('warn')}<span>There is no variable <code>${unknown[0]}</code>; it will be refused.</span></span>` : nothing}
    </div>`;
  }

  /** The call with the sample in it. */
  rendered() {
    const {method, url, headers, body} = this.value;
    const values = {input: check(this.sample, 'object') ? '{}' : this.sample, ...IDS, 'task.name': this.task, ...(this.dueAt && {'timer.dueAt': this.dueAt})};
    const sent = headers.filter(({name}) => name.trim() !== '').map(({name, value}) => `${name.trim()}: ${fill(value, values)}`);
    let filled = '';
    try {
      filled = hasBody(method) && !/^(?:null)?$/.test(body.trim()) ? pretty(fillBody(body, values)) : '';
    } catch {
      filled = 'The body is no JSON yet.';
    }
    return html`<section class="answer" aria-label="As it would be sent">
      <strong>As it would be sent</strong>
      <pre class="well wrap" tabindex="0" aria-label="Method, address and headers">${[`${method} ${url.trim() || '…'}`, ...sent, ...(filled ? ['Content-Type: application/json'] : [])].join('\n')}</pre>
      ${filled ? jsonView(filled, {label: 'Body as it would be sent'}) : nothing}
      <bide-json-field .label=${'with this sample of an input'} .wanted=${'object'} .lines=${5} .value=${this.sample} .help=${'Runs bring their own. Kept in this tab, for all tasks of this workflow.'}
        @json-change=${(/** @type {CustomEvent} */ event) => this.dispatchEvent(new CustomEvent('sample-change', {detail: {text: event.detail.text}, bubbles: true}))}></bide-json-field>
      ${may('testAction') ? html`<div class="row"><button type="button" @click=${() => this.test()}>Test call…</button><span class="soft small">really calls, once</span></div>` : nothing}
    </section>`;
  }

  async test() {
    this.errors = /^https?:\/\/./i.test(this.value.url.trim()) ? [] : [{field: 'url', message: 'must begin with http:// or https:// and a host'}];
    try {
      if (this.errors.length === 0) {
        await (await import('./test-call.js')).testCall(this.value, this.sample, faults => {
          this.errors = faults;
        });
      }
    } catch (error) {
      this.fault = problem(error);
    }
    if (this.errors.length > 0) {
      await this.updateComplete;
      /** @type {HTMLElement | null} */ (this.querySelector('[aria-invalid="true"]'))?.focus();
    }
  }
}

customElements.define('bide-action-editor', ActionEditor);
