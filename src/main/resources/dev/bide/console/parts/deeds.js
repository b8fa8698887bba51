/** What can be done with all timers at a task, or of a workflow: a choice, then the dialog that counts them first. */
import {may} from '../api.js';
import {sum, waits} from '../model/waiting.js';
import {count, list} from '../model/words.js';
import {html, nothing, toast} from './base.js';
import {open} from './dialog.js';

/** @typedef {import('../model/waiting.js').WaitingTask} WaitingTask */
/** @typedef {import('../model/words.js').Counted} Counted */

/** @type {{deed: 'reschedule' | 'pause' | 'resume' | 'fire' | 'redrive' | 'cancel', words: string, status: string[], of: (task: WaitingTask) => Counted}[]} */
const DEEDS = [
  {deed: 'reschedule', words: 'Change the time…', status: ['scheduled', 'retrying', 'paused'], of: waits},
  {deed: 'pause', words: 'Pause…', status: ['scheduled', 'retrying'], of: task => sum([task.waiting, task.retrying])},
  {deed: 'resume', words: 'Resume…', status: ['paused'], of: task => task.paused},
  {deed: 'fire', words: 'Call now…', status: ['scheduled', 'retrying'], of: task => sum([task.waiting, task.retrying])},
  {deed: 'redrive', words: 'Try dead ones again…', status: ['dead'], of: task => task.dead},
  {deed: 'cancel', words: 'Cancel…', status: ['scheduled', 'retrying', 'paused'], of: waits},
];

/** @param {string} deed */
const allowed = deed => may(`${deed}Timers`, 'POST', `/timers/${deed}`);

/** Whether there is anything to choose. @param {WaitingTask[]} tasks */
export const anyDeed = tasks => DEEDS.some(({deed, of}) => allowed(deed) && tasks.some(task => of(task).count > 0));

/** @param {{title: string, words: string, filter: Record<string, string>, tasks: WaitingTask[]}} how */
export async function chooseDeed({title, words, filter, tasks}) {
  const chosen = await open(
    (/** @type {(deed?: typeof DEEDS[number]) => void} */ close) => html`<div class="inside">
      <h2>${title}</h2>
      <p>They are counted first, and shown before anything is done.</p>
      <ul role="list" class="stack tight">${DEEDS.map(each => {
        const there = sum(tasks.map(each.of));
        return there.count > 0 && allowed(each.deed)
          ? html`<li><button type="button" class=${each.deed === 'cancel' ? 'danger' : ''} @click=${() => close(each)}>${each.words}</button> <span class="soft">${count(there)} ${list(each.status, 'or')}</span></li>`
          : nothing;
      })}</ul>
      <footer><button type="button" autofocus @click=${() => close()}>Leave them</button></footer>
    </div>`,
    {label: title},
  );
  if (chosen) {
    try {
      const {bulk} = await import('./bulk-dialog.js');
      await bulk({deed: chosen.deed, filter: {...filter, status: chosen.status.length === 1 ? chosen.status[0] : chosen.status}, words: `${words} that are ${list(chosen.status, 'or')}`});
    } catch (error) {
      console.warn(error);
      toast('Bide was updated. Load the page again.');
    }
  }
}
