/** One timer: its state, why it is due when it is due, what was tried, and what may be done. */
import {clock, get, may, post, problem} from '../api.js';
import {here, link} from '../app.js';
import {fill, fillBody} from '../model/fill.js';
import {groupOf} from '../model/groups.js';
import {write} from '../model/json.js';
import {sentence as retries} from '../model/retry.js';
import {TIMER_DEEDS, destination, host, number, shortId} from '../model/words.js';
import {modern} from '../model/zones.js';
import {Part, chip, heading, html, icon, nothing, toast} from '../parts/base.js';
import {changeTime} from '../parts/change-time.js';
import {asCurls, copyButton} from '../parts/curl.js';
import {ask} from '../parts/dialog.js';
import {callNow} from '../parts/fire.js';
import {jsonView} from '../parts/json-view.js';
import {either, failed} from '../parts/notice.js';
import {stateDiagram} from '../parts/state-diagram.js';
import {countdown, length} from '../parts/times.js';
import '../parts/when.js';

const WAITING = ['scheduled', 'retrying'];

/** @param {Record<string, unknown>} headers */
const headerTable = headers => html`<div class="table"><table>
  <caption class="visually-hidden">Headers</caption>
  <thead><tr><th scope="col">Header</th><th scope="col">Value</th></tr></thead>
  <tbody>${Object.entries(headers).map(([name, value]) => html`<tr><th scope="row">${name}</th><td class="mono">${value}</td></tr>`)}</tbody>
</table></div>`;

export default class Timer extends Part {
  /** @param {Record<string, string>} params */
  static title(params) {
    return `Timer ${shortId(params.id)}`;
  }

  /** @type {Record<string, number>} */
  static calls = {getTimer: 2000, getRun: 0, getWorkflowVersion: 0, previewDelay: 0, listProblems: 0};

  constructor() {
    super();
    this.timerId = here().params.id;
    /** @type {Record<string, any> | undefined} */
    this.timer = undefined;
    /** @type {Record<string, any> | undefined} its delay, explained by the service */
    this.explained = undefined;
    /** What of it was explained: its delay and its time, which can be changed. */
    this.asked = '';
    /** @type {Record<string, any> | undefined} its run */
    this.run = undefined;
    /** @type {Record<string, any> | undefined} the workflow as its run goes by it */
    this.version = undefined;
    /** @type {import('../model/groups.js').Group | undefined} of failures, that it belongs to */
    this.group = undefined;
    this.grouped = '';
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
    this.took(await get(`/timers/${this.timerId}`, undefined, signal));
    if (!before) {
      // The page is as good without them: the ids stand below.
      void this.learn().then(() => this.requestUpdate(), () => {});
    }
  }

  /** @param {Record<string, any>} timer as it is now */
  took(timer) {
    this.timer = timer;
    const death = timer.status === 'dead' ? `${timer.finishedAt}` : '';
    if (death !== this.grouped) {
      [this.grouped, this.group] = [death, undefined];
      void this.find(death).then(() => this.requestUpdate(), () => {});
    }
    const asked = write([timer.delay, timer.dueAt]);
    if (asked !== this.asked) {
      this.asked = asked;
      this.explained = undefined;
      // The page is as good without it: the delay stands below.
      void this.explain(asked).then(() => this.requestUpdate(), () => {});
    }
  }

  /** @param {string} asked */
  async explain(asked) {
    const {delay, createdAt, timezone} = this.timer ?? {};
    const explained = await post('/delays/preview', {delay, from: createdAt, timezone}, {patient: false});
    if (asked === this.asked) {
      this.explained = explained;
    }
  }

  /** The group of failures that it belongs to. @param {string} death */
  async find(death) {
    const last = this.timer?.attempts.at(-1);
    if (death !== '' && last) {
      const {items} = await get('/problems', {host: destination(this.timer?.action.url)});
      this.group = death === this.grouped ? groupOf(last, items) : this.group;
    }
  }

