/** One destination: what it gets, what it answers, what holds it back; pause and resume, and its limits. */
import {call, clock, get, may, place, post, problem} from '../api.js';
import {here, link, setQuery} from '../app.js';
import {breakerWords, condition, deferredWords, failedWords, limitWords, look} from '../model/third.js';
import {number, rate} from '../model/words.js';
import {exact, localOf} from '../time.js';
import {Part, chip, count, heading, html, icon, nothing, toast} from '../parts/base.js';
import {asCurl, asCurls} from '../parts/curl.js';
import {ask} from '../parts/dialog.js';
import {described, either, failed, field} from '../parts/notice.js';
import {length, readers} from '../parts/times.js';
import '../parts/density.js';
import '../parts/plot.js';
import '../parts/when.js';

/** @typedef {any} Destination */

/** Looks that are kept for the plots: half an hour of them. */
const KEPT = 900;
const LIMITS = /** @type {const} */ (['maxConcurrentCalls', 'callsPerSecond']);

export default class DestinationPage extends Part {
  /** @param {Record<string, string>} params */
  static title(params) {
    return params.host;
  }

  /** @type {Record<string, number>} */
  static calls = {getDestination: 2000, listProblems: 10_000};

  constructor() {
    super();
    this.destinationName = here().params.host;
    /** @type {Destination | undefined} */
    this.destination = undefined;
    /** @type {any[] | undefined} */
    this.problems = undefined;
    /** What the polls have said since the page was opened. @type {{at: number, perSecond: number, p50: number | null, p95: number | null}[]} */
    this.looks = [];
    /** @type {import('../api.js').Problem | undefined} what came of the last action */
    this.refusal = undefined;
    /** @type {Record<typeof LIMITS[number], string> | undefined} as they are typed */
    this.limits = undefined;
    /** @type {import('../api.js').Problem | undefined} */
    this.limitsFault = undefined;
  }

  /** How far ahead, of the address. @returns {'hour' | 'week' | 'year'} */
  get view() {
    const coming = here().query.get('coming');
    return coming === 'week' || coming === 'year' ? coming : 'hour';
  }

  get path() {
    return `/destinations/${encodeURIComponent(this.destinationName)}`;
  }

  connectedCallback() {
    super.connectedCallback();
    this.track(signal => this.load(signal));
    this.track(
      async signal => {
        try {
          this.problems = (await get('/problems', {host: this.destinationName}, signal)).items;
        } catch {
          // What it answers stands there without them.
          signal.throwIfAborted();
        }
      },
      {every: 10_000, slow: true},
    );
  }

  /** @param {AbortSignal} signal */
  async load(signal) {
    this.took(await get(this.path, undefined, signal));
  }

  /** @param {Destination} destination */
  took(destination) {
    this.destination = destination;
    this.looks = [...this.looks.slice(-KEPT + 1), look(destination, clock.now())];
  }

  async pauseIt() {
    // Of one that nobody calls nothing is known, and it can be paused before it is called.
    const waiting = this.destination?.waiting ?? {count: 0};
    const path = `${this.path}/pause`;
    const done = await ask({
      title: `Pause ${this.destinationName}?`,
      what: `Nobody calls it within 5 s, on any node, until it is resumed. ${waiting.count > 0 ? `${number(waiting.count)} timers wait for it already. ` : ''}Its timers lose no attempt, and go out oldest first when it is resumed.`,
      deed: 'Pause it',
      keep: 'Let it go on',
      reason: true,
      curl: {method: 'POST', path},
      act: async reason => this.took(await post(path, reason ? {reason} : {})),
    });
    this.again();
    if (done) {
      toast('Paused.', {words: 'Resume', act: () => this.resumeIt()});
    }
    this.requestUpdate();
  }

  async resumeIt() {
    this.refusal = undefined;
    try {
      this.took(await post(`${this.path}/resume`));
      toast('Resumed: oldest first, within 5 s.');
    } catch (error) {
      this.refusal = problem(error);
    }
    this.requestUpdate();
  }

  /** @param {SubmitEvent} event */
  async saveLimits(event) {
    event.preventDefault();
    this.limitsFault = undefined;
    try {
      const {body} = await call('PUT', `${this.path}/limits`, {body: this.limitsBody()});
      this.took(body);
      this.again();
      this.limits = undefined;
      toast('The limits hold within 5 s.');
    } catch (error) {
      this.limitsFault = problem(error);
    }
    this.requestUpdate();
  }

  limitsBody() {
    const given = LIMITS.map(name => [name, (this.limits?.[name] ?? '').trim()]).filter(([, value]) => value !== '');
    // What is no number goes out as it was typed, and the service names it.
    return Object.fromEntries(given.map(([name, value]) => [name, /^-?\d{1,15}$/.test(value) ? Number(value) : value]));
  }

