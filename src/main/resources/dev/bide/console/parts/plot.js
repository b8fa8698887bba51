/** Lines over time, by uPlot, which is loaded when the first plot is drawn. The same numbers are there as a sentence, under the cursor, and as a table. */
import {exact, localOf, readers} from '../time.js';
import {Part, html, nothing, svg} from './base.js';

const LIBRARY = 'console/lib/uplot/1.6.30/';
const HEIGHT = 200;
const ROWS = 60;
const DAY = 86_400_000;
/** Between ticks of what is counted. */
const WHOLE = Array.from({length: 30}, (_, i) => [1, 2, 5][i % 3] * 10 ** Math.floor(i / 3));

/**
 * @typedef {object} Line
 * @property {string} name
 * @property {(number | null)[]} values gaps stay gaps
 * @property {string} [tone] a colour of the style sheet, by its name
 * @property {number[]} [dash]
 * @property {number} [width]
 * @property {'y' | 'right'} [scale]
 * @property {(value: number) => string} words of a value
 */

/** @type {Promise<any> | undefined} */
let library;

/** A classic script of our own origin, and its style sheet. @returns {Promise<any>} */
function load() {
  library ??= new Promise((resolve, reject) => {
    const sheet = document.createElement('link');
    sheet.rel = 'stylesheet';
    sheet.href = new URL(`${LIBRARY}uPlot.min.css`, document.baseURI).href;
    const script = document.createElement('script');
    script.src = new URL(`${LIBRARY}uPlot.iife.min.js`, document.baseURI).href;
    script.addEventListener('load', () => resolve(/** @type {any} */ (globalThis).uPlot));
    script.addEventListener('error', () => {
      library = undefined;
      reject(new Error('the plots’ library can’t be loaded'));
    });
    document.head.append(sheet, script);
  });
  return library;
}

const dark = matchMedia('(prefers-color-scheme: dark)');

export class Plot extends Part {
  static properties = {
    at: {attribute: false},
    lines: {attribute: false},
    caption: {},
    label: {},
    zone: {},
    log: {type: Boolean},
    least: {type: Number},
    span: {type: Number},
  };

  constructor() {
    super();
    /** @type {number[]} milliseconds */
    this.at = [];
    /** @type {Line[]} */
    this.lines = [];
    this.caption = '';
    this.label = '';
    this.zone = readers();
    this.log = false;
    /** What the top of the scale is at least. */
    this.least = 1;
    /** How much time the plot holds, where there are not yet points for all of it. */
    this.span = 0;
    /** @type {any} */
    this.plot = undefined;
    /** @type {number | undefined} the point under the cursor */
    this.under = undefined;
    this.tabled = false;
    this.made = '';
    this.width = 0;
    this.broken = false;
    this.painted = () => this.remake();
    this.sized = new ResizeObserver(([entry]) => {
      const width = Math.floor(entry.contentRect.width);
      if (width > 0 && width !== this.width) {
        this.width = width;
        this.plot?.setSize({width, height: HEIGHT});
        this.requestUpdate();
      }
    });
  }

  connectedCallback() {
    super.connectedCallback();
    this.sized.observe(this);
    document.addEventListener('bide-scheme', this.painted);
    dark.addEventListener('change', this.painted);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.sized.disconnect();
    document.removeEventListener('bide-scheme', this.painted);
    dark.removeEventListener('change', this.painted);
    this.plot?.destroy();
    this.plot = undefined;
  }

  /** In other colours. */
  remake() {
    this.plot?.destroy();
    this.plot = undefined;
    this.requestUpdate();
  }

  updated() {
    if (this.width === 0 || this.at.length === 0 || this.broken) {
      return;
    }
    const shape = this.lines.map(line => `${line.name} ${line.scale ?? ''}`).join() + this.log + this.zone + this.least + this.span;
    if (this.plot && shape !== this.made) {
      this.plot.destroy();
      this.plot = undefined;
    }
    const seconds = this.at.map(at => at / 1000);
    // A logarithm knows no 0.
    const data = [seconds, ...this.lines.map(({values}) => (this.log ? values.map(value => (value === null ? null : Math.max(1, value))) : values))];
    if (this.plot) {
      this.plot.setData(data);
      return;
    }
    this.made = shape;
    void load().then(
      uPlot => {
        const into = this.querySelector('.canvas');
        if (into && !this.plot && this.isConnected) {
          this.plot = new uPlot(this.options(uPlot), data, into);
          this.querySelector('.uplot')?.setAttribute('aria-hidden', 'true');
        }
      },
      () => {
        this.broken = true;
        this.requestUpdate();
      },
    );
  }