  async learn() {
    if (this.timer?.runId) {
      this.run = await get(`/runs/${this.timer.runId}`);
      this.version = await get(`/workflows/${this.run?.workflowId}/versions/${this.run?.workflowVersion}`);
    }
  }

  get task() {
    return this.version?.tasks.find((/** @type {any} */ task) => task.id === this.timer?.taskId)?.name;
  }

  /** @param {string} call */
  async act(call) {
    const deed = TIMER_DEEDS[call];
    const path = `/timers/${this.timerId}/${call}`;
    this.refusal = undefined;
    if (call === 'reschedule') {
      const changed = await changeTime(/** @type {any} */ (this.timer));
      if (changed) {
        this.took(changed);
      }
    } else if (call === 'fire') {
      await callNow(/** @type {any} */ (this.timer), changed => this.took(changed));
    } else if (call === 'cancel') {
      const done = await ask({
        title: 'Cancel this timer?',
        what: this.timer?.runId ? 'Nobody is called for it any more. Its run is cancelled with it.' : 'Nobody is called for it any more.',
        deed: 'Cancel it',
        curl: {method: 'POST', path},
        act: async () => {
          this.took(await post(path));
        },
      });
      if (done) {
        toast(deed.done);
      }
    } else {
      try {
        this.took(await post(path));
        toast(deed.done, deed.back ? {words: TIMER_DEEDS[deed.back].label, act: () => this.act(/** @type {string} */ (deed.back))} : undefined);
      } catch (error) {
        this.refusal = problem(error);
        this.again();
      }
    }
    this.requestUpdate();
  }

  /** @param {string[]} calls @returns {string[]} those that can be made just now */
  able(calls) {
    const status = this.timer?.status;
    const path = `/timers/${this.timerId}`;
    return calls.filter(call => TIMER_DEEDS[call].from.includes(status) && (call === 'reschedule' ? may('rescheduleTimer', 'PATCH', path) : may(`${call}Timer`, 'POST', `${path}/${call}`)));
  }

  actions() {
    return this.able(['reschedule', 'fire', 'pause', 'resume', 'redrive', 'cancel'])
      .map(call => html`<button type="button" class=${call === 'redrive' ? 'primary' : ''} title=${call === 'redrive' ? 'redrive: a fresh set of attempts' : nothing} @click=${() => this.act(call)}>${TIMER_DEEDS[call].label}${['cancel', 'reschedule', 'fire'].includes(call) ? '…' : ''}</button>`);
  }

  render() {
    const {timer} = this;
    const run = timer?.runId ? html`of run <a href=${link(`/runs/${timer.runId}`)}>${this.run?.key ?? shortId(timer.runId)}</a>${this.version ? html` (<a href=${link(`/workflows/${this.version.id}`)}>${this.version.name}</a>, version ${this.version.version})` : nothing}` : 'alone';
    const scope = timer ? html`${chip(timer.status)} ${run}${timer.key ? html`, key ${timer.key}` : nothing}` : '';
    if (this.fault?.status === 404) {
      return html`${heading('There is no such timer', '')}<div class="notice"><p>Timers that are over are forgotten after the retention.</p><a class="button" href=${link('/timers')}>All timers</a></div>`;
    }
    return html`${heading(this.task ? `Timer of ${this.task}` : `Timer ${timer?.key ?? shortId(this.timerId)}`, scope, timer ? this.actions() : nothing)}
      ${this.refusal ? failed(this.refusal) : nothing}
      ${either({fault: this.fault, there: timer !== undefined, lines: 8, again: () => this.again()}, () => this.whole(/** @type {Record<string, any>} */ (timer)))}`;
  }

