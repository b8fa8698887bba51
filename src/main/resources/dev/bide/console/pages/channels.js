/** Who is told of what happens: channels are made, changed, tried and removed. */
import {call, get, may, place, post, problem} from '../api.js';
import {link} from '../app.js';
import {EVENTS, TYPES, body, draft, where} from '../model/channel.js';
import {number, shortId} from '../model/words.js';
import {Part, chip, heading, html, icon, nothing, toast} from '../parts/base.js';
import {asCurl} from '../parts/curl.js';
import {ask} from '../parts/dialog.js';
import {described, either, empty, failed, field} from '../parts/notice.js';
import {readers} from '../parts/times.js';
import '../parts/when.js';

/** @typedef {any} Channel */
/** @typedef {import('../model/channel.js').Draft} Draft */

const FIELDS = ['name', 'type', 'to', 'url', 'chatId', 'events', 'workflowId'];

export default class Channels extends Part {
  static title() {
    return 'Channels';
  }

  /** @type {Record<string, number>} */
  static calls = {listChannels: 5000};

  constructor() {
    super();
    /** @type {Channel[] | undefined} */
    this.channels = undefined;
    /** @type {Draft | undefined} as it is typed */
    this.draft = undefined;
    /** Whether it is there already, and keeps its name. */
    this.known = false;
    /** @type {import('../api.js').Problem | undefined} */
    this.refusal = undefined;
  }

  connectedCallback() {
    super.connectedCallback();
    this.track(signal => this.load(signal));
  }

  /** @param {AbortSignal} signal */
  async load(signal) {
    this.channels = (await get('/channels', undefined, signal)).items;
  }

  /** @param {Channel} [channel] */
  begin(channel) {
    this.draft = draft(channel);
    this.known = channel !== undefined;
    this.refusal = undefined;
    this.requestUpdate();
    void this.updateComplete.then(() => /** @type {HTMLElement | null} */ (this.querySelector(this.known ? '#channel-type' : '#channel-name'))?.focus());
  }

  drop() {
    this.draft = undefined;
    this.refusal = undefined;
    this.requestUpdate();
  }

  /** @param {SubmitEvent} event */
  async save(event) {
    event.preventDefault();
    const {draft} = this;
    if (!draft) {
      return;
    }
    this.refusal = undefined;
    try {
      await call('PUT', `/channels/${encodeURIComponent(draft.name.trim() || ' ')}`, {body: body(draft)});
      if (this.draft === draft) {
        this.drop();
      }
      this.again();
      toast('It is told from now on.');
    } catch (error) {
      this.refusal = problem(error);
    }
    this.requestUpdate();
  }

  /** @param {Channel} channel */
  async tryIt(channel) {
    this.refusal = undefined;
    try {
      const {timerId} = await post(`/channels/${channel.name}/test`);
      toast(timerId ? `A timer calls it now: ${shortId(timerId)}.` : 'A mail is on its way; what comes of it stands here.');
      this.again();
    } catch (error) {
      this.refusal = problem(error);
    }
    this.requestUpdate();
  }

  /** @param {Channel} channel */
  async removeIt(channel) {
    const path = `/channels/${channel.name}`;
    await ask({
      title: `Remove ${channel.name}?`,
      what: `Nobody is told there any more.${channel.waiting > 0 ? ` ${number(channel.waiting)} mails that wait are not sent.` : ''}`,
      deed: 'Remove it',
      curl: {method: 'DELETE', path},
      act: () => call('DELETE', path),
    });
    this.again();
  }

  render() {
    const add = may('setChannel') && !this.draft ? html`<button type="button" class="primary" @click=${() => this.begin()}>New channel</button>` : nothing;
    return html`${heading('Channels', 'who is told when timers die, a destination is given up, a node is lost', add)}
      ${this.refusal && !this.draft ? failed(this.refusal) : nothing}
      ${this.draft ? this.form(this.draft) : nothing}
      ${either({fault: this.fault, there: this.channels !== undefined, again: () => this.again()}, () => this.list(/** @type {Channel[]} */ (this.channels)))}`;
  }

  /** @param {Channel[]} channels */
  list(channels) {
    if (channels.length === 0) {
      return this.draft ? nothing : empty('Nobody is told of anything yet: name an address, or a url that is called.', may('setChannel') ? html`<button type="button" @click=${() => this.begin()}>Name a channel</button>` : nothing);
    }
    return html`<div class="stack">${channels.map(each => this.card(each))}${asCurl('GET', '/channels')}</div>`;
  }