  render() {
    const {destination} = this;
    if (this.fault?.status === 404) {
      return html`${heading(this.destinationName, 'not called in this minute, nothing set, and nothing waits for it', this.pauseButton())}
        <div class="stack">
          <div class="notice"><p>There is nothing to say about it just now. It can be paused and limited before it is called.</p><div class="row"><a class="button" href=${link('/destinations')}>All destinations</a><a class="button plain" href=${link('/timers', {host: this.destinationName})}>Its timers</a></div></div>
          ${may('setDestinationLimits') ? this.limit() : nothing}
        </div>`;
    }
    const state = destination ? condition(destination) : undefined;
    const actions = destination
      ? html`${destination.paused ? nothing : this.pauseButton()}<a class="button" href=${link('/timers', {host: this.destinationName})}>Timers</a>`
      : nothing;
    return html`${heading(this.destinationName, state ? html`${chip(state.status, state.words)} figures of the whole cluster, last minute` : '', actions)}
      ${this.refusal ? failed(this.refusal) : nothing}
      ${either({fault: this.fault, there: destination !== undefined, again: () => this.again()}, () => this.whole(destination))}`;
  }

  pauseButton() {
    return may('pauseDestination') ? html`<button type="button" @click=${() => this.pauseIt()}>Pause…</button>` : nothing;
  }

  /** @param {Destination} destination */
  whole(destination) {
    const {outcomes, latencyMs, waiting} = destination;
    const ms = (/** @type {number | null} */ value) => (value === null ? '–' : length(value));
    const deferred = deferredWords(outcomes.deferred);
    return html`<div class="stack">
      ${this.held(destination)}
      <section class="card figures" aria-label="Figures">
        <div class="figure"><span class="label">Calls</span><span class="value">${rate(Number(destination.callsPerSecond))}</span><span class="scope">${number(destination.inFlight)} under way</span></div>
        <div class="figure"><span class="label">Answers in</span><span class="value">${ms(latencyMs.p50)}</span><span class="scope">half of them; 95 % in ${ms(latencyMs.p95)}</span></div>
        <div class="figure"><span class="label">Failed</span><span class="value">${failedWords(outcomes)}</span><span class="scope">${number(outcomes.failed)} failed, ${number(outcomes.refused)} refused, ${number(outcomes.delivered)} delivered</span></div>
        <div class="figure"><span class="label">Wait because of it</span><span class="value">${count(waiting)}</span><span class="scope">due, and held back</span></div>
      </section>
      ${this.plots()}
      <div class="split">
        <section class="card">
          <header><h2>Breaker</h2><span class="scope">of each node</span></header>
          <div class="stack tight"><p>${breakerWords(destination.breakers)}</p>
          ${destination.breakers.length === 0 ? nothing : html`<details class="fold" ?open=${destination.breakers.some((/** @type {any} */ each) => each.state !== 'closed')}><summary>By node</summary><ul class="sample" role="list">${destination.breakers.map((/** @type {any} */ each) => html`<li class="row">${chip(each.state, each.state.replace('-', ' '))}<span class="mono">${each.nodeId}</span></li>`)}</ul></details>`}
          ${deferred.length === 0 ? html`<p class="soft">No call was put off in this minute.</p>` : html`<p>Put off in this minute, without an attempt:</p><ul class="sample" role="list">${deferred.map(each => html`<li class="row"><strong>${number(each.count)}</strong><span>${each.words}</span></li>`)}</ul>`}</div>
        </section>
        ${this.limit(destination)}
      </div>
      ${this.failures()}
      <bide-density .host=${this.destinationName} .view=${this.view} .label=${'What is coming for it'} @density-view=${(/** @type {CustomEvent} */ event) => setQuery({coming: event.detail.view === 'hour' ? undefined : event.detail.view}, {push: true})}></bide-density>
      ${asCurls([{words: 'Look at it', method: 'GET', path: this.path}, ...(destination.paused && may('resumeDestination') ? [{words: 'Resume', method: 'POST', path: `${this.path}/resume`}] : [])])}
    </div>`;
  }

  /** @param {Destination} destination */
  held(destination) {
    if (!destination.paused) {
      return nothing;
    }
    return html`<ul class="needs" role="list"><li class="held">${icon('pause')}<p>Paused ${destination.pausedAt ? html`<bide-when .at=${destination.pausedAt} .zone=${readers()} .only=${'words'}></bide-when>` : ''}: ${count(destination.waiting)} wait because of it.${destination.reason ? html` “${destination.reason}”` : nothing}</p>${may('resumeDestination') ? html`<button type="button" @click=${() => this.resumeIt()}>Resume</button>` : nothing}</li></ul>`;
  }

