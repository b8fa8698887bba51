/** What a run's line of time shows: of many segments those around now, and at each mark its sign and its label. */
import {some} from './words.js';

/** @typedef {import('./timeline.js').Segment} Segment */
/** @typedef {import('./timeline.js').Box} Box */
/** @typedef {'dot' | 'tick' | 'cross' | 'dead' | 'ring' | 'dotted' | 'square' | 'more' | 'finish' | 'done' | 'slash'} Sign */
/** @typedef {{at: number, segments: Segment[], due?: Segment}} Mark `due`: the wait or pause that ends here, where nothing stands yet */
/** @typedef {{text: string, sub: string, from: number, to: number, row: number}} Label */

const ENDS_WITH = 15_000;
const POINTS = new Set(['begun', 'attempt', 'leftOut', 'coming', 'refused', 'more', 'end']);

/**
 * Of a long run what is around now; the rest is a number at either end. The list in words has them all.
 * @param {Segment[]} segments
 * @param {{before?: number, after?: number}} [most] marks
 * @returns {{earlier: number, segments: Segment[]}} how many segments are left out after the first, and what is drawn
 */
export function shorten(segments, {before = 9, after = 5} = {}) {
  const past = segments.flatMap(({kind, state}, i) => (state === 'past' && POINTS.has(kind) ? [i] : []));
  const coming = segments.flatMap(({kind, state}, i) => (state === 'coming' && POINTS.has(kind) && kind !== 'end' ? [i] : []));
  let drawn = segments.map((segment, i) => together(segment, segments[i - 1]));
  if (coming.length > after + 1) {
    const cut = coming[after - 1] + 1;
    const left = coming.length - after + (segments[coming[coming.length - 1]].number ?? 1) - 1;
    drawn = [...drawn.slice(0, cut), {kind: 'more', at: segments[cut - 1].at, state: 'coming', number: left}];
  }
  if (past.length <= before + 2) {
    return {earlier: 0, segments: drawn};
  }
  const last = past[past.length - before - 1];
  const [begun, end] = [segments[0], segments[last]];
  const [from, to] = [/** @type {number} */ (begun.at), /** @type {number} */ (end.at)];
  return {
    earlier: last,
    segments: [begun, {kind: 'wait', at: from, to, ms: to - from, state: 'past'}, {kind: 'more', at: to, state: 'past', number: past.length - before - 1}, ...drawn.slice(last + 1)],
  };
}

/** A run ends with its last call; one mark is enough for both. @param {Segment} end @param {Segment | undefined} call @returns {Segment} */
function together(end, call) {
  const near = end.kind === 'end' && end.state === 'past' && call?.kind === 'attempt' && call.at !== null && (end.at ?? 0) - call.at < ENDS_WITH;
  return near ? {...end, at: call.at} : end;
}

/**
 * The marks of a line: those that stand there, and the call that what goes on now leads to.
 * @param {Box[]} boxes
 * @param {number} near what lies nearer is one mark
 * @returns {Mark[]} along the line
 */
export function marks(boxes, near) {
  /** @type {Mark[]} */
  const out = boxes.filter(({kind}) => kind === 'mark').map(({start, segments}) => ({at: start, segments}));
  for (const {end, segments: [segment]} of boxes.filter(({kind}) => kind === 'line' || kind === 'fold')) {
    if (segment.state === 'now' && segment.kind !== 'held') {
      const there = out.find(({at}) => at >= end - near && at <= end + near);
      if (there && there.segments.every(({state}) => state === 'coming')) {
        there.due = segment;
      } else {
        out.push({at: end, segments: [], due: segment});
      }
    }
  }
  return out.sort((a, b) => a.at - b.at);
}

