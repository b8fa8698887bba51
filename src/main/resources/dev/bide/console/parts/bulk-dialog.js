/** Changes many: those that a filter names, in the background, or a few that were chosen, one by one. Before it: how many, which, when they are due, and why. */
import {call, get, pause, post, problem} from '../api.js';
import {go, link} from '../app.js';
import {host, number, shortId, some} from '../model/words.js';
import {chip, html, icon, nothing} from './base.js';
import {TimeChoice} from './change-time.js';
import {asCurl} from './curl.js';
import {open} from './dialog.js';
import {failed} from './notice.js';
import {readers} from './times.js';
import './when.js';

/** Above this the count is typed. */
const MANY = 1000;
const AT_A_TIME = 4;

/** @typedef {'cancel' | 'pause' | 'resume' | 'fire' | 'reschedule' | 'redrive' | 'dismiss'} Deed */

/** @type {Record<Deed, {verb: string, after?: string, follows: Record<'timers' | 'runs', string>, danger?: boolean}>} */
const DEEDS = {
  cancel: {verb: 'Cancel', danger: true, follows: {timers: 'Nobody is called for them any more. Runs whose timers they are are cancelled with them.', runs: 'Nobody is called for them any more. They can’t be taken up again.'}},
  dismiss: {verb: 'Dismiss', danger: true, follows: {timers: 'They are counted as cancelled and leave the failures. Their runs stay failed.', runs: ''}},
  pause: {verb: 'Pause', follows: {timers: 'They are held until they are resumed.', runs: 'They are held until they are resumed.'}},
  resume: {verb: 'Resume', follows: {timers: 'Those whose time has passed are called at once.', runs: 'Those whose time has passed are called at once.'}},
  fire: {verb: 'Call', after: ' now', follows: {timers: 'They are due now, whatever they wait for.', runs: ''}},
  reschedule: {verb: 'Change the time of', follows: {timers: 'Those that are paused stay paused.', runs: ''}},
  redrive: {verb: 'Try', after: ' again', follows: {timers: 'Each gets a fresh set of attempts, the first one now.', runs: 'Each goes on from the task that it failed at.'}},
};

/** @param {Deed} deed @param {string} what `12,345 timers` */
const title = (deed, what) => `${DEEDS[deed].verb} ${what}${DEEDS[deed].after ?? ''}`;

/** @param {string} id @param {'timers' | 'runs'} things @returns {Promise<{words: string, status?: string, to?: string}>} */
async function told(id, things) {
  const one = await get(`/${things}/${id}`);
  return things === 'runs'
    ? {words: one.key ?? shortId(id), status: one.status, to: one.task?.name}
    : {words: one.key ?? (one.runId ? `run ${shortId(one.runId)}` : shortId(id)), status: one.status, to: host(one.action.url)};
}

/** @template T @param {T[]} items @param {(item: T) => Promise<void>} act a few at a time */
export async function fewAtATime(items, act) {
  const rest = [...items];
  const worker = async () => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) {
      await act(item);
    }
  };
  await Promise.all(Array.from({length: AT_A_TIME}, worker));
}

/**
 * Asks, counts, and begins an operation; then its page is shown.
 * @param {object} how
 * @param {'timers' | 'runs'} [how.things]
 * @param {Deed} how.deed
 * @param {Record<string, unknown>} how.filter as the API takes it
 * @param {string} how.words the filter: `timers of Onboarding that are retrying`
 * @param {number} [how.limit] to begin with
 * @param {boolean} [how.stay] whether to stay on the page
 * @returns {Promise<Record<string, any> | undefined>} the operation
 */
