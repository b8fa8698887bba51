/** Another time for a timer that waits, or for many: by a delay that is counted from now, or at a time. */
import {Problem, call, clock, place, problem} from '../api.js';
import {exact, readers} from './times.js';
import {html, icon, nothing, toast} from './base.js';
import {asCurl} from './curl.js';
import {open} from './dialog.js';
import {instantOf, momentField, wallOf} from './moment.js';
import {failed} from './notice.js';
import {zonePicker} from './zone-picker.js';
import './delay-editor.js';

/** @typedef {{delay: unknown} | {dueAt: string}} Choice what `PATCH /timers/{id}` takes */

/**
 * The two ways, as a part of a form. It keeps what was chosen in `choice` and says when that changes, and whether the reader edited it: what was refused is not what stands there then.
 */
export class TimeChoice {
  /** @param {{zone?: string, zoneFrom?: string, dueAt?: string, delay?: unknown, changed: (edited: boolean) => void}} how */
  constructor({zone = readers(), zoneFrom = 'the timer’s', dueAt, delay = {type: 'period', amount: 1, unit: 'days'}, changed}) {
    this.zone = zone;
    this.delayZone = zone;
    this.zoneFrom = zoneFrom;
    this.changed = changed;
    /** @type {'delay' | 'time'} */
    this.way = 'delay';
    this.delay = delay;
    /** Whether the service could use the delay when it was last asked. */
    this.usable = true;
    /** @type {import('./moment.js').Wall} */
    this.wall = {date: '', time: ''};
    /** @type {Awaited<ReturnType<typeof instantOf>> | undefined} */
    this.instant = undefined;
    /** @type {Problem | undefined} */
    this.fault = undefined;
    this.turn = 0;
    if (dueAt) {
      void wallOf(dueAt, zone).then(wall => {
        this.wall = wall;
        return this.ask();
      });
    }
  }

  /** @returns {Choice | undefined} undefined until it can be sent */
  get choice() {
    if (this.way === 'delay') {
      return this.usable ? {delay: this.delay} : undefined;
    }
    return this.instant ? {dueAt: this.instant.dueAt} : undefined;
  }

  async ask() {
    const turn = ++this.turn;
    this.instant = undefined;
    this.fault = undefined;
    this.changed(true);
    if (this.wall.date === '' || this.zone === '') {
      return;
    }
    try {
      const instant = await instantOf(this.wall, this.zone);
      if (turn === this.turn) {
        this.instant = instant;
      }
    } catch (error) {
      if (turn === this.turn) {
        this.fault = problem(error);
      }
    }
    this.changed(false);
  }

  /** @param {import('../api.js').FieldError[]} [errors] what the service said of it */
  draw(errors = []) {
    const choice = (/** @type {'delay' | 'time'} */ way, /** @type {string} */ words) => html`<label class="choice"><input type="radio" name="way" value=${way} .checked=${this.way === way} @change=${() => {
      this.way = way;
      this.changed(true);
    }}>${words}</label>`;
    const below = errors.filter(({field}) => field.startsWith('delay.')).map(({field, message}) => ({field: field.slice('delay.'.length), message}));
    return html`<div class="row">${choice('delay', 'by a delay, counted from now')}${choice('time', 'at a time')}</div>
      ${this.way === 'delay'
        ? html`<bide-delay-editor .value=${this.delay} .zone=${this.delayZone} .zoneFrom=${this.zoneFrom} .errors=${below} .linked=${false} .fromNow=${true}
            @delay-change=${(/** @type {CustomEvent} */ event) => {
              this.delay = event.detail.json;
              this.usable = false;
              this.changed(true);
            }}
            @delay-answer=${(/** @type {CustomEvent} */ event) => {
              this.usable = event.detail.ok;
              this.changed(false);
            }}></bide-delay-editor>`
        : this.drawTime(errors)}`;
  }

  /** @param {import('../api.js').FieldError[]} errors */
  drawTime(errors) {
    const {fields} = place([...(this.fault?.errors ?? []), ...errors], ['delay.date', 'delay.at', 'timezone', 'dueAt']);
    const wrong = fields.get('delay.date') ?? fields.get('delay.at') ?? fields.get('dueAt');
    const {instant} = this;
    return html`
      <div class="row top">
        ${momentField({
          id: 'change-time',
          label: 'At',
          wall: this.wall,
          error: wrong,
          change: wall => {
            this.wall = wall;
            void this.ask();
          },
        })}
        ${zonePicker({
          id: 'change-zone',
          value: this.zone,
          error: fields.get('timezone'),
          change: zone => {
            this.zone = zone;
            void this.ask();
          },
        })}
      </div>
      <output class="small">${this.fault && fields.size === 0 ? this.fault.message : instant ? html`${icon('clock')} ${exact(instant.local)}${changeWords(instant.clockChange)}${Date.parse(instant.dueAt) < clock.now() ? '. That has passed: it is called now.' : ''}` : 'Give a date.'}</output>`;
  }
}

/** @param {{kind: string, local: string} | undefined} change */
function changeWords(change) {
  if (!change) {
    return '';
  }
  const time = change.local.slice(11, 16);
  return change.kind === 'gap' ? `. ${time} does not exist that day: the clocks go forward.` : `. ${time} comes twice that day; the first counts.`;
}

/**
 * The dialog for one timer.
 * @param {{id: string, dueAt: string, timezone: string, delay: unknown}} timer
 * @returns {Promise<any>} the timer as it is now, or undefined
 */
export async function changeTime({id, dueAt, timezone, delay}) {
  const path = `/timers/${id}`;
  /** @type {Problem | undefined} */
  let fault;
  let busy = false;
  let redraw = () => {};
  const changed = (/** @type {boolean} */ edited) => {
    fault = edited ? undefined : fault;
    redraw();
  };
  const time = new TimeChoice({zone: timezone, dueAt, delay, changed});
  return open(
    (/** @type {(value?: unknown) => void} */ close, again) => {
      redraw = again;
      const {choice} = time;
      return html`
        <form
          @submit=${async (/** @type {SubmitEvent} */ event) => {
            event.preventDefault();
            if (busy || !time.choice) {
              return;
            }
            busy = true;
            again();
            try {
              const {body} = await call('PATCH', path, {body: time.choice});
              toast('The time was changed.');
              close(body);
            } catch (error) {
              fault = problem(error);
              busy = false;
              again();
            }
          }}>
          <h2>Change the time</h2>
          ${time.draw(fault?.errors)}
          ${choice ? asCurl('PATCH', path, {body: choice}) : nothing}
          ${fault && fault.errors.length === 0 ? failed(fault) : nothing}
          <footer>
            <button type="button" @click=${() => close()}>Keep it</button>
            <button class="primary" aria-disabled=${busy || !choice ? 'true' : 'false'}>Change it</button>
          </footer>
        </form>`;
    },
    {label: 'Change the time'},
  );
}
