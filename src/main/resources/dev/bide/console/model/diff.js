/** What differs between two versions of a workflow, or of a task. */
import {Raw, write} from './json.js';

/** @typedef {{id?: string, name: string, [field: string]: unknown}} Task */
/** @typedef {{path: string, old: string | null, new: string | null}} Change */
/** @typedef {{change: 'added' | 'removed' | 'moved' | 'changed' | 'same', task: Task, from: number | null, to: number | null, fields: Change[]}} TaskChange */

/**
 * A task stands for the one with its id, else for the first with its name that is not taken, as the service has it.
 * @param {Task[]} before
 * @param {Task[]} after
 * @returns {TaskChange[]} in the order of the newer one, removed ones last
 */
export function tasks(before, after) {
  /** @type {Map<number, number>} place after → place before */
  const pairs = new Map();
  const taken = new Set();
  const pair = (/** @type {(task: Task, other: Task) => boolean} */ alike) =>
    after.forEach((task, i) => {
      const found = pairs.has(i) ? -1 : before.findIndex((other, j) => !taken.has(j) && alike(task, other));
      if (found >= 0) {
        pairs.set(i, found);
        taken.add(found);
      }
    });
  pair((task, other) => task.id !== undefined && task.id === other.id);
  pair((task, other) => task.id === undefined && task.name === other.name);

  const stay = new Set(longestRise([...pairs].sort(([a], [b]) => a - b).map(([, j]) => j)));
  /** @type {TaskChange[]} */
  const out = after.map((task, i) => {
    const from = pairs.get(i) ?? null;
    if (from === null) {
      return {change: 'added', task, from, to: i, fields: []};
    }
    const changed = fields(before[from], task);
    return {change: changed.length > 0 ? 'changed' : stay.has(from) ? 'same' : 'moved', task, from, to: i, fields: changed};
  });
  before.forEach((task, j) => taken.has(j) || out.push({change: 'removed', task, from: j, to: null, fields: []}));
  return out;
}

/** Those that keep their order; the fewest others have moved. @param {number[]} places @returns {number[]} */
function longestRise(places) {
  const best = places.map(() => /** @type {number[]} */ ([]));
  let most = /** @type {number[]} */ ([]);
  places.forEach((place, i) => {
    const before = best.slice(0, i).filter((_, j) => places[j] < place);
    best[i] = [...before.reduce((a, b) => (b.length > a.length ? b : a), /** @type {number[]} */ ([])), place];
    most = best[i].length > most.length ? best[i] : most;
  });
  return most;
}

/**
 * @param {unknown} before
 * @param {unknown} after
 * @returns {Change[]} each field that differs, by its path, `id` aside
 */
export function fields(before, after) {
  const [old, young] = [flat(before), flat(after)];
  return [...new Set([...old.keys(), ...young.keys()])]
    .filter(path => path !== 'id' && old.get(path) !== young.get(path))
    .map(path => ({path, old: old.get(path) ?? null, new: young.get(path) ?? null}));
}

/** @param {unknown} value @returns {Map<string, string>} leaves by path, as JSON; lists and opaque text are leaves */
function flat(value, path = '', out = new Map()) {
  if (value !== null && typeof value === 'object' && !Array.isArray(value) && !(value instanceof Raw) && (path === '' || Object.values(value).some(member => member !== undefined))) {
    for (const [name, member] of Object.entries(value)) {
      if (member !== undefined) {
        flat(member, path === '' ? name : `${path}.${name}`, out);
      }
    }
  } else {
    out.set(path, write(value));
  }
  return out;
}