export async function bulk({things = 'timers', deed, filter, words, limit: given, stay = false}) {
  const path = `/${things}/${deed === 'dismiss' ? 'cancel' : deed}`;
  const one = things.slice(0, -1);
  let limit = given === undefined ? '' : String(given);
  let reason = '';
  let typed = '';
  let version = 'same';
  let busy = false;
  /** @type {any} */
  let counted;
  /** @type {import('../api.js').Problem | undefined} */
  let fault;
  /** @type {Map<string, Awaited<ReturnType<typeof told>>>} */
  const known = new Map();
  let abort = new AbortController();
  let redraw = () => {};
  /** What was refused is not what stands there now; that they could not be counted still is. */
  const changed = (edited = true) => {
    fault = edited && counted ? undefined : fault;
    redraw();
  };
  const time = deed === 'reschedule' ? new TimeChoice({zoneFrom: 'each timer’s own; shown in yours', changed}) : undefined;

  const body = () => ({
    filter,
    ...(limit.trim() !== '' && {limit: Number(limit)}),
    ...(reason.trim() !== '' && {reason: reason.trim()}),
    ...time?.choice,
    ...(deed === 'redrive' && things === 'runs' && {version}),
  });

  const count = async (wait = 0) => {
    abort.abort();
    abort = new AbortController();
    const {signal} = abort;
    counted = undefined;
    fault = undefined;
    redraw();
    try {
      await pause(wait, signal);
      // The time is not looked at when they are only counted, but one has to be there.
      const {delay, ...rest} = /** @type {any} */ (body());
      counted = (await call('POST', path, {body: {...rest, ...(time && {dueAt: new Date().toISOString()}), dryRun: true}, signal})).body;
      void fewAtATime((counted.sample ?? []).filter((/** @type {any} */ each) => !known.has(each.id)), async (/** @type {any} */ {id}) => {
        try {
          known.set(id, await told(id, things));
          redraw();
        } catch {
          // Its id and its time stand there.
        }
      });
    } catch (error) {
      if (!signal.aborted) {
        fault = problem(error);
      }
    }
    if (!signal.aborted) {
      redraw();
    }
  };

  /** @returns {string} why it can't be begun yet; empty where it can */
  const lacks = () => {
    if (busy) {
      return 'It is being begun.';
    }
    if (!counted) {
      return fault ? '' : 'They are being counted.';
    }
    if (counted.matched === 0) {
      return 'Nothing matches.';
    }
    if (time && !time.choice) {
      return 'Give a time.';
    }
    if (reason.trim() === '') {
      return 'Give a reason.';
    }
    return counted.matched > MANY && typed.replace(/[\s,.]/g, '') !== String(counted.matched) ? `Type ${counted.matched}.` : '';
  };

  const operation = await open(
    (/** @type {(value?: Record<string, any>) => void} */ close, again) => {
      redraw = again;
      const why = lacks();
      const errors = new Map((fault?.errors ?? []).map(error => [error.field, error.message]));
      const amount = counted ? `${counted.complete === false ? 'more than ' : ''}${some(counted.matched, one, things)}` : things;
      const wrong = (/** @type {string} */ field) => (errors.has(field) ? html`<span class="error">${icon('cross')}<span>${errors.get(field)}</span></span>` : nothing);
      return html`
        <form
          @submit=${async (/** @type {SubmitEvent} */ event) => {
            event.preventDefault();
            if (lacks() !== '' || !counted) {
              return;
            }
            busy = true;
            fault = undefined;
            again();
            try {
              close(await post(path, body()));
            } catch (error) {
              fault = problem(error);
              busy = false;
              again();
            }
          }}>
          <h2>${counted ? title(deed, amount) : `${title(deed, things)}…`}</h2>
          <p>${counted && counted.matched === 0 ? 'Nothing matches any more.' : DEEDS[deed].follows[things]}</p>
          <dl class="facts">
            <dt>Which</dt><dd>${words}${limit.trim() === '' ? '' : `, the oldest ${number(Number(limit))}`}</dd>
            ${counted?.earliestDueAt ? html`<dt>${things === 'runs' ? 'Next due' : 'Due'}</dt><dd>earliest <bide-when .at=${counted.earliestDueAt} .zone=${readers()}></bide-when><br>latest <bide-when .at=${counted.latestDueAt} .zone=${readers()}></bide-when></dd>` : nothing}
          </dl>
          ${counted?.sample?.length > 0
            ? html`<details class="fold" ?open=${counted.sample.length <= 3}><summary>${counted.matched > counted.sample.length ? `${counted.sample.length} of them` : 'These'}</summary>
                <ul class="sample" role="list">${counted.sample.map((/** @type {any} */ each) => {
                  const row = known.get(each.id);
                  return html`<li class="row">${row?.status ? chip(row.status) : nothing}<span>${row?.words ?? shortId(each.id)}</span><span class="soft">${row?.to ?? ''}</span>${each.dueAt ? html`<bide-when class="small soft" .at=${each.dueAt} .only=${'words'}></bide-when>` : nothing}</li>`;
                })}</ul></details>`
            : nothing}
          ${time ? html`<fieldset class="stack tight"><legend>To when?</legend>${time.draw(fault?.errors)}</fieldset>` : nothing}
          ${deed === 'redrive' && things === 'runs'
            ? html`<fieldset><legend>By which version?</legend>${[['same', 'the one that each goes by'], ['latest', 'the newest of its workflow']].map(([value, text]) => html`<label class="choice"><input type="radio" name="version" value=${value} .checked=${version === value} @change=${() => {
                version = value;
                changed();
              }}>${text}</label>`)}</fieldset>`
            : nothing}
          <div class="row top">
            <div class="field"><label for="bulk-limit">Only the oldest</label><input id="bulk-limit" class="short" inputmode="numeric" pattern="[1-9][0-9]{0,7}" placeholder="all" autocomplete="off" .value=${limit} aria-invalid=${errors.has('limit') ? 'true' : nothing} @input=${(/** @type {Event} */ event) => {
              const input = /** @type {HTMLInputElement} */ (event.target);
              if (input.validity.valid) {
                limit = input.value;
                typed = '';
                void count(300);
              }
            }}>${wrong('limit')}</div>
            <div class="field wide"><label for="bulk-reason">Reason</label><input id="bulk-reason" maxlength="500" autofocus autocomplete="off" .value=${reason} aria-invalid=${errors.has('reason') ? 'true' : nothing} @input=${(/** @type {Event} */ event) => {
              reason = /** @type {HTMLInputElement} */ (event.target).value;
              changed();
            }}>${wrong('reason') === nothing ? html`<span class="help">Kept with the operation, for those who ask later.</span>` : wrong('reason')}</div>
          </div>
          ${counted && counted.matched > MANY ? html`<div class="field"><label for="bulk-typed">Type ${counted.matched} to go on</label><input id="bulk-typed" class="short" inputmode="numeric" autocomplete="off" .value=${typed} @input=${(/** @type {Event} */ event) => {
            typed = /** @type {HTMLInputElement} */ (event.target).value;
            again();
          }}></div>` : nothing}
          ${!time || time.choice ? asCurl('POST', path, {body: body()}) : nothing}
          ${fault && !['limit', 'reason'].some(field => errors.has(field)) ? failed(fault, counted ? undefined : () => void count()) : nothing}
          <footer>
            <span class="help" id="bulk-lacks">${why}</span>
            <button type="button" @click=${() => close()}>Leave them</button>
            <button class=${DEEDS[deed].danger ? 'danger' : 'primary'} aria-disabled=${why !== '' || !counted ? 'true' : 'false'} aria-describedby="bulk-lacks">${title(deed, amount)}</button>
          </footer>
        </form>`;
    },
    {label: title(deed, things), begin: () => void count()},
  );
  abort.abort();
  if (operation && !stay) {
    go(link(`/operations/${operation.id}`));
  }
  return operation;
}