  /** @param {any} uPlot */
  options(uPlot) {
    const style = getComputedStyle(this);
    // A canvas knows no properties, nor which scheme it is: the browser is asked for the colour itself.
    const colour = (/** @type {string} */ name) => {
      this.style.color = `var(--${name})`;
      const found = style.color;
      this.style.color = '';
      return found;
    };
    const font = `12px ${style.fontFamily}`;
    const axis = {stroke: colour('soft'), font, grid: {stroke: colour('line'), width: 1}, ticks: {show: false}, size: 28, gap: 4};
    const words = (/** @type {string} */ scale) => this.lines.find(line => (line.scale ?? 'y') === scale)?.words ?? String;
    const value = {...axis, size: 54, space: 36, values: (/** @type {any} */ _, /** @type {number[]} */ splits) => splits.map(split => (split === null ? '' : words('y')(split)))};
    const top = (/** @type {any} */ _, /** @type {number} */ __, /** @type {number | null} */ most) => [0, Math.max(this.least, (most ?? 0) * 1.08)];
    return {
      width: this.width,
      height: HEIGHT,
      legend: {show: false},
      padding: [8, this.lines.some(line => line.scale === 'right') ? 0 : 20, 0, 0],
      tzDate: (/** @type {number} */ at) => uPlot.tzDate(new Date(at * 1000), this.zone),
      cursor: {y: false, drag: {x: false, y: false}, points: {size: 6}},
      scales: {
        x: {time: true, range: () => this.reach()},
        y: this.log ? {distr: 3, range: (/** @type {any} */ _, /** @type {number} */ __, /** @type {number | null} */ most) => [1, Math.max(this.least, (most ?? 1) * 1.2)]} : {range: top},
        ...(this.lines.some(line => line.scale === 'right') ? {right: {range: (/** @type {any} */ _, /** @type {number} */ __, /** @type {number | null} */ most) => [0, Math.max(10, (most ?? 0) * 1.08)]}} : {}),
      },
      axes: [
        {...axis, space: 70, values: (/** @type {any} */ _, /** @type {number[]} */ splits) => splits.map(split => this.short(split * 1000))},
        this.log ? {...value, splits: () => [1, 10, 100, 1000, 10_000, 60_000, 600_000], filter: (/** @type {any} */ _, /** @type {number[]} */ splits) => splits} : value,
        ...(this.lines.some(line => line.scale === 'right') ? [{...axis, scale: 'right', side: 1, incrs: WHOLE, size: 48, space: 36, grid: {show: false}, values: (/** @type {any} */ _, /** @type {number[]} */ splits) => splits.map(words('right'))}] : []),
      ],
      series: [
        {},
        ...this.lines.map(line => ({
          label: line.name,
          scale: line.scale ?? 'y',
          stroke: colour(line.tone ?? 'accent'),
          width: line.width ?? 1.5,
          dash: line.dash,
          points: {show: this.at.length < 3},
        })),
      ],
      hooks: {
        setCursor: [
          (/** @type {any} */ plot) => {
            const under = plot.cursor.idx ?? undefined;
            if (under !== this.under) {
              this.under = under;
              this.requestUpdate();
            }
          },
        ],
      },
    };
  }

  /** From when to when the plot goes, in seconds. @returns {[number, number]} */
  reach() {
    const last = (this.at.at(-1) ?? 0) / 1000;
    return [Math.min(this.at[0] / 1000, last - Math.max(60, this.span / 1000)), last];
  }

