/** Asks before a timer is called at once: a call can't be taken back. */
import {clock, post} from '../api.js';
import {TIMER_DEEDS} from '../model/words.js';
import {toast} from './base.js';
import {ask} from './dialog.js';
import {length} from './times.js';

/**
 * @param {Record<string, any>} timer
 * @param {(changed: any) => void} [took] takes the timer as it is then
 * @returns {Promise<boolean>} whether it is due now
 */
export async function callNow({id, action, dueAt, nextAttemptAt, runId}, took = () => {}) {
  const path = `/timers/${id}/fire`;
  const left = Date.parse(nextAttemptAt ?? dueAt) - clock.now();
  const done = await ask({
    title: 'Call now?',
    what: `${action.method ?? 'POST'} ${action.url} is called at once${left > 0 ? ` instead of in ${length(left)}` : ''}${runId ? ', and its run goes on from there' : ''}. A call can’t be taken back.`,
    deed: 'Call it',
    keep: 'Let it wait',
    curl: {method: 'POST', path},
    act: async () => took(await post(path)),
  });
  if (done) {
    toast(TIMER_DEEDS.fire.done);
  }
  return done;
}
