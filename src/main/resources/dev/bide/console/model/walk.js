/** The ruler of a workflow that is not saved: when each task would be due if every call succeeded at once. What is stored goes by the service's own simulation. */
import {write} from './json.js';

/** @typedef {{dueAt: string | null, local?: string, rule?: string}} Preview */
/** @typedef {{index: number, name: string, from: string, dueAt?: string, local?: string, rule?: string, skipped?: boolean, error?: string}} Step */
/** @typedef {(delay: unknown, from: string, zone: string, signal?: AbortSignal) => Promise<Preview>} AskPreview */

const KEPT = 500;

/** @type {Map<string, Preview>} */
const known = new Map();

/** Forgets what was asked. */
export const forget = () => known.clear();

/** @param {unknown} delay @param {string} from @param {string} zone */
const keyOf = (delay, from, zone) => `${zone} ${from} ${write(delay)}`;

/** @param {string} key @param {Preview} answer */
function keep(key, answer) {
  if (known.size >= KEPT) {
    known.delete(/** @type {string} */ (known.keys().next().value));
  }
  known.set(key, answer);
}

/**
 * What a simulation of the stored workflow says of all waits at once, so that a long one is not asked wait by wait.
 * @param {{delay: unknown}[]} tasks
 * @param {string} zone
 * @param {{from: string, dueAt?: string, local?: string, rule?: string, skipped?: boolean, error?: string}[]} steps
 */
export function learn(tasks, zone, steps) {
  steps.slice(0, tasks.length).forEach(({from, dueAt, local, rule, skipped}, i) => {
    if (skipped || dueAt) {
      keep(keyOf(tasks[i].delay, from, zone), {dueAt: dueAt ?? null, ...(local && {local}), ...(rule && {rule})});
    }
  });
}

/**
 * @param {{name: string, delay: unknown}[]} tasks
 * @param {string} from an instant
 * @param {string} zone of the run, else of the workflow
 * @param {AskPreview} preview
 * @param {{signal?: AbortSignal}} [how]
 * @returns {Promise<{steps: Step[], endsAt: string | null}>} ends at the first task that can't be used
 */
export async function walk(tasks, from, zone, preview, {signal} = {}) {
  /** @type {Step[]} */
  const steps = [];
  let at = from;
  for (const [index, {name, delay}] of tasks.entries()) {
    const key = keyOf(delay, at, zone);
    let answer = known.get(key);
    if (answer === undefined) {
      try {
        answer = await preview(delay, at, zone, signal);
      } catch (error) {
        signal?.throwIfAborted();
        if (/** @type {{away?: boolean}} */ (error).away) {
          // A service that is away says nothing of the wait.
          throw error;
        }
        steps.push({index, name, from: at, error: error instanceof Error ? error.message : String(error)});
        return {steps, endsAt: null};
      }
      signal?.throwIfAborted();
      keep(key, answer);
    }
    const {dueAt, local, rule} = answer;
    const words = {...(local && {local}), ...(rule && {rule})};
    if (dueAt === null) {
      steps.push({index, name, from: at, skipped: true, ...words});
    } else {
      steps.push({index, name, from: at, dueAt, ...words});
      at = dueAt;
    }
  }
  return {steps, endsAt: at};
}