  /** Nobody keeps the past of each destination; what this page has seen of it, it draws. */
  plots() {
    const {looks} = this;
    const zone = readers();
    const at = looks.map(look => look.at);
    const since = looks.length > 0 ? exact(localOf(zone, at[0]), {day: false}).replace(/ .*/, '') : '';
    const last = looks[looks.length - 1];
    return html`<div class="split">
      <section class="card" aria-label="Calls">
        <header><h2>Calls</h2><span class="scope">since ${since}, when this page was opened</span></header>
        ${looks.length < 3 ? html`<p class="soft">It is drawn from a few looks on.</p>` : html`<bide-plot .label=${'Calls a second'} .at=${at} .zone=${zone} .caption=${`${rate(last.perSecond)} now, at most ${rate(Math.max(...looks.map(look => look.perSecond)))} since ${since}.`} .lines=${[{name: 'calls', values: looks.map(look => look.perSecond), tone: 'accent', width: 2, words: rate}]}></bide-plot>`}
      </section>
      <section class="card" aria-label="Answers in">
        <header><h2>Answers in</h2><span class="scope">logarithmic</span></header>
        ${looks.length < 3 ? html`<p class="soft">It is drawn from a few looks on.</p>` : html`<bide-plot .label=${'Time to answer'} .at=${at} .zone=${zone} .log=${true} .least=${1000} .caption=${last.p50 === null || last.p95 === null ? 'No call in this minute.' : `Half in ${length(last.p50)}, 95 % in ${length(last.p95)} now.`} .lines=${[
          {name: 'p50', values: looks.map(look => look.p50), tone: 'accent', width: 2, words: length},
          {name: 'p95', values: looks.map(look => look.p95), tone: 'waiting', dash: [6, 3], words: length},
        ]}></bide-plot>`}
      </section>
    </div>`;
  }

  /** @param {Destination} [destination] where anything is known of it */
  limit(destination) {
    const limits = destination?.limits;
    const set = (/** @type {typeof LIMITS[number]} */ name) => (limits?.from === 'database' && limits[name] ? String(limits[name]) : '');
    const typed = this.limits ?? {maxConcurrentCalls: set('maxConcurrentCalls'), callsPerSecond: set('callsPerSecond')};
    const {fields, rest} = place(this.limitsFault?.errors ?? [], [...LIMITS]);
    const labels = {maxConcurrentCalls: 'Calls at once', callsPerSecond: 'Calls a second'};
    const body = this.limitsBody();
    return html`<section class="card">
      <header><h2>Limits</h2><span class="scope">for the whole cluster, within 5 s</span></header>
      <div class="stack tight">${limits ? html`<p>${limitWords(limits)}</p>` : nothing}
      ${may('setDestinationLimits')
        ? html`<form class="stack tight" data-editing=${this.limits ? '' : nothing} @submit=${(/** @type {SubmitEvent} */ event) => this.saveLimits(event)}>
            <div class="row top">${LIMITS.map(name => field({id: `limit-${name}`, label: labels[name], error: fields.get(name)}, html`<input id="limit-${name}" class="short" inputmode="numeric" autocomplete="off" data-path=${name} .value=${typed[name]} aria-invalid=${fields.has(name) ? 'true' : nothing} aria-describedby=${described(`limit-${name}`, {error: fields.get(name)}) ?? nothing} @input=${(/** @type {Event} */ event) => {
              this.limits = {...typed, [name]: /** @type {HTMLInputElement} */ (event.target).value};
              this.requestUpdate();
            }}>`))}</div>
            <p class="small soft">Empty is as configured.</p>
            ${this.limitsFault && (rest.length > 0 || fields.size === 0) ? failed(this.limitsFault) : nothing}
            ${this.limits ? html`${asCurl('PUT', `${this.path}/limits`, {body})}<div class="row"><button class="primary">Set the limits</button><button type="button" class="plain" @click=${() => this.drop()}>Leave them</button></div>` : nothing}
          </form>`
        : nothing}</div>
    </section>`;
  }

  drop() {
    this.limits = undefined;
    this.limitsFault = undefined;
    this.requestUpdate();
  }

  failures() {
    const groups = (this.problems ?? []).slice(0, 5);
    return html`<section class="card">
      <header><h2>Failures</h2><a class="scope" href=${link('/failures', {host: this.destinationName})}>all of them</a></header>
      ${this.problems === undefined ? html`<p class="soft">Not known yet.</p>` : groups.length === 0 ? html`<p class="soft">No timer has died of it.</p>` : html`<ul class="sample" role="list">${groups.map(each => html`<li class="row"><span class="toned" data-tone="dead">${icon('cross')}</span><strong>${number(each.count)}</strong><a href=${link('/timers', {status: 'dead', problem: each.problem})}>${each.httpStatus ?? 'no answer'}</a><span>“${each.text.replace(/\{(?:id|n|time|address)\}/g, '···')}”</span><span class="small soft">last <bide-when .at=${each.lastAt} .only=${'words'}></bide-when></span></li>`)}</ul>`}
    </section>`;
  }
}

customElements.define('bide-destination', DestinationPage);
