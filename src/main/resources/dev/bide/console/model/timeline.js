/**
 * A run as a line of time: what happened, what it waits for, what is to come. A run is nearly all waiting, so long waits are folded and their length is written on the fold.
 */
import {length, millis} from '../time.js';
import {number, state, some} from './words.js';

/** @typedef {'begun' | 'wait' | 'attempt' | 'backoff' | 'held' | 'leftOut' | 'coming' | 'refused' | 'more' | 'now' | 'end'} Kind */

/**
 * @typedef {object} Segment
 * @property {Kind} kind
 * @property {number | null} at milliseconds; null where nobody can know
 * @property {number} [to] of what has a length
 * @property {number} [ms] its length
 * @property {'past' | 'now' | 'coming'} state
 * @property {string} [taskId]
 * @property {string} [taskName]
 * @property {string} [timerId]
 * @property {number} [number] of an attempt; how many more
 * @property {string} [outcome]
 * @property {number} [httpStatus]
 * @property {number} [latenessMs]
 * @property {number} [durationMs]
 * @property {number} [waited] before the first attempt
 * @property {number} [ruled] when it was due by its rule, where it was called before that
 * @property {number} [next] when the next attempt is due
 * @property {boolean} [last] whether it was the timer's last attempt, as it stands
 * @property {boolean} [supposed] whether to say on what it depends: the first of those to come
 * @property {number} [share] how much of a wait is over
 * @property {string} [text] rule, error, key
 */

const DRAWN = 12;

/**
 * @param {any} run with its `history`
 * @param {{id: string, name: string}[]} tasks of its version, in order
 * @param {{steps: any[], endsAt?: string | null} | null} coming the simulation from the current timer's due time on
 * @param {number} now
 * @param {number} [drawn] how many of those to come
 * @returns {Segment[]} in order of time
 */
export function lay(run, tasks, coming, now, drawn = DRAWN) {
  /** @type {Segment[]} */
  const out = [{kind: 'begun', at: millis(run.createdAt), state: 'past', text: run.key}];
  const names = new Map(tasks.map(task => [task.id, task.name]));
  const places = new Map(tasks.map((task, i) => [task.id, i]));
  const over = run.finishedAt !== undefined && run.status !== 'active' && run.status !== 'paused';
  let before = millis(run.createdAt);
  let reached = -1;
  for (const timer of timers(run)) {
    const place = places.get(timer.taskId);
    if (place !== undefined) {
      for (let i = reached + 1; i < place; i++) {
        out.push({kind: 'leftOut', at: before, state: 'past', taskId: tasks[i].id, taskName: tasks[i].name});
      }
      reached = Math.max(reached, place);
    }
    before = goes(out, timer, {timerId: timer.id, taskId: timer.taskId, taskName: names.get(timer.taskId) ?? 'a task'}, before, now, over);
  }
  if (over) {
    out.push({kind: 'end', at: millis(run.finishedAt), state: 'past', outcome: run.status, ms: millis(run.finishedAt) - millis(run.createdAt), text: run.error});
    return out;
  }
  out.push({kind: 'now', at: now, state: 'now'});
  const held = run.status === 'paused' || run.timer?.status === 'paused';
  if (held) {
    for (const task of tasks.slice(reached + 1, reached + 1 + drawn)) {
      out.push({kind: 'coming', at: null, state: 'coming', taskId: task.id, taskName: task.name});
    }
    const rest = tasks.length - reached - 1 - drawn;
    return rest > 0 ? [...out, {kind: 'more', at: null, state: 'coming', number: rest}] : out;
  }
  return coming ? [...out, ...ahead(coming, Math.max(before, now), drawn)] : out;
}

/** Its timers, oldest first; the current one last where the history lacks it. @param {any} run @returns {any[]} */
function timers(run) {
  const history = [...(run.history ?? [])];
  if (run.timer && !history.some(timer => timer.id === run.timer.id)) {
    history.push(run.timer);
  }
  return history.sort((a, b) => millis(a.createdAt) - millis(b.createdAt) || (a.id < b.id ? -1 : 1));
}

/**
 * One timer: its wait, its attempts and what lies between them.
 * @param {Segment[]} out
 * @param {any} timer
 * @param {{timerId: string, taskId: string, taskName: string}} who
 * @param {number} before when its wait began
 * @param {number} now
 * @param {boolean} over whether its run is
 * @returns {number} when what follows begins
 */
