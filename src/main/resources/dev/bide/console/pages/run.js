/** One run: where it is, what was, what is to come, and what may be done. */
import {clock, get, may, post, problem} from '../api.js';
import {here, link} from '../app.js';
import {write} from '../model/json.js';
import {lay} from '../model/timeline.js';
import {RUN_DEEDS, TIMER_DEEDS, shortId} from '../model/words.js';
import {modern} from '../model/zones.js';
import {Part, chip, heading, html, icon, nothing, toast} from '../parts/base.js';
import {changeTime} from '../parts/change-time.js';
import {asCurls, copyButton} from '../parts/curl.js';
import {ask} from '../parts/dialog.js';
import {callNow} from '../parts/fire.js';
import {jsonView} from '../parts/json-view.js';
import {either, failed} from '../parts/notice.js';
import {redrive} from '../parts/redrive.js';
import {length} from '../parts/times.js';
import '../parts/timeline.js';
import '../parts/when.js';

/** @typedef {Record<string, any>} Json */

/** At one look so many timers are asked for; the next one goes on. */
const LOOKED = 8;

export default class Run extends Part {
  /** @param {Record<string, string>} params */
  static title(params) {
    return `Run ${shortId(params.id)}`;
  }

  /** @type {Record<string, number>} */
  static calls = {getRun: 2000, getWorkflowVersion: 0, simulateWorkflow: 0, previewDelay: 0};

  constructor() {
    super();
    this.runId = here().params.id;
    /** @type {Json | undefined} */
    this.run = undefined;
    /** @type {Json | undefined} the workflow as the run goes by it */
    this.version = undefined;
    /** @type {any} what is to come, on paper */
    this.coming = null;
    this.walked = '';
    /** @type {string | undefined} the rule of the current wait */
    this.rule = undefined;
    /** @type {import('../api.js').Problem | undefined} what came of the last action */
    this.refusal = undefined;
    /** When they were due by their rules, of timers that were called before that. @type {Map<string, number>} */
    this.early = new Map();
    /** @type {Set<string>} */
    this.looked = new Set();
    this.all = false;
  }

  connectedCallback() {
    super.connectedCallback();
    this.poller = this.track(signal => this.load(signal));
  }

  get isOver() {
    return this.run !== undefined && !['active', 'paused'].includes(this.run.status);
  }

  /** @param {AbortSignal} signal */
  async load(signal) {
    const run = /** @type {Json} */ (await get(`/runs/${this.runId}`, undefined, signal));
    this.run = run;
    if (this.poller) {
      this.poller.every = this.isOver ? 10_000 : 2000;
    }
    document.title = `Run ${run.key ?? shortId(run.id)} · Bide`;
    // Both are as good to have, but what is known of the run stands without them.
    await Promise.allSettled([this.learn(run, signal), this.walk(run, signal), this.look(run, signal)]);
  }

  /** Whether what was called was called before its rule said so: by hand, or by a time that was changed. @param {Json} run @param {AbortSignal} signal */
  async look(run, signal) {
    const called = (run.history ?? []).filter((/** @type {Json} */ each) => each.attempts.length > 0 && !this.looked.has(each.id)).slice(0, LOOKED);
    await Promise.all(called.map(async (/** @type {Json} */ timer) => {
      const {dueAt} = await post('/delays/preview', {delay: timer.delay, from: timer.createdAt, timezone: timer.timezone}, {signal, patient: false});
      this.looked.add(timer.id);
      if (dueAt && Date.parse(dueAt) - Math.min(...timer.attempts.map((/** @type {Json} */ attempt) => Date.parse(attempt.startedAt))) > 1000) {
        this.early.set(timer.id, Date.parse(dueAt));
      }
    }));
  }

  /** @param {Json} run @param {AbortSignal} signal */
  async learn(run, signal) {
    if (this.version?.version !== run.workflowVersion) {
      this.version = await get(`/workflows/${run.workflowId}/versions/${run.workflowVersion}`, undefined, signal);
    }
  }

  /** What is to come, asked again only when something of it can differ. @param {Json} run @param {AbortSignal} signal */
  async walk(run, signal) {
    const {timer, status, currentTaskId} = run;
    if (!timer || status !== 'active' || timer.status === 'paused') {
      this.coming = null;
      this.walked = '';
      return;
    }
    const from = timer.nextAttemptAt ?? timer.dueAt;
    const walked = [currentTaskId, timer.status, from, timer.dueAt, write(timer.delay), run.workflowVersion].join(' ');
    if (walked === this.walked) {
      return;
    }
    const body = {version: run.workflowVersion, afterTaskId: currentTaskId, from, ...(run.timezone && {timezone: run.timezone}), input: run.input};
    const [coming, explained] = await Promise.allSettled([
      post(`/workflows/${run.workflowId}/simulate`, body, {signal, patient: false}),
      post('/delays/preview', {delay: timer.delay, from: timer.createdAt, timezone: timer.timezone}, {signal, patient: false}),
    ]);
    if (coming.status === 'fulfilled') {
      this.coming = coming.value;
      this.walked = walked;
    }
    const moved = explained.status === 'fulfilled' && !(Math.abs(Date.parse(explained.value.dueAt ?? '') - Date.parse(timer.dueAt)) <= 1000);
    this.rule = explained.status !== 'fulfilled' ? undefined : moved ? `${explained.value.rule}, but its time was changed since it was made` : explained.value.rule;
  }

