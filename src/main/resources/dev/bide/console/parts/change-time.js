/** Another time for a timer that waits, or for many: by a delay that is counted from now, or at a time. */
import {Problem, call, place, problem} from '../api.js';
import {exact, readers} from './times.js';
import {html, icon, nothing, toast} from './base.js';
import {asCurl} from './curl.js';
import {open} from './dialog.js';
import {instantOf, momentField, wallOf} from './moment.js';
import {failed} from './notice.js';
import {zonePicker} from './zone-picker.js';

/** @typedef {{delay: unknown} | {dueAt: string}} Choice what `PATCH /timers/{id}` takes */

/**
 * The two ways, as a part of a form. It keeps what was chosen in `choice` and says when that changes.
 */
export class TimeChoice {
  /** @param {{zone?: string, dueAt?: string, delay?: unknown, changed: () => void}} how */
  constructor({zone = readers(), dueAt, delay = {type: 'period', amount: 1, unit: 'days'}, changed}) {
    this.zone = zone;
    this.changed = changed;
    this.way = 'time';
    this.delay = delay;
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
      return {delay: this.delay};
    }
    return this.instant ? {dueAt: this.instant.dueAt} : undefined;
  }

  async ask() {
    const turn = ++this.turn;
    this.instant = undefined;
    this.fault = undefined;
    this.changed();
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
    this.changed();
  }

  /** @param {{delay: boolean, errors?: import('../api.js').FieldError[]}} how whether a delay can be chosen, and what the service said of it */
  draw({errors = []} = {delay: true}) {
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
      <output class="small">${this.fault && fields.size === 0 ? this.fault.message : instant ? html`${icon('clock')} ${exact(instant.local)}${instant.clockChange ? (instant.clockChange.kind === 'gap' ? `. ${instant.clockChange.local.slice(11, 16)} does not exist that day.` : `. ${instant.clockChange.local.slice(11, 16)} comes twice; the first counts.`) : ''}${Date.parse(instant.dueAt) < Date.now() ? '. That has passed: it is called now.' : ''}` : 'Give a date.'}</output>`;
  }
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
  const time = new TimeChoice({zone: timezone, dueAt, delay, changed: () => redraw()});
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
          ${time.draw({delay: true, errors: fault?.errors})}
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