/** @param {Mark} mark @returns {Sign} the one that says most: what went wrong before what went well */
export function sign({segments, due}) {
  if (due) {
    return 'ring';
  }
  const has = (/** @type {(segment: Segment) => boolean} */ test) => segments.some(test);
  const end = segments.find(({kind, state}) => kind === 'end' && state === 'past');
  if (end?.outcome === 'failed' || has(({outcome, kind}) => kind === 'attempt' && outcome === 'refused')) {
    return 'dead';
  }
  if (end) {
    return end.outcome === 'cancelled' ? 'slash' : 'done';
  }
  if (has(({kind}) => kind === 'refused')) {
    return 'square';
  }
  const attempts = segments.filter(({kind}) => kind === 'attempt');
  if (attempts.length > 0) {
    return attempts[attempts.length - 1].outcome === 'delivered' ? 'tick' : 'cross';
  }
  if (has(({kind}) => kind === 'coming')) {
    return 'ring';
  }
  if (has(({kind}) => kind === 'end')) {
    return 'finish';
  }
  return has(({kind}) => kind === 'begun') ? 'dot' : has(({kind}) => kind === 'more') ? 'more' : 'dotted';
}

const LONG = 22;

/** @param {string} text */
const cut = text => (text.length > LONG ? `${text.slice(0, LONG - 1).trimEnd()}…` : text);

/** @param {Mark} mark @returns {string} what stands there, in few words */
export function name({segments, due}) {
  const attempts = segments.filter(({kind}) => kind === 'attempt');
  const more = segments.find(({kind}) => kind === 'more');
  // What was left out stands beside a call; the list says it.
  const told = [...(due ? [due] : []), ...(more?.state === 'past' ? [] : segments)].filter(({kind, taskName}) => taskName && (kind !== 'leftOut' || (attempts.length === 0 && !due)));
  const tasks = [...new Set(told.map(({taskName}) => cut(/** @type {string} */ (taskName))))];
  const end = segments.find(({kind}) => kind === 'end');
  const words = [];
  if (segments.some(({kind}) => kind === 'begun')) {
    words.push('begun');
  }
  if (tasks.length === 1) {
    const only = attempts.length === 1 && !due ? attempts[0] : undefined;
    words.push(attempts.length > 1 ? `${tasks[0]} ${attempts.length}×` : only && (only.number ?? 1) > 1 ? `${tasks[0]}, attempt ${only.number}` : tasks[0]);
  } else if (tasks.length > 1) {
    words.push(tasks.length === 2 ? tasks.join(', ') : some(tasks.length, 'task'));
  }
  if (more) {
    words.push(more.state === 'past' ? `${more.number} earlier` : `${more.number} more`);
  }
  if (end) {
    words.push(end.state === 'coming' ? 'end' : (end.outcome ?? 'end'));
  }
  return words.join(', ');
}

/** @param {Mark} mark @returns {number | null} the moment its label tells */
export function moment({segments, due}) {
  if (due) {
    return due.to ?? null;
  }
  const told = segments.filter(({at}) => at !== null);
  return told.length === 0 ? null : /** @type {number} */ (told[told.length - 1].at);
}

const LETTER = 6.6;
const ROWS = 3;
const EDGE = 4;

/**
 * Puts labels below their marks, in as many rows as it takes that none lies upon another; one that has no place is left out, since the list has it too.
 * @param {{at: number, text: string, sub: string}[]} wanted along the line
 * @param {number} size of the line
 * @returns {(Label | null)[]}
 */
export function labels(wanted, size) {
  const ends = Array.from({length: ROWS}, () => -Infinity);
  return wanted.map(({at, text, sub}) => {
    const width = Math.max(text.length, sub.length) * LETTER;
    const from = Math.max(EDGE, Math.min(at - width / 2, size - width - EDGE));
    const row = ends.findIndex(end => from >= end + 10);
    if (row < 0) {
      return null;
    }
    ends[row] = from + width;
    return {text, sub, from, to: from + width, row};
  });
}

/** Where the two strokes of a fold stand: in the middle, but not where now is. @param {Box} fold */
export function strokes({start, end, share}) {
  if (share === undefined || share <= 0 || share >= 1) {
    return (start + end) / 2;
  }
  const now = start + (end - start) * share;
  return share > 0.5 ? (start + now) / 2 : (now + end) / 2;
}