  /** @param {Record<string, any>} timer */
  whole(timer) {
    const at = timer.nextAttemptAt ?? timer.dueAt;
    const left = Date.parse(at) - clock.now();
    const waits = WAITING.includes(timer.status);
    return html`<div class="stack">
      ${timer.status === 'dead' ? this.died(timer) : nothing}
      <div class="split">
      <section class="card">
        <header><h2>${waits ? (timer.nextAttemptAt ? 'Next attempt' : 'Due') : timer.status === 'paused' ? 'Paused; it would be due' : 'Was due'}</h2><span class="scope">times in ${modern(timer.timezone)}</span></header>
        ${waits ? html`<p class="figure"><span class="value">${left > 0 ? `In ${countdown(left)}` : left > -1000 ? 'Due: taken within a second' : `${length(-left)} late`}</span></p>` : nothing}
        <p><bide-when .at=${at} .zone=${timer.timezone} .only=${waits ? 'exact' : undefined}></bide-when></p>
        ${this.because(timer)}
      </section>
      <section class="card">
        <header><h2>States</h2></header>
        ${stateDiagram(timer)}
      </section>
      </div>
      <section class="card">
        <header><h2>Attempts</h2><span class="scope">${retries(timer.retry, timer.timeout)}</span></header>
        ${timer.attempts.length === 0 ? html`<p class="soft">Not called yet.</p>` : html`<ol role="list" class="stack tight">${timer.attempts.map((/** @type {any} */ attempt) => this.attempt(timer, attempt))}</ol>`}
      </section>
      ${this.request(timer)}
      <section class="card">
        <header><h2>Particulars</h2></header>
        <dl class="facts">
          <dt>Id</dt><dd class="mono">${timer.id} ${copyButton(timer.id)}</dd>
          <dt>Made</dt><dd><bide-when .at=${timer.createdAt} .zone=${timer.timezone}></bide-when></dd>
          ${timer.finishedAt ? html`<dt>Over</dt><dd><bide-when .at=${timer.finishedAt} .zone=${timer.timezone}></bide-when></dd>` : nothing}
          <dt>Delay</dt><dd class="mono">${write(timer.delay)}</dd>
        </dl>
        ${asCurls([{words: 'Look at it', method: 'GET', path: `/timers/${timer.id}`}, ...this.able(['fire', 'pause', 'resume', 'redrive']).map(call => ({words: TIMER_DEEDS[call].label, method: 'POST', path: `/timers/${timer.id}/${call}`}))])}
      </section>
    </div>`;
  }

  /** Why it is due when it is due. @param {Record<string, any>} timer */
  because(timer) {
    const {explained} = this;
    if (!explained) {
      return nothing;
    }
    const moved = explained.dueAt === null || Math.abs(Date.parse(explained.dueAt) - Date.parse(timer.dueAt)) > 1000;
    if (moved) {
      // From when it is counted since then nobody has kept.
      const early = explained.dueAt !== null && Date.parse(timer.dueAt) < Date.parse(explained.dueAt);
      return html`<p>Its rule: ${explained.rule}.</p><p class="soft">Its time was changed since it was made.${early ? html` By its rule it would be due later: <bide-when .at=${explained.dueAt} .zone=${timer.timezone} .only=${'exact'}></bide-when>.` : nothing}</p>`;
    }
    const change = explained.clockChange;
    return html`<p>Because: ${explained.rule}, counted from <bide-when .at=${timer.createdAt} .zone=${timer.timezone} .only=${'exact'}></bide-when>.</p>
      ${change ? html`<p class="row">${icon('warn')}${change.kind === 'gap' ? `${change.local.slice(11, 16)} does not exist that day: the clocks go forward.` : `${change.local.slice(11, 16)} comes twice that day: the first counts.`}</p>` : nothing}`;
  }

  /** What it died of, and what helps. @param {Record<string, any>} timer */
  died(timer) {
    const last = timer.attempts.at(-1);
    const final = last?.httpStatus ? `${last.httpStatus} is not tried again` : 'It is not tried again';
    const why = last ? `${last.outcome === 'refused' ? final : `All ${timer.attempts.length} attempts failed`}: ${last.error ?? last.httpStatus}.` : 'It died without an attempt.';
    const to = destination(timer.action.url);
    const like = this.group ? link('/timers', {status: 'dead', problem: this.group.problem}) : link('/failures', {host: to});
    return html`<ul class="needs" role="list"><li class="bad">${icon('cross')}<p>${why}</p>
      <a class="button" href=${like}>${!this.group ? 'Failures there' : this.group.count > 1 ? `All ${number(this.group.count)} like it` : 'Its group of failures'}</a><a class="button" href=${link(`/destinations/${encodeURIComponent(to)}`)}>Destination</a></li></ul>`;
  }

