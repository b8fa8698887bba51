/**
 * A run as a line of time, and below it the same in words. The line is for the eye alone; the list is the timeline for everyone else, and pointing at either lights the other.
 */
import {go, link} from '../app.js';
import {labels, marks, moment, name, shorten, sign, strokes} from '../model/marks.js';
import {place, sentence} from '../model/timeline.js';
import {some} from '../model/words.js';
import {Part, html, icon, nothing, svg} from './base.js';
import {exact, locals, utc} from './times.js';

/** @typedef {import('../model/timeline.js').Segment} Segment */
/** @typedef {import('../model/timeline.js').Box} Box */
/** @typedef {import('../model/marks.js').Mark} Mark */

const WIDE = 640;
const LINE = 54;
const LEFT = 44;
const BESIDE = LEFT + 20;
const LETTER = 6.6;
const ROW = 36;

const PAPER = 'var(--surface)';

/** Lines and their ends come from the style sheet by inheritance. @type {Record<import('../model/marks.js').Sign, unknown>} around 0, 0 */
const SIGNS = {
  dot: svg`<circle r="6" fill="currentColor"></circle>`,
  tick: svg`<circle r="8" fill=${PAPER}></circle><path d="M-3.500 0.500l2.500 2.500 4.500-5"></path>`,
  cross: svg`<circle r="8" fill=${PAPER}></circle><path d="M-3-3l6 6M3-3l-6 6"></path>`,
  dead: svg`<rect x="-8" y="-8" width="16" height="16" rx="2" fill="currentColor"></rect><path stroke=${PAPER} d="M-3.500-3.500l7 7M3.500-3.500l-7 7"></path>`,
  ring: svg`<circle r="7" fill=${PAPER}></circle>`,
  dotted: svg`<circle r="7" fill=${PAPER} stroke-dasharray="1 3.400"></circle>`,
  square: svg`<rect x="-7" y="-7" width="14" height="14" rx="2" fill=${PAPER}></rect><path d="M-3-3l6 6M3-3l-6 6"></path>`,
  more: svg`<circle r="8" fill=${PAPER} stroke="none"></circle><path d="M-4 0h.01M0 0h.01M4 0h.01" stroke-width="3"></path>`,
  finish: svg`<circle r="7" fill=${PAPER}></circle><circle r="3"></circle>`,
  done: svg`<circle r="8" fill="currentColor"></circle><path stroke=${PAPER} d="M-3.500 0.500l2.500 2.500 4.500-5"></path>`,
  slash: svg`<circle r="8" fill=${PAPER}></circle><path d="M-5 5l10-10"></path>`,
};

/** How what was, is and will be is drawn. @type {Record<string, {color: string, dashes?: string, width?: number}>} */
const TENSES = {
  past: {color: 'ink'},
  now: {color: 'accent'},
  coming: {color: 'soft', dashes: '2 6'},
  held: {color: 'paused', dashes: '2 6'},
  backoff: {color: 'ink', dashes: '2 4', width: 1},
};

/** @param {string} tense @param {string} path */
function way(tense, path) {
  const {color, dashes = nothing, width = nothing} = TENSES[tense];
  return svg`<path class="way" color="var(--${color})" stroke-dasharray=${dashes} stroke-width=${width} d=${path}></path>`;
}

/** What is over of a wait, and what is late. @param {string} path */
const over = path => svg`<path color="var(--accent)" stroke-width="6" stroke-linecap="butt" d=${path}></path>`;

/** Nothing, where a line is interrupted. @param {string} path */
const gap = path => svg`<path stroke=${PAPER} stroke-width="6" stroke-linecap="butt" d=${path}></path>`;

/** @type {Record<string, string>} */
const TONES = {dot: 'ink', tick: 'done', cross: 'retrying', dead: 'dead', ring: 'accent', dotted: 'off', square: 'dead', more: 'off', finish: 'accent', done: 'done', slash: 'off'};

/** @type {Partial<Record<Segment['kind'], string>>} signs of the list that the line has not */
const LISTED = {wait: 'clock', backoff: 'again', held: 'pause'};

export class Timeline extends Part {
  static properties = {
    segments: {attribute: false},
    zone: {},
    now: {attribute: false},
    rule: {},
    actions: {attribute: false},
    showMore: {attribute: false},
  };

  constructor() {
    super();
    /** @type {Segment[]} of `lay` */
    this.segments = [];
    this.zone = 'UTC';
    this.now = 0;
    /** @type {string | undefined} of the current wait, in the service's words */
    this.rule = undefined;
    /** What may be done at a segment. @type {(segment: Segment) => unknown} */
    this.actions = () => nothing;
    /** Asks for those that are not shown yet. @type {() => void} */
    this.showMore = () => {};
    this.width = 0;
    /** @type {Segment | undefined} the one that is pointed at */
    this.lit = undefined;
    this.earlier = false;
    this.shown = false;
  }

