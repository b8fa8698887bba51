/** One timer: its state, why it is due when it is due, what was tried, and what may be done. */
import {clock, get, may, post, problem} from '../api.js';
import {here, link} from '../app.js';
import {write} from '../model/json.js';
import {sentence as retries} from '../model/retry.js';
import {TIMER_DEEDS, host, list, shortId} from '../model/words.js';
import {Part, chip, heading, html, icon, nothing, toast} from '../parts/base.js';
import {asCurl, copyButton} from '../parts/curl.js';
import {ask} from '../parts/dialog.js';
import {jsonView} from '../parts/json-view.js';
import {either, failed} from '../parts/notice.js';
import {countdown, length} from '../parts/times.js';
import '../parts/when.js';

const WAITING = ['scheduled', 'retrying'];

export default class Timer extends Part {
  /** @param {Record<string, string>} params */
  static title(params) {
    return `Timer ${shortId(params.id)}`;
  }

  /** @type {Record<string, number>} */
  static calls = {getTimer: 2000};

  constructor() {
    super();
    this.timerId = here().params.id;
    /** @type {Record<string, any> | undefined} */
    this.timer = undefined;
    /** @type {string | undefined} the rule in the service's words */
    this.rule = undefined;
    /** @type {import('../api.js').Problem | undefined} what came of the last action */
    this.refusal = undefined;
    this.ticking = 0;
  }