  /** The call as it is stored, and with its variables filled. @param {Record<string, any>} timer */
  request(timer) {
    const {method = 'POST', url, headers = {}, body} = timer.action;
    const stored = body === undefined ? undefined : write(body);
    const values = {
      input: this.run?.input === undefined ? null : write(this.run.input),
      'timer.id': timer.id,
      'timer.dueAt': timer.dueAt,
      ...(this.run && {'run.id': this.run.id}),
      ...(this.run?.key && {'run.key': this.run.key}),
      ...(this.task && {'task.name': this.task}),
    };
    const filled = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, fill(String(value), values)]));
    const sent = stored === undefined ? undefined : fillBody(stored, values);
    const added = {...filled, 'Idempotency-Key': timer.id, 'Bide-Attempt': String(Math.max(1, timer.attempts.length)), 'Bide-Due-At': timer.dueAt};
    const filledIn = (!timer.runId || this.run !== undefined) && (sent !== stored || JSON.stringify(filled) !== JSON.stringify(headers));
    return html`<section class="card">
      <header><h2>Request</h2><a class="scope" href=${link('/timers', {host: host(url)})}>${host(url)}</a></header>
      <div class="stack tight">
        <p class="mono">${method} ${url}</p>
        ${filledIn ? html`<h3>As it is sent</h3>${headerTable(added)}${sent === undefined ? nothing : html`<div><p class="small soft">Body</p>${jsonView(sent, {label: 'Body'})}</div>`}<h3>As it is stored</h3>` : nothing}
        ${Object.keys(headers).length > 0 ? headerTable(headers) : nothing}
        ${stored === undefined ? html`<p class="soft">Without a body.</p>` : html`<div>${filledIn ? nothing : html`<p class="small soft">Body</p>`}${jsonView(stored, {label: 'Body', open: filledIn ? false : undefined})}</div>`}
      </div>
    </section>`;
  }

  /** @param {Record<string, any>} timer @param {any} attempt */
  attempt(timer, attempt) {
    const late = attempt.number === 1 && timer.latenessMs !== undefined ? `${length(timer.latenessMs)} late, ` : '';
    const said = attempt.httpStatus === undefined ? 'no answer after' : `answered ${attempt.httpStatus} in`;
    // One that failed needs nobody as long as others follow.
    const sign = attempt.outcome === 'failed' && timer.status !== 'dead' ? chip('retrying', 'failed') : chip(attempt.outcome);
    return html`<li>
      <p class="row"><strong>${attempt.number}</strong>${sign}<bide-when .at=${attempt.startedAt} .zone=${timer.timezone} .only=${'exact'} .fine=${true}></bide-when><span>${late}${said} ${length(attempt.durationMs)}</span></p>
      ${attempt.error ? html`<p class="soft">${icon('warn')} “${attempt.error}”</p>` : nothing}
      ${attempt.answer ? jsonView(attempt.answer, {label: 'Answer', open: false}) : nothing}
      ${attempt.traceId ? html`<p class="soft">Trace ${this.trace(attempt.traceId)}</p>` : nothing}
    </li>`;
  }

  /** A link where the node was told where traces are looked at. @param {string} id */
  trace(id) {
    const url = document.querySelector('meta[name="bide-trace-url"]')?.getAttribute('content');
    return url ? html`<a class="mono" href=${url.replaceAll('{traceId}', id)} rel="noreferrer">${id}</a>` : html`<span class="mono">${id}</span>`;
  }
}

customElements.define('bide-timer', Timer);