  connectedCallback() {
    super.connectedCallback();
    this.sizes = new ResizeObserver(([entry]) => {
      const width = Math.floor(entry.contentRect.width);
      if (width !== this.width) {
        this.width = width;
        this.requestUpdate();
      }
    });
    this.sizes.observe(this);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.sizes?.disconnect();
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (changed.has('segments') || changed.has('zone')) {
      const instants = [...new Set(this.segments.filter(({kind}) => kind !== 'now').flatMap(({at, to, next}) => [at, to, next]))].filter(each => typeof each === 'number').map(utc);
      if (instants.some(instant => locals.get(this.zone, instant) === undefined)) {
        void locals.of(this.zone, instants).then(() => this.requestUpdate());
      }
    }
  }

  updated() {
    const box = this.querySelector('.course');
    const now = box?.querySelector('.now');
    if (box && now && !this.shown && this.width > 0) {
      this.shown = true;
      box.scrollLeft = Number(now.getAttribute('data-at')) - box.clientWidth / 2;
    }
  }

  /** @param {number} at */
  local(at) {
    const instant = utc(at);
    return locals.get(this.zone, instant) ?? instant;
  }

  /** For a label: without the zone, which is said above, and the year, where it is this one. @param {number | null} at @param {string} before the label before it */
  brief(at, before) {
    if (at === null) {
      return '';
    }
    const text = exact(this.local(at)).replace(/ [^ ]+$/, '');
    const year = ` ${new Date(this.now).getUTCFullYear()} `;
    const day = text.replace(/ [^ ]+$/, '');
    return day === before ? text.slice(day.length + 1) : text.replace(year, ' ').replace(/(:\d\d):\d\d$/, '$1');
  }

  /** @param {Mark[]} all */
  labelled(all) {
    let before = '';
    return all.map(mark => {
      const at = moment(mark);
      const sub = this.brief(at, before);
      before = at === null ? '' : exact(this.local(at)).replace(/ [^ ]+ [^ ]+$/, '');
      return {at: mark.at, text: name(mark), sub};
    });
  }

  render() {
    const across = this.width >= WIDE;
    const {earlier} = shorten(this.segments);
    const {segments} = shorten(this.segments, across ? {} : {before: 5, after: 3});
    const {size, boxes} = place(segments, this.width, across ? 'across' : 'down');
    const all = marks(boxes, across ? 14 : 20);
    return html`
      ${this.width === 0 ? nothing : html`<div class="course" role="img" aria-label="The run as a line. The list below says the same." tabindex=${across && size > this.width ? '0' : nothing} @pointerleave=${() => this.light(undefined)}>${across ? this.across(size, boxes, all) : this.down(size, boxes, all)}</div>`}
      <h3>In words</h3>
      <ol class="told" role="list" @pointerleave=${() => this.light(undefined)}>
        ${earlier > 0 && !this.earlier
          ? html`${this.entry(this.segments[0])}<li><button type="button" class="plain" @click=${() => this.open()}>${icon('fold')}Show ${some(earlier, 'earlier step')}</button></li>${this.segments.slice(earlier + 1).map(each => this.entry(each))}`
          : this.segments.map(each => this.entry(each))}
      </ol>`;
  }

  open() {
    this.earlier = true;
    this.requestUpdate();
  }

  /** @param {Segment | undefined} segment */
  light(segment) {
    if (segment !== this.lit) {
      this.lit = segment;
      this.requestUpdate();
    }
  }

  /** Segments are made anew at each poll: the same one is of the same kind, task, number and moment. @param {Segment} segment */
  isLit(segment) {
    const {lit} = this;
    return lit !== undefined && segment.kind === lit.kind && segment.timerId === lit.timerId && segment.taskId === lit.taskId && segment.number === lit.number && (segment.at === lit.at || segment.kind === 'end');
  }

  /** What is shown of a mark or a line when it is pointed at or clicked. @param {Segment[]} segments */
  hand(segments) {
    const told = segments.findLast(segment => this.says(segment) !== '') ?? segments[segments.length - 1];
    const timer = segments.findLast(({timerId}) => timerId)?.timerId;
    return {
      lit: segments.some(segment => this.isLit(segment)),
      enter: () => this.light(told),
      click: timer ? () => go(link(`/timers/${timer}`)) : undefined,
      title: segments.map(segment => this.says(segment)).filter(text => text !== '').slice(-4).join('\n'),
    };
  }

  /** @param {Segment} segment */
  says(segment) {
    return sentence(segment, {time: (at, fine) => exact(this.local(at), {millis: fine}), now: this.now, rule: this.rule});
  }