  /** A time for the axis. @param {number} at */
  short(at) {
    const local = localOf(this.zone, at);
    const long = Math.max(this.span, (this.at.at(-1) ?? 0) - this.at[0]) > 2 * DAY;
    return long && local.slice(11, 16) === '00:00' ? exact(local).split(' ').slice(0, 2).join(' ') : local.slice(11, 16);
  }

  /** A time in words. @param {number} at */
  full(at) {
    const local = localOf(this.zone, at);
    const long = Math.max(this.span, (this.at.at(-1) ?? 0) - this.at[0]) > DAY / 2;
    return (long ? `${exact(local).split(' ').slice(0, 3).join(' ')}, ` : '') + local.slice(11, 19);
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    const last = this.at.length - 1;
    const from = this.under ?? last;
    const to = {ArrowLeft: this.under === undefined ? last : from - 1, ArrowRight: from + 1, Home: 0, End: last, PageUp: from - 10, PageDown: from + 10}[event.key];
    if (to === undefined || !this.plot || event.ctrlKey || event.altKey || event.metaKey) {
      return;
    }
    event.preventDefault();
    const at = Math.min(last, Math.max(0, to));
    this.plot.setCursor({left: this.plot.valToPos(this.at[at] / 1000, 'x'), top: 0});
    this.under = at;
    this.requestUpdate();
  }

  /** @param {number} i */
  values(i) {
    return this.lines.map(({name, values, words}) => `${name} ${typeof values[i] === 'number' ? words(/** @type {number} */ (values[i])) : '–'}`).join(', ');
  }

  render() {
    const there = this.under !== undefined && this.under < this.at.length;
    const shown = there ? /** @type {number} */ (this.under) : this.at.length - 1;
    return html`<figure class="plot">
      <figcaption>${this.caption}</figcaption>
      ${this.at.length === 0 || this.broken
        ? nothing
        : html`<ul class="row small soft" role="list">${this.lines.map(
              line => html`<li class="row"><svg viewBox="0 0 24 8" width="24" height="8" aria-hidden="true">${svg`<path d="M0 4h24" stroke=${`var(--${line.tone ?? 'accent'})`} stroke-width=${line.width ?? 1.5} stroke-dasharray=${line.dash?.join(' ') ?? nothing}/>`}</svg>${line.name}</li>`,
            )}</ul>
            <div class="canvas" tabindex="0" role="group" aria-label="${this.label}. Arrow keys go through it." @keydown=${(/** @type {KeyboardEvent} */ event) => this.pressed(event)}></div>
            <p class="small soft" aria-live=${there ? 'polite' : 'off'}>${this.full(this.at[shown])}: ${this.values(shown)}</p>`}
      ${this.broken ? html`<p class="soft">The plot can’t be drawn just now; its numbers are in the table.</p>` : nothing}
      ${this.at.length > 0 ? this.table() : nothing}
    </figure>`;
  }

  table() {
    const every = Math.ceil(this.at.length / ROWS);
    const rows = this.tabled ? this.at.map((_, i) => i).filter(i => (this.at.length - 1 - i) % every === 0).reverse() : [];
    return html`<details class="fold small" @toggle=${(/** @type {Event} */ event) => {
      this.tabled = /** @type {HTMLDetailsElement} */ (event.target).open;
      this.requestUpdate();
    }}>
      <summary>As a table</summary>
      ${this.tabled
        ? html`<div class="table tall" tabindex="0" role="region" aria-label="${this.label}, as a table"><table>
            <caption class="visually-hidden">${this.label}${every > 1 ? `, each ${every}th point` : ''}; times in ${this.zone}</caption>
            <thead><tr><th scope="col">${this.zone}</th>${this.lines.map(line => html`<th scope="col" class="number">${line.name}</th>`)}</tr></thead>
            <tbody>${rows.map(i => html`<tr><th scope="row" class="nowrap">${this.full(this.at[i])}</th>${this.lines.map(({values, words}) => html`<td class="number nowrap">${typeof values[i] === 'number' ? words(/** @type {number} */ (values[i])) : '–'}</td>`)}</tr>`)}</tbody>
          </table></div>`
        : nothing}
    </details>`;
  }
}

customElements.define('bide-plot', Plot);
