/** Where everyone waits: the tasks of a workflow and what there is at each, put together. */
import {count, list, short} from './words.js';

/** @typedef {import('./words.js').Counted} Counted */
/** @typedef {{taskId: string, name: string, version: number, waiting: Counted, retrying: Counted, paused: Counted, dead: Counted, earliestDueAt?: string, latestDueAt?: string}} WaitingTask */

/** @param {Counted[]} counts @returns {Counted} */
export const sum = counts => counts.reduce((all, {count: n, exact}) => ({count: all.count + n, exact: all.exact && exact}), {count: 0, exact: true});

/** All that wait at a task, in whatever state. @param {WaitingTask} task */
export const waits = ({waiting, retrying, paused}) => sum([waiting, retrying, paused]);

/** @param {WaitingTask[]} tasks */
export function totals(tasks) {
  const earliest = tasks.map(task => task.earliestDueAt).filter(at => at !== undefined).sort((a, b) => Date.parse(a) - Date.parse(b))[0];
  return {waiting: sum(tasks.map(waits)), dead: sum(tasks.map(task => task.dead)), earliest};
}

/**
 * @param {WaitingTask[]} tasks
 * @returns {{task: WaitingTask, from: number, width: number}[]} a share of a hundred for each at which somebody waits; small ones can still be seen
 */
export function shares(tasks) {
  const there = tasks.filter(task => waits(task).count > 0);
  const all = there.reduce((total, task) => total + waits(task).count, 0);
  const least = Math.min(2, 100 / Math.max(1, there.length));
  const widths = there.map(task => Math.max(least, (100 * waits(task).count) / all));
  const whole = widths.reduce((a, b) => a + b, 0);
  let from = 0;
  return there.map((task, i) => {
    const width = (100 * widths[i]) / whole;
    const share = {task, from, width};
    from += width;
    return share;
  });
}

/** @param {WaitingTask[]} tasks @param {number} [most] @returns {string} `welcome 12, reminder 5.2k and 3 more` */
export function words(tasks, most = 3) {
  const there = tasks.filter(task => waits(task).count > 0);
  if (there.length === 0) {
    return 'nobody waits';
  }
  const shown = there.length > most + 1 ? [...there].sort((a, b) => waits(b).count - waits(a).count).slice(0, most) : there;
  const named = there.filter(task => shown.includes(task)).map(task => `${task.name} ${waits(task).exact ? '' : '≈ '}${short(waits(task).count)}`);
  return list(there.length > shown.length ? [...named, `${there.length - shown.length} more`] : named);
}

/** @param {WaitingTask[]} tasks @returns {string} all of it, exactly */
export const fully = tasks => (tasks.some(task => waits(task).count > 0) ? list(tasks.filter(task => waits(task).count > 0).map(task => `${count(waits(task))} at ${task.name}`)) : 'Nobody waits');

/**
 * What a run needs as input, by the variables that its tasks use.
 * @param {string[]} names `input.email`
 * @returns {Record<string, unknown>} with empty texts to fill in
 */
export function sample(names) {
  /** @type {Record<string, any>} */
  const out = {};
  for (const name of names) {
    const [first, ...path] = name.split('.');
    if (first !== 'input' || path.length === 0 || path.some(part => part === '' || part === '__proto__')) {
      continue;
    }
    let at = out;
    path.forEach((part, i) => {
      if (i === path.length - 1) {
        at[part] ??= '';
      } else {
        at = at[part] = typeof at[part] === 'object' ? at[part] : {};
      }
    });
  }
  return out;
}

/** What of an input is a text without a sign. @param {any} input @param {string} [path] @returns {string[]} `input.email` */
export function empties(input, path = 'input') {
  if (input === '') {
    return [path];
  }
  return input !== null && typeof input === 'object' ? Object.entries(input).flatMap(([name, value]) => empties(value, `${path}.${name}`)) : [];
}