function goes(out, timer, who, before, now, over) {
  const attempts = [...(timer.attempts ?? [])].sort((a, b) => a.number - b.number);
  const due = millis(timer.dueAt);
  if (attempts.length === 0) {
    if (timer.status === 'paused') {
      out.push({kind: 'held', at: before, to: due, ms: due - before, state: 'now', ...who});
    } else if (timer.status === 'cancelled' || over) {
      const end = timer.finishedAt ? millis(timer.finishedAt) : Math.min(due, now);
      out.push({kind: 'wait', at: before, to: end, ms: end - before, state: 'past', ...who});
      return end;
    } else {
      const share = due > before ? Math.min(1, Math.max(0, (now - before) / (due - before))) : 1;
      out.push({kind: 'wait', at: before, to: due, ms: due - before, state: 'now', share, ...who});
    }
    return due;
  }
  let end = before;
  attempts.forEach((attempt, i) => {
    const start = millis(attempt.startedAt);
    const first = i === 0;
    if (start > end) {
      out.push({kind: first ? 'wait' : 'backoff', at: end, to: start, ms: start - end, state: 'past', ...who});
    }
    const next = attempts[i + 1] ? millis(attempts[i + 1].startedAt) : timer.status === 'retrying' && timer.nextAttemptAt ? millis(timer.nextAttemptAt) : undefined;
    out.push({
      kind: 'attempt',
      at: start,
      to: start + attempt.durationMs,
      state: 'past',
      number: attempt.number,
      outcome: attempt.outcome,
      durationMs: attempt.durationMs,
      last: i === attempts.length - 1,
      ...(attempt.httpStatus !== undefined && {httpStatus: attempt.httpStatus}),
      ...(attempt.error !== undefined && {text: attempt.error}),
      ...(first && {waited: Math.max(0, start - end)}),
      ...(first && timer.latenessMs !== undefined && {latenessMs: timer.latenessMs}),
      ...(next !== undefined && {next}),
      ...who,
    });
    end = start + attempt.durationMs;
  });
  if (timer.status === 'paused') {
    out.push({kind: 'held', at: end, to: Math.max(end, due), ms: Math.max(0, due - end), state: 'now', ...who});
    return Math.max(end, due);
  }
  const next = timer.status === 'retrying' ? millis(timer.nextAttemptAt ?? timer.dueAt) : timer.status === 'scheduled' ? due : undefined;
  if (next !== undefined) {
    const share = next > end ? Math.min(1, Math.max(0, (now - end) / (next - end))) : 1;
    out.push({kind: 'backoff', at: end, to: Math.max(next, end), ms: Math.max(0, next - end), state: 'now', share, ...who});
    return Math.max(next, end);
  }
  return end;
}

/** @param {{steps: any[], endsAt?: string | null}} coming @param {number} from @param {number} most @returns {Segment[]} */
function ahead({steps, endsAt}, from, most) {
  /** @type {Segment[]} */
  const out = [];
  let before = from;
  let drawn = 0;
  for (const step of steps) {
    const who = {taskId: step.taskId, taskName: step.name};
    if (drawn === most) {
      out.push({kind: 'more', at: before, state: 'coming', number: steps.length - drawn});
      break;
    }
    drawn++;
    if (step.error) {
      out.push({kind: 'refused', at: before, state: 'coming', text: typeof step.error === 'string' ? step.error : step.error.message, ...who});
      return out;
    }
    if (step.skipped) {
      out.push({kind: 'leftOut', at: before, state: 'coming', ...who});
      continue;
    }
    const due = millis(step.dueAt);
    if (due > before) {
      out.push({kind: 'wait', at: before, to: due, ms: due - before, state: 'coming', ...who});
    }
    out.push({kind: 'coming', at: due, state: 'coming', ms: Math.max(0, due - before), supposed: drawn === 1, ...(step.rule && {text: step.rule}), ...who});
    before = Math.max(before, due);
  }
  if (endsAt) {
    out.push({kind: 'end', at: Math.max(millis(endsAt), before), state: 'coming'});
  }
  return out;
}

/** @typedef {{kind: 'mark' | 'line' | 'fold' | 'now', start: number, end: number, segments: Segment[], text?: string, share?: number}} Box */

const NEAR = 120_000;
const FOLD = 72;
const MARK = {across: 20, down: 28};
const ISLAND = {across: 136, down: 56};
const MARGIN = {across: 24, down: 16};
const MARKS = new Set(['begun', 'attempt', 'leftOut', 'coming', 'refused', 'more', 'end']);

/**
 * Where each segment lies. Points nearer than two minutes are drawn to scale; between such islands is a fold whose size grows by the logarithm of its length.
 * @param {Segment[]} segments
 * @param {number} width what there is; more is used where it is not enough
 * @param {'across' | 'down'} [direction]
 * @returns {{size: number, boxes: Box[]}} along the line
 */
