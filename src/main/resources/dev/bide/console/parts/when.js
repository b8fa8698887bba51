/** A time in words and exact: “in 22 h, Mon 30 Nov 2026 09:00 +07”; the title holds UTC and the reader's own. */
import {clock} from '../api.js';
import {exact, locals, relative, title, utc} from './times.js';
import {Part, html, nothing} from './base.js';

/** All of them tick together. @type {Set<When>} */
const shown = new Set();
setInterval(() => {
  if (!document.hidden) {
    shown.forEach(when => when.tick());
  }
}, 1000);

export class When extends Part {
  static properties = {
    at: {},
    local: {},
    zone: {},
    own: {},
    only: {},
    fine: {type: Boolean},
  };

  constructor() {
    super();
    /** @type {string | undefined} an instant */
    this.at = undefined;
    /** @type {string | undefined} what the service said it is in the zone */
    this.local = undefined;
    this.zone = 'UTC';
    /** @type {string | undefined} the zone of what it is about, where another one is shown */
    this.own = undefined;
    /** @type {'words' | 'exact' | undefined} */
    this.only = undefined;
    this.fine = false;
    this.words = '';
  }

  connectedCallback() {
    super.connectedCallback();
    shown.add(this);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    shown.delete(this);
  }

  tick() {
    if (this.at && this.only !== 'exact' && relative(this.at, clock.now()) !== this.words) {
      this.requestUpdate();
    }
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (this.at && !this.local && this.only !== 'words' && (changed.has('at') || changed.has('zone')) && locals.get(this.zone, this.at) === undefined) {
      void locals.of(this.zone, [this.at]).then(() => this.requestUpdate());
    }
    this.words = this.at ? relative(this.at, clock.now()) : '';
  }

  render() {
    if (!this.at) {
      return html`<span class="soft">–</span>`;
    }
    const local = this.local ?? locals.get(this.zone, this.at) ?? utc(this.at);
    return html`<time datetime=${this.at} title=${title(this.at, this.own)}>${this.only === 'exact' ? nothing : this.words}${this.only ? nothing : ', '}${this.only === 'words'
      ? nothing
      : html`<span class="nowrap">${exact(local, {millis: this.fine})}</span>`}</time>`;
  }
}

customElements.define('bide-when', When);