  /** @param {number} size @param {Box[]} boxes @param {Mark[]} all */
  across(size, boxes, all) {
    const width = Math.max(size, this.width);
    const put = labels(this.labelled(all), width);
    const rows = Math.max(1, ...put.map(label => (label ? label.row + 1 : 0)));
    const height = LINE + 14 + rows * ROW;
    const late = this.late(boxes);
    return svg`<svg class="across" viewBox="0 0 ${width} ${height}" width=${width} height=${height} aria-hidden="true">
      ${this.gaps(all, boxes).map(([from, to, tense]) => way(tense, `M${from} ${LINE}H${to}`))}
      ${late ? over(`M${late[0]} ${LINE}H${late[1]}`) : nothing}
      ${boxes.filter(({kind}) => kind === 'line' || kind === 'fold').map(box => this.stretch(box, true))}
      ${put.map((label, i) => label && label.row > 0 ? svg`<path stroke="var(--line)" stroke-width="1" d="M${all[i].at} ${LINE + 10}V${LINE + 14 + label.row * ROW}"></path>` : nothing)}
      ${boxes.filter(({kind}) => kind === 'now').map(({start}) => svg`<g class="now" data-at=${start}><path stroke-width="1.500" d="M${start} 18V${LINE + 12}"></path><text x=${Math.max(14, start)} y="12" text-anchor="middle" font-weight="600">now</text></g>`)}
      ${all.map(mark => this.mark(mark, mark.at, LINE))}
      ${put.map((label, i) => {
        if (!label) {
          return nothing;
        }
        const x = (label.from + label.to) / 2;
        const y = LINE + 26 + label.row * ROW;
        return svg`<text x=${x} y=${y} text-anchor="middle" font-weight=${this.weight(all[i])}>${label.text}<tspan fill="var(--soft)" font-weight="400" x=${x} y=${y + 14}>${label.sub}</tspan></text>`;
      })}
    </svg>`;
  }

  /** @param {number} size @param {Box[]} boxes @param {Mark[]} all */
  down(size, boxes, all) {
    const texts = this.labelled(all);
    const late = this.late(boxes);
    return svg`<svg class="down" viewBox="0 0 ${this.width} ${size + 16}" width=${this.width} height=${size + 16} aria-hidden="true">
      ${this.gaps(all, boxes).map(([from, to, tense]) => way(tense, `M${LEFT} ${from}V${to}`))}
      ${late ? over(`M${LEFT} ${late[0]}V${late[1]}`) : nothing}
      ${boxes.filter(({kind}) => kind === 'line' || kind === 'fold').map(box => this.stretch(box, false))}
      ${boxes.filter(({kind}) => kind === 'now').map(({start}) => svg`<g class="now" data-at="0"><path stroke-width="1.500" d="M${LEFT - 14} ${start}H${LEFT + 14}"></path><text x=${LEFT - 18} y=${start + 4} text-anchor="end" font-weight="600">now</text></g>`)}
      ${all.map(mark => this.mark(mark, LEFT, mark.at))}
      ${all.map((mark, i) => {
        const {text, sub} = texts[i];
        const fits = (text.length + sub.length + 1) * LETTER < this.width - BESIDE;
        return svg`<text x=${BESIDE} y=${mark.at + 4} font-weight=${this.weight(mark)}>${text}<tspan fill="var(--soft)" font-weight="400" x=${fits ? nothing : BESIDE} dx=${fits ? 8 : nothing} dy=${fits ? nothing : 13}>${sub}</tspan></text>`;
      })}
    </svg>`;
  }

  /** From when a call was due to now, where it is late. @param {Box[]} boxes @returns {[number, number] | undefined} */
  late(boxes) {
    const now = boxes.find(({kind}) => kind === 'now')?.start ?? 0;
    const due = boxes.find(({kind, segments: [segment]}) => kind !== 'now' && segment.state === 'now' && segment.kind !== 'held')?.end;
    return due !== undefined && now > due ? [due, now] : undefined;
  }

  /**
   * Where no segment has a length: while a call was under way (drawn as what was), and between marks whose times nobody knows (as what is to come).
   * @param {Mark[]} all
   * @param {Box[]} boxes
   * @returns {[number, number, 'past' | 'coming'][]}
   */
  gaps(all, boxes) {
    const known = boxes.filter(({kind}) => kind === 'line' || kind === 'fold').sort((a, b) => a.start - b.start);
    /** @type {[number, number, 'past' | 'coming'][]} */
    const out = [];
    let end = all.length > 0 ? all[0].at : 0;
    for (const {start, end: next, segments: [segment]} of known) {
      if (start > end + 1 && segment.state !== 'coming') {
        out.push([end, start, 'past']);
      }
      end = Math.max(end, next);
    }
    const last = all.length > 0 ? all[all.length - 1].at : 0;
    return last > end + 1 ? [...out, [end, last, this.segments.at(-1)?.state === 'past' ? 'past' : 'coming']] : out;
  }