export function place(segments, width, direction = 'across') {
  const least = MARK[direction];
  const marks = segments.filter(segment => MARKS.has(segment.kind) && segment.at !== null);
  const points = marks.map(mark => /** @type {number} */ (mark.at));
  // Where a wait goes on, its end is a point too, though nothing stands there yet.
  const waits = segments.filter(segment => segment.state === 'now' && segment.to !== undefined);
  const times = [...new Set([...points, ...waits.map(wait => /** @type {number} */ (wait.to)), ...segments.filter(({kind}) => kind === 'now').map(({at}) => /** @type {number} */ (at))])]
    .filter(time => !segments.some(({kind, at}) => kind === 'now' && at === time) || !waits.some(({at, to}) => /** @type {number} */ (at) <= time && time <= /** @type {number} */ (to)) || points.includes(time))
    .sort((a, b) => a - b);
  const {positions, size} = axis(times, width, direction);
  const at = (/** @type {number} */ time) => interpolate(times, positions, time);

  /** @type {Box[]} */
  const boxes = [];
  for (const segment of segments) {
    if (segment.to !== undefined && segment.at !== null && !MARKS.has(segment.kind)) {
      const folded = segment.to - segment.at >= NEAR;
      boxes.push({
        kind: folded ? 'fold' : 'line',
        start: at(segment.at),
        end: at(segment.to),
        segments: [segment],
        ...(folded && {text: length(segment.to - segment.at)}),
        ...(segment.share !== undefined && {share: segment.share}),
      });
    }
    if (segment.kind === 'now') {
      boxes.push({kind: 'now', start: at(/** @type {number} */ (segment.at)), end: at(/** @type {number} */ (segment.at)), segments: [segment]});
    }
  }
  /** @type {Box | undefined} */
  let last;
  for (const mark of [...marks].sort((a, b) => /** @type {number} */ (a.at) - /** @type {number} */ (b.at))) {
    const here = at(/** @type {number} */ (mark.at));
    if (last && here - last.start < least) {
      last.segments.push(mark);
      last.text = String(last.segments.length);
    } else {
      last = {kind: 'mark', start: here, end: here, segments: [mark]};
      boxes.push(last);
    }
  }
  // What nobody can date follows at the end, a mark's width and a half apart.
  let end = size;
  for (const mark of segments.filter(segment => MARKS.has(segment.kind) && segment.at === null)) {
    boxes.push({kind: 'mark', start: end, end, segments: [mark]});
    end += 3 * least;
  }
  return {size: end, boxes};
}

/** Islands are as roomy as there is room. @param {number[]} times in order @param {number} width @param {'across' | 'down'} direction */
function axis(times, width, direction) {
  const roomy = direction === 'across' ? [104, 72, 48].map(gap => spread(times, width, direction, gap)).find(({size}) => size <= width) : undefined;
  return roomy ?? spread(times, width, direction, 28);
}

/** @param {number[]} times @param {number} width @param {'across' | 'down'} direction @param {number} least between the points of an island, on average */
function spread(times, width, direction, least) {
  const margin = MARGIN[direction];
  /** @type {number[]} */
  const gaps = [];
  for (let i = 0; i + 1 < times.length; ) {
    let last = i;
    while (last + 1 < times.length && times[last + 1] - times[last] < NEAR) {
      last++;
    }
    if (last === i) {
      gaps.push(FOLD + 12 * Math.log10((times[i + 1] - times[i]) / NEAR));
      i++;
      continue;
    }
    const span = times[last] - times[i];
    const island = Math.max(ISLAND[direction], least * (last - i), Math.min(280, 56 + 60 * Math.log10(1 + span / 1000)));
    for (let j = i; j < last; j++) {
      gaps.push((island * (times[j + 1] - times[j])) / span);
    }
    i = last;
  }
  const folds = times.slice(1).map((time, i) => time - times[i] >= NEAR);
  const used = gaps.reduce((a, b) => a + b, 2 * margin);
  const spare = direction === 'across' ? Math.max(0, width - used) / Math.max(1, folds.filter(Boolean).length) : 0;
  // Long lines are easier to read than to compare: folds share what is left over, up to their own size again.
  const extra = Math.min(spare, 2 * FOLD);
  const positions = [margin];
  gaps.forEach((gap, i) => positions.push(positions[i] + gap + (folds[i] ? extra : 0)));
  return {positions, size: (positions.at(-1) ?? margin) + margin};
}