  /** @param {Channel} channel */
  card(channel) {
    const {name, events, workflowId, readOnly, waiting, lastNoticeAt, lastError} = channel;
    return html`<section class="card" aria-label=${name}>
      <header><h2>${name}</h2><span class="scope">${channel.type}${readOnly ? ', of the configuration' : ''}</span></header>
      <dl class="facts">
        <dt>Where</dt><dd>${where(channel)}</dd>
        <dt>Told of</dt><dd>${events?.join(', ') ?? 'all events'}${workflowId ? html` of workflow <a href=${link(`/workflows/${workflowId}`)}>${shortId(workflowId)}</a>` : nothing}</dd>
        <dt>Last</dt><dd>${lastNoticeAt ? html`<bide-when .at=${lastNoticeAt} .zone=${readers()}></bide-when>` : html`<span class="soft">nothing in the last week</span>`}${waiting > 0 ? html` ${chip('retrying', `${number(waiting)} to be sent`)}` : nothing}</dd>
        ${lastError ? html`<dt>Fault</dt><dd><span class="toned" data-tone="dead">${icon('warn')} ${lastError}</span></dd>` : nothing}
      </dl>
      <div class="row">
        ${may('testChannel') ? html`<button type="button" @click=${() => this.tryIt(channel)}>Try it</button>` : nothing}
        ${may('setChannel') && !readOnly ? html`<button type="button" @click=${() => this.begin(channel)}>Change…</button><button type="button" class="plain" @click=${() => this.removeIt(channel)}>Remove…</button>` : nothing}
      </div>
    </section>`;
  }

  /** @param {Draft} draft */
  form(draft) {
    const {fields, rest} = place(this.refusal?.errors ?? [], FIELDS);
    const set = (/** @type {Partial<Draft>} */ change) => {
      this.draft = {...draft, ...change};
      this.requestUpdate();
    };
    const input = (/** @type {'name' | 'to' | 'url' | 'chatId' | 'workflowId'} */ name, /** @type {string} */ label, /** @type {string} */ help) => {
      const id = `channel-${name}`;
      const error = fields.get(name);
      return field({id, label, help, error}, html`<input id=${id} autocomplete="off" data-path=${name} .value=${draft[name]} ?disabled=${name === 'name' && this.known} aria-invalid=${error ? 'true' : nothing} aria-describedby=${described(id, {help, error}) ?? nothing} @input=${(/** @type {InputEvent} */ event) => set({[name]: /** @type {HTMLInputElement} */ (event.target).value})}>`);
    };
    return html`<section class="card"><header><h2>${this.known ? `Change ${draft.name}` : 'New channel'}</h2></header>
      <form class="stack tight" data-editing @submit=${(/** @type {SubmitEvent} */ event) => this.save(event)}>
        ${input('name', 'Name', 'small letters, digits, dots, dashes and underscores')}
        ${field({id: 'channel-type', label: 'How', error: fields.get('type')}, html`<select id="channel-type" @change=${(/** @type {Event} */ event) => set({type: /** @type {HTMLSelectElement} */ (event.target).value})}>${TYPES.map(type => html`<option value=${type} ?selected=${type === draft.type}>${type}</option>`)}</select>`)}
        ${draft.type === 'email' ? input('to', 'Addresses', 'with commas between them') : input('url', 'Url', draft.type === 'webhook' ? 'gets CloudEvents, signed where a secret is configured' : 'that it gave you; keys that may only read see no more than its host, but in the timers that call it')}
        ${draft.type === 'telegram' ? input('chatId', 'Chat', 'its id') : nothing}
        <fieldset><legend>Told of</legend>${EVENTS.map(event => html`<label class="row"><input type="checkbox" .checked=${draft.events.includes(event)} @change=${() => set({events: draft.events.includes(event) ? draft.events.filter(each => each !== event) : [...draft.events, event]})}>${event}</label>`)}<span class="help">None is all.</span></fieldset>
        ${input('workflowId', 'Workflow', 'its id, where it is to be told of this one alone')}
        ${this.refusal && (rest.length > 0 || fields.size === 0) ? failed(this.refusal) : nothing}
        ${asCurl('PUT', `/channels/${draft.name.trim()}`, {body: body(draft)})}
        <div class="row"><button class="primary">Save</button><button type="button" class="plain" @click=${() => this.drop()}>Leave it</button></div>
      </form></section>`;
  }
}

customElements.define('bide-channels', Channels);