  connectedCallback() {
    super.connectedCallback();
    this.track(signal => this.load(signal));
    this.ticking = window.setInterval(() => !document.hidden && this.timer && WAITING.includes(this.timer.status) && this.requestUpdate(), 1000);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.ticking);
  }

  /** @param {AbortSignal} signal */
  async load(signal) {
    const before = this.timer;
    this.timer = await get(`/timers/${this.timerId}`, undefined, signal);
    if (!before) {
      void this.explain();
    }
  }

  async explain() {
    try {
      const {delay, createdAt, timezone} = this.timer ?? {};
      this.rule = (await post('/delays/preview', {delay, from: createdAt, timezone}, {patient: false})).rule;
      this.requestUpdate();
    } catch {
      // The page is as good without it; the delay stands below.
    }
  }

  /** @param {string} call */
  async act(call) {
    const deed = TIMER_DEEDS[call];
    const path = `/timers/${this.timerId}/${call}`;
    this.refusal = undefined;
    if (call === 'cancel') {
      const done = await ask({
        title: 'Cancel this timer?',
        what: this.timer?.runId ? 'Nobody is called for it any more. Its run is cancelled with it.' : 'Nobody is called for it any more.',
        deed: 'Cancel it',
        curl: {method: 'POST', path},
        act: async () => {
          this.timer = await post(path);
        },
      });
      if (done) {
        toast(deed.done);
      }
    } else {
      try {
        this.timer = await post(path);
        toast(deed.done, deed.back ? {words: TIMER_DEEDS[deed.back].label, act: () => this.act(/** @type {string} */ (deed.back))} : undefined);
      } catch (error) {
        this.refusal = problem(error);
        this.again();
      }
    }
    this.requestUpdate();
  }

  actions() {
    const status = this.timer?.status;
    return ['fire', 'pause', 'resume', 'redrive', 'cancel']
      .filter(call => TIMER_DEEDS[call].from.includes(status) && may(`${call}Timer`, 'POST', `/timers/${this.timerId}/${call}`))
      .map(call => html`<button type="button" class=${call === 'redrive' ? 'primary' : ''} title=${call === 'redrive' ? 'redrive: a fresh set of attempts' : nothing} @click=${() => this.act(call)}>${TIMER_DEEDS[call].label}${call === 'cancel' ? '…' : ''}</button>`);
  }

  render() {
    const {timer} = this;
    const scope = timer ? html`${chip(timer.status)} ${timer.runId ? html`of run <a href=${link(`/runs/${timer.runId}`)}>${shortId(timer.runId)}</a>` : 'alone'}${timer.key ? html`, key ${timer.key}` : nothing}` : '';
    if (this.fault?.status === 404) {
      return html`${heading('There is no such timer', '')}<div class="notice"><p>Timers that are over are forgotten after the retention.</p><a class="button" href=${link('/timers')}>All timers</a></div>`;
    }
    return html`${heading(`Timer ${shortId(this.timerId)}`, scope, timer ? this.actions() : nothing)}
      ${this.refusal ? failed(this.refusal) : nothing}
      ${either({fault: this.fault, there: timer !== undefined, lines: 8, again: () => this.again()}, () => this.whole(/** @type {Record<string, any>} */ (timer)))}`;
  }

  /** @param {Record<string, any>} timer */
  whole(timer) {
    const at = timer.nextAttemptAt ?? timer.dueAt;
    const left = Date.parse(at) - clock.now();
    const waits = WAITING.includes(timer.status);
    return html`<div class="stack">
      <section class="card">
        <header><h2>${waits ? (timer.nextAttemptAt ? 'Next attempt' : 'Due') : timer.status === 'paused' ? 'Paused; it would be due' : 'Was due'}</h2><span class="scope">times in ${timer.timezone}</span></header>
        ${waits ? html`<p class="figure"><span class="value">${left > 0 ? `In ${countdown(left)}` : left > -1000 ? 'Due: taken within a second' : `${length(-left)} late`}</span></p>` : nothing}
        <p><bide-when .at=${at} .zone=${timer.timezone} .only=${waits ? 'exact' : undefined}></bide-when></p>
        ${this.rule ? html`<p>Because: ${this.rule}, counted from <bide-when .at=${timer.createdAt} .zone=${timer.timezone} .only=${'exact'}></bide-when>.</p>` : nothing}
      </section>
      <section class="card">
        <header><h2>Attempts</h2><span class="scope">${retries(timer.retry, timer.timeout)}</span></header>
        ${timer.attempts.length === 0 ? html`<p class="soft">Not called yet.</p>` : html`<ol role="list" class="stack tight">${timer.attempts.map((/** @type {any} */ attempt) => this.attempt(timer, attempt))}</ol>`}
      </section>
      <section class="card">
        <header><h2>Request as stored</h2><a class="scope" href=${link('/timers', {host: host(timer.action.url)})}>${host(timer.action.url)}</a></header>
        <p class="mono">${timer.action.method ?? 'POST'} ${timer.action.url}</p>
        ${timer.action.headers && Object.keys(timer.action.headers).length > 0 ? jsonView(write(timer.action.headers), {label: 'Headers'}) : nothing}
        ${timer.action.body === undefined ? nothing : jsonView(write(timer.action.body), {label: 'Body'})}
      </section>
      <section class="card">
        <header><h2>Particulars</h2></header>
        <dl class="facts">
          <dt>Id</dt><dd class="mono">${timer.id} ${copyButton(timer.id)}</dd>
          <dt>Made</dt><dd><bide-when .at=${timer.createdAt} .zone=${timer.timezone}></bide-when></dd>
          ${timer.finishedAt ? html`<dt>Over</dt><dd><bide-when .at=${timer.finishedAt} .zone=${timer.timezone}></bide-when></dd>` : nothing}
          <dt>Delay</dt><dd class="mono">${write(timer.delay)}</dd>
        </dl>
        ${asCurl('GET', `/timers/${timer.id}`)}
      </section>
    </div>`;
  }

  /** @param {Record<string, any>} timer @param {any} attempt */
  attempt(timer, attempt) {
    const late = attempt.number === 1 && timer.latenessMs !== undefined ? `${length(timer.latenessMs)} late` : '';
    const words = list([late, `${attempt.httpStatus ?? 'no answer'} after ${length(attempt.durationMs)}`].filter(part => part !== ''), 'and');
    return html`<li>
      <p class="row">${chip(attempt.outcome)}<strong>${attempt.number}</strong><bide-when .at=${attempt.startedAt} .zone=${timer.timezone} .only=${'exact'} .fine=${true}></bide-when><span>${words}</span></p>
      ${attempt.error ? html`<p class="soft">${icon('warn')} “${attempt.error}”</p>` : nothing}
      ${attempt.answer ? jsonView(attempt.answer, {label: 'Answer', open: false}) : nothing}
    </li>`;
  }
}

customElements.define('bide-timer', Timer);