/** @param {number[]} times @param {number[]} positions @param {number} time */
function interpolate(times, positions, time) {
  let i = times.findLastIndex(known => known <= time);
  if (i < 0) {
    return positions[0];
  }
  if (i >= times.length - 1) {
    return positions[times.length - 1];
  }
  return positions[i] + ((positions[i + 1] - positions[i]) * (time - times[i])) / (times[i + 1] - times[i]);
}

/** Only the first line of what was answered, and not too much of it. @param {string} text */
const brief = text => {
  const line = text.split('\n', 1)[0];
  return line.length > 160 ? line.slice(0, 159) + '…' : line;
};

/**
 * @typedef {object} Says
 * @property {(at: number, fine?: boolean) => string} time an instant in the run's zone, exact
 * @property {number} now
 * @property {string} [rule] of the current wait, in the service's words
 */

/**
 * A segment as a sentence; the list of them is the timeline for everyone who can't see it.
 * @param {Segment} segment
 * @param {Says} says
 * @returns {string} empty for what another sentence tells
 */
export function sentence(segment, {time, now, rule}) {
  const {kind, at, taskName} = segment;
  const task = taskName && taskName !== 'a task' ? `“${taskName}”` : 'a task';
  const when = at === null ? '' : time(at);
  switch (kind) {
    case 'begun':
      return `Begun ${when}${segment.text ? `, with the key ${segment.text}` : ''}.`;
    case 'wait': {
      if (segment.state !== 'now') {
        return '';
      }
      const [ms, to] = [segment.ms ?? 0, segment.to ?? now];
      const over = now < to ? `, in ${length(to - now)}; ${length(Math.max(0, now - (at ?? now)))} of ${length(ms)} are over` : ', which is now';
      return `${task} waits until ${time(to)}${over}.${rule ? ` Rule: ${rule}.` : ''}`;
    }
    case 'attempt':
      return attempted(segment, task, time, now);
    case 'held':
      return `Paused. It would be due ${time(segment.to ?? now)}; resumed after that, it is called at once.`;
    case 'leftOut':
      return segment.state === 'coming' ? `${task} would be left out: its date will have passed.` : `${task} was not called: its date had passed, or it came with a later version.`;
    case 'coming':
      return at === null
        ? `${task} comes when it is resumed.`
        : `${task} would be due ${when}, ${length(segment.ms ?? 0)} later${segment.supposed ? ', if the call before it succeeds at once' : ''}.${segment.text ? ` Rule: ${segment.text}.` : ''}`;
    case 'refused':
      return `${task} can't be used then${segment.text ? `: ${segment.text}` : ''}. The run would fail here.`;
    case 'more':
      return `And ${some(segment.number ?? 0, 'more task')}.`;
    case 'end':
      return segment.state === 'coming' ? `It would end ${when}.` : `${ended(segment.outcome)} ${when} after ${length(segment.ms ?? 0)}${segment.text ? `: ${brief(segment.text)}` : ''}.`;
    case 'backoff':
    case 'now':
      return '';
  }
}

/** @param {string | undefined} outcome */
function ended(outcome) {
  const {word} = state(outcome ?? '');
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** @param {Segment} segment @param {string} task @param {Says['time']} time @param {number} now */
function attempted(segment, task, time, now) {
  const took = length(segment.durationMs ?? 0);
  const start = time(segment.at ?? now, true);
  const late = segment.ruled !== undefined ? `, early: by its rule it was due ${time(segment.ruled)}` : segment.latenessMs === undefined ? '' : segment.latenessMs >= 1 ? `, ${length(segment.latenessMs)} late` : ', on time';
  if (segment.outcome === 'delivered') {
    const again = (segment.number ?? 1) > 1 ? `: attempt ${number(segment.number ?? 1)}` : '';
    const waited = segment.waited === undefined ? '' : ` waited ${length(segment.waited)},`;
    return `${task}${again}${again && waited ? ',' : ''}${waited} called ${start}${late}. Answered ${segment.httpStatus ?? '2xx'} in ${took}.`;
  }
  const said = segment.text ? ` “${brief(segment.text)}”` : '';
  if (segment.outcome === 'refused') {
    return `Attempt ${segment.number} of ${task}, called ${start}${late}, was answered ${segment.httpStatus ?? 'in a way that is final'}: final.${said}`;
  }
  const what = segment.httpStatus === undefined ? `failed after ${took}` : `was answered ${segment.httpStatus} in ${took}`;
  const next = !segment.last || segment.next === undefined ? '' : ` The next one is due ${time(segment.next)}${segment.next > now ? `, in ${length(segment.next - now)}` : ''}.`;
  return `Attempt ${segment.number} of ${task}, called ${start}${late}, ${what}.${said}${next}`;
}