  /** @param {string} name */
  async act(name) {
    const deed = RUN_DEEDS[name];
    const path = `/runs/${this.runId}/${name}`;
    this.refusal = undefined;
    if (name === 'cancel') {
      const done = await ask({
        title: 'Cancel this run?',
        what: 'Nobody is called for it any more. It can’t be taken up again.',
        deed: 'Cancel it',
        curl: {method: 'POST', path},
        act: () => post(path),
      });
      if (done) {
        toast(deed.done);
      }
    } else if (name === 'redrive') {
      if (await redrive(/** @type {any} */ (this.run))) {
        toast(deed.done);
        this.version = undefined;
      }
    } else {
      try {
        await post(path);
        toast(deed.done, deed.back ? {words: RUN_DEEDS[deed.back].label, act: () => this.act(/** @type {string} */ (deed.back))} : undefined);
      } catch (error) {
        this.refusal = problem(error);
      }
    }
    this.again();
    this.requestUpdate();
  }

  /** @param {'fire' | 'reschedule'} name */
  async actOnTimer(name) {
    const {timer} = /** @type {Json} */ (this.run);
    this.refusal = undefined;
    if (name === 'reschedule') {
      await changeTime(timer);
    } else {
      await callNow(timer);
    }
    this.again();
    this.requestUpdate();
  }

  actions() {
    // To resume it and to try it again stand beside what they mend.
    return ['pause', 'cancel']
      .filter(name => RUN_DEEDS[name].from.includes(this.run?.status) && may(`${name}Run`, 'POST', `/runs/${this.runId}/${name}`))
      .map(name => html`<button type="button" @click=${() => this.act(name)}>${RUN_DEEDS[name].label}${name === 'cancel' ? '…' : ''}</button>`);
  }

  /** What is done without a question, as calls. @param {Json} run @returns {import('../parts/curl.js').Said[]} */
  atOnce({id, status, timer}) {
    const calls = ['pause', 'resume']
      .filter(name => RUN_DEEDS[name].from.includes(status) && may(`${name}Run`, 'POST', `/runs/${id}/${name}`))
      .map(name => ({words: RUN_DEEDS[name].label, method: 'POST', path: `/runs/${id}/${name}`}));
    const fires = !this.isOver && timer && TIMER_DEEDS.fire.from.includes(timer.status) && may('fireTimer');
    return fires ? [...calls, {words: TIMER_DEEDS.fire.label, method: 'POST', path: `/timers/${timer.id}/fire`}] : calls;
  }

  /** At the current wait of the timeline. @param {import('../model/timeline.js').Segment} segment */
  atSegment(segment) {
    const timer = this.run?.timer;
    const current = segment.state === 'now' || (segment.kind === 'attempt' && segment.last && segment.next !== undefined);
    if (this.isOver || !timer || !current || segment.timerId !== timer.id) {
      return nothing;
    }
    const can = (/** @type {string} */ name, /** @type {string} */ operation) => TIMER_DEEDS[name].from.includes(timer.status) && may(operation);
    return html`
      ${can('reschedule', 'rescheduleTimer') ? html`<button type="button" @click=${() => this.actOnTimer('reschedule')}>Change the time…</button>` : nothing}
      ${can('fire', 'fireTimer') ? html`<button type="button" @click=${() => this.actOnTimer('fire')}>Call now…</button>` : nothing}
      <a class="button plain" href=${link(`/timers/${timer.id}`)}>Timer</a>`;
  }

  render() {
    const {run} = this;
    if (this.fault?.status === 404) {
      return html`${heading('There is no such run', '')}<div class="notice"><p>Runs that are over are forgotten after the retention.</p><a class="button" href=${link('/runs')}>All runs</a></div>`;
    }
    const scope = run ? html`${chip(run.status)} of <a href=${link(`/workflows/${run.workflowId}`)}>${this.version?.name ?? `workflow ${shortId(run.workflowId)}`}</a>, version ${run.workflowVersion}` : '';
    return html`${heading(`Run ${run?.key ?? shortId(this.runId)}`, scope, run ? this.actions() : nothing)}
      ${this.refusal ? failed(this.refusal) : nothing}
      ${either({fault: this.fault, there: run !== undefined, lines: 8, again: () => this.again()}, () => this.whole(/** @type {Json} */ (run)))}`;
  }

  get zone() {
    return modern(this.run?.timezone ?? this.version?.timezone ?? this.run?.timer?.timezone ?? 'UTC');
  }