  /** What is to come is no fact yet. @param {Mark} mark */
  weight({segments, due}) {
    return due || segments.some(({state}) => state !== 'coming') ? 600 : 400;
  }

  /** @param {Box} box @param {boolean} across */
  stretch(box, across) {
    const {kind, start, end, text, share, segments} = box;
    const [segment] = segments;
    const {lit, enter, click} = this.hand(segments);
    const path = (/** @type {number} */ from, /** @type {number} */ to) => (across ? `M${from} ${LINE}H${to}` : `M${LEFT} ${from}V${to}`);
    const middle = strokes(box);
    const tense = segment.kind === 'held' ? 'held' : segment.kind === 'backoff' && segment.state === 'past' ? 'backoff' : segment.state;
    const until = share === undefined ? undefined : start + (end - start) * share;
    const held = segment.kind === 'held';
    const fold = kind === 'fold' && end - start > 24 && !held;
    const words = fold ? text : held ? 'paused' : undefined;
    return svg`<g class=${lit ? 'stretch lit' : 'stretch'} color="var(--${TENSES[tense].color})" @pointerenter=${enter} @click=${click}>
      <path stroke="transparent" stroke-width="24" d=${path(start, end)}></path>
      ${way(tense, path(start, end))}
      ${until === undefined || held ? nothing : over(path(start, until))}
      ${fold
        ? across
          ? svg`${gap(`M${middle - 4} ${LINE}h8`)}<path d="M${middle - 7} ${LINE + 8}l6-16M${middle + 1} ${LINE + 8}l6-16"></path>`
          : svg`${gap(`M${LEFT} ${middle - 4}v8`)}<path d="M${LEFT - 8} ${middle}l16-6M${LEFT - 8} ${middle + 7}l16-6"></path>`
        : nothing}
      ${held
        ? across
          ? svg`${gap(`M${middle - 8} ${LINE}h16`)}<path d="M${middle - 3} ${LINE - 6}v12M${middle + 3} ${LINE - 6}v12"></path>`
          : svg`${gap(`M${LEFT} ${middle - 8}v16`)}<path d="M${LEFT - 3} ${middle - 6}v12M${LEFT + 3} ${middle - 6}v12"></path>`
        : nothing}
      ${words === undefined ? nothing : across ? svg`<text x=${middle} y=${LINE - 16} text-anchor="middle">${words}</text>` : svg`<text x=${BESIDE} y=${middle + 5}>${words}</text>`}
    </g>`;
  }

  /** @param {Mark} mark @param {number} x @param {number} y */
  mark(mark, x, y) {
    const drawn = sign(mark);
    const {lit, enter, click, title} = this.hand(mark.due ? [mark.due, ...mark.segments] : mark.segments);
    return svg`<g class=${`sign${lit ? ' lit' : ''}${click ? ' leads' : ''}`} data-tone=${TONES[drawn]} transform="translate(${x} ${y})" @pointerenter=${enter} @click=${click}>
      <title>${title}</title><circle class="halo" r="11" stroke="none" fill=${PAPER}></circle>${SIGNS[drawn]}
    </g>`;
  }

  /** @param {Segment} segment */
  entry(segment) {
    const text = this.says(segment);
    if (text === '') {
      return nothing;
    }
    const {kind, timerId} = segment;
    const drawn = sign({at: 0, segments: [segment]});
    const acts = this.actions(segment);
    return html`<li class=${this.isLit(segment) ? 'lit' : nothing} data-tone=${LISTED[kind] ? (kind === 'held' ? 'paused' : 'accent') : TONES[drawn]} @pointerenter=${() => this.light(segment)} @focusin=${() => this.light(segment)}>
      ${LISTED[kind] ? icon(/** @type {string} */ (LISTED[kind])) : html`<svg class="sign" viewBox="-9 -9 18 18" width="14" height="14" aria-hidden="true">${SIGNS[drawn]}</svg>`}
      <p>${text}${timerId && kind !== 'wait' && kind !== 'held' ? html` <a href=${link(`/timers/${timerId}`)} aria-label="Timer of ${segment.taskName}">timer</a>` : nothing}</p>
      ${kind === 'more' && segment.state === 'coming' ? html`<button type="button" class="plain" @click=${() => this.showMore()}>Show them</button>` : nothing}
      ${acts === nothing ? nothing : html`<div class="row">${acts}</div>`}
    </li>`;
  }
}

customElements.define('bide-timeline', Timeline);