/**
 * A few that were chosen, one by one: a tick or the reason why not stands at each.
 * @param {object} how
 * @param {'timers' | 'runs'} [how.things]
 * @param {Exclude<Deed, 'dismiss'>} how.deed
 * @param {{id: string, words: string, status: string}[]} how.items
 * @param {string} [how.zone]
 * @returns {Promise<boolean>} whether anything was changed
 */
export async function each({things = 'timers', deed, items, zone}) {
  /** @type {Map<string, true | import('../api.js').Problem>} */
  const came = new Map();
  let begun = false;
  let redraw = () => {};
  const time = deed === 'reschedule' ? new TimeChoice({zone, changed: () => redraw()}) : undefined;
  const one = things.slice(0, -1);
  /** A run goes on by a version, which has to be said. */
  const options = deed === 'redrive' && things === 'runs' ? {body: {version: 'same'}} : {};
  const run = async () => {
    begun = true;
    redraw();
    await fewAtATime(
      items.filter(({id}) => came.get(id) !== true),
      async ({id}) => {
        try {
          await (time ? call('PATCH', `/${things}/${id}`, {body: time.choice}) : call('POST', `/${things}/${id}/${deed}`, options));
          came.set(id, true);
        } catch (error) {
          came.set(id, problem(error));
        }
        redraw();
      },
    );
  };
  await open(
    (/** @type {(value?: boolean) => void} */ close, again) => {
      redraw = again;
      const over = came.size === items.length;
      const failures = [...came.values()].filter(value => value !== true).length;
      const what = some(items.length, one, things);
      const ready = !time || time.choice !== undefined;
      return html`
        <form @submit=${(/** @type {SubmitEvent} */ event) => {
          event.preventDefault();
          if (!begun && ready) {
            void run();
          }
        }}>
          <h2>${title(deed, what)}</h2>
          <p aria-live="polite">${over ? (failures === 0 ? 'Done.' : `${some(items.length - failures, one, things)} changed, ${failures} not.`) : DEEDS[deed].follows[things]}</p>
          ${time && !begun ? time.draw() : nothing}
          <ul class="sample" role="list">${items.map(({id, words, status}) => {
            const said = came.get(id);
            return html`<li class="row">${said === true ? html`<span class="toned" data-tone="done">${icon('tick')}<span class="visually-hidden">done</span></span>` : said ? html`<span class="toned" data-tone="dead">${icon('cross')}<span class="visually-hidden">not done</span></span>` : chip(status)}<span>${words}</span>${said && said !== true ? html`<span class="small toned" data-tone="dead">${said.detail || said.title}</span>` : nothing}</li>`;
          })}</ul>
          ${!begun && ready ? (time ? asCurl('PATCH', `/${things}/${items[0].id}`, {body: time.choice}) : asCurl('POST', `/${things}/${items[0].id}/${deed}`, options)) : nothing}
          <footer>
            ${over
              ? html`<button type="button" class="primary" @click=${() => close(true)}>Close</button>`
              : html`<button type="button" aria-disabled=${begun ? 'true' : 'false'} @click=${() => !begun && close()}>Leave them</button><button class=${DEEDS[deed].danger ? 'danger' : 'primary'} aria-disabled=${begun || !ready ? 'true' : 'false'}>${title(deed, what)}</button>`}
          </footer>
        </form>`;
    },
    {label: title(deed, things)},
  );
  return begun;
}