  /** @param {Json} run */
  whole(run) {
    const now = clock.now();
    const segments = lay(run, this.version?.tasks ?? [], this.coming, now, this.all ? Infinity : undefined).map(each => (each.kind === 'attempt' && each.waited !== undefined && this.early.has(each.timerId ?? '') ? {...each, ruled: this.early.get(each.timerId ?? '')} : each));
    return html`<div class="stack">
      ${this.state(run)}
      <section class="card">
        <header><h2>Timeline</h2><span class="scope">times in ${this.zone}; folds are not to scale</span></header>
        <bide-timeline .segments=${segments} .zone=${this.zone} .now=${now} .rule=${this.rule} .actions=${(/** @type {any} */ segment) => this.atSegment(segment)} .showMore=${() => this.showAll()}></bide-timeline>
      </section>
      <section class="card">
        <header><h2>Input</h2><span class="scope">fills the calls</span></header>
        ${run.input === undefined ? html`<p class="soft">None.</p>` : jsonView(write(run.input), {label: 'Input'})}
      </section>
      <section class="card">
        <header><h2>Particulars</h2></header>
        <dl class="facts">
          <dt>Id</dt><dd class="mono">${run.id} ${copyButton(run.id)}</dd>
          ${run.key ? html`<dt>Key</dt><dd>${run.key}</dd>` : nothing}
          <dt>Time zone</dt><dd>${this.zone}${run.timezone ? '' : ', of the workflow'}</dd>
          <dt>Begun</dt><dd><bide-when .at=${run.createdAt} .zone=${this.zone}></bide-when></dd>
          ${run.finishedAt ? html`<dt>Over</dt><dd><bide-when .at=${run.finishedAt} .zone=${this.zone}></bide-when></dd>` : nothing}
        </dl>
        ${asCurls([{words: 'Look at it', method: 'GET', path: `/runs/${run.id}`}, ...this.atOnce(run)])}
      </section>
    </div>`;
  }

  showAll() {
    this.all = true;
    this.requestUpdate();
  }

  /** What counts most, in one sentence. @param {Json} run */
  state(run) {
    const {timer, task} = run;
    const called = task?.name ?? this.version?.tasks.find((/** @type {Json} */ each) => each.id === run.currentTaskId)?.name;
    const name = called ? `“${called}”` : 'a task';
    switch (run.status) {
      case 'active': {
        if (!timer) {
          return nothing;
        }
        if (timer.status === 'paused') {
          return html`<ul class="needs" role="list"><li class="held">${icon('pause')}<p>Its timer is paused: nothing happens until that is resumed.</p><a class="button" href=${link(`/timers/${timer.id}`)}>Timer</a></li></ul>`;
        }
        const at = timer.nextAttemptAt ?? timer.dueAt;
        const late = Date.parse(at) <= clock.now();
        const {method = 'POST', url} = timer.action;
        return html`<p class="figure"><span class="label">${timer.status === 'retrying' ? `${name} is tried again` : `Waits for ${name}`}</span><span class="value">${late ? 'Due now' : `In ${length(Date.parse(at) - clock.now())}`}</span><span><bide-when .at=${at} .zone=${this.zone} .only=${late ? undefined : 'exact'}></bide-when></span><span class="small soft">then calls <span class="mono">${method} ${url}</span></span></p>`;
      }
      case 'paused':
        return html`<ul class="needs" role="list"><li class="held">${icon('pause')}<p>It is paused at ${name}: nobody is called until it is resumed.</p>${may('resumeRun') ? html`<button type="button" @click=${() => this.act('resume')}>Resume</button>` : nothing}</li></ul>`;
      case 'failed':
        return html`<ul class="needs" role="list"><li class="bad">${icon('cross')}<p>${this.why(run, name)}</p>${may('redriveRun') ? html`<button type="button" class="primary" title="redrive: it goes on from the task that it failed at" @click=${() => this.act('redrive')}>Try again…</button>` : nothing}</li></ul>`;
      default: {
        const calls = (run.history ?? []).flatMap((/** @type {Json} */ each) => each.attempts).reduce((/** @type {number} */ sum, /** @type {Json} */ attempt) => sum + attempt.durationMs, 0);
        const took = length(Date.parse(run.finishedAt) - Date.parse(run.createdAt));
        return html`<p class="figure"><span class="label">${run.status === 'completed' ? 'Completed after' : 'Cancelled after'}</span><span class="value">${took}</span><span class="soft">of which ${length(calls)} were calls</span></p>`;
      }
    }
  }

  /** @param {Json} run @param {string} name of its task */
  why(run, name) {
    if (run.error) {
      return `Failed at ${name}: ${run.error}`;
    }
    const last = run.timer?.attempts.at(-1) ?? run.history?.at(-1)?.attempts.at(-1);
    if (!last) {
      return `Failed at ${name}.`;
    }
    return `Failed at ${name}: ${last.error ?? `the answer was ${last.httpStatus}`}${last.outcome === 'refused' ? ', which is final' : `, at attempt ${last.number}`}.`;
  }
}

customElements.define('bide-run', Run);
