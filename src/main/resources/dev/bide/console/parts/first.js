/** What a first start shows: nothing waits yet, and how to change that. */
import {call, curl, get, idOf, may, problem} from '../api.js';
import {go, link} from '../app.js';
import {html, nothing, toast} from './base.js';
import {asCurl, copyButton} from './curl.js';

const ADDRESS = 'http://localhost:9090/mail';
const MAIL = {url: ADDRESS, body: {to: '{{input.email}}', text: '{{task.name}}'}};

/** That of README's tour. */
const EXAMPLE = {
  name: 'onboarding',
  timezone: 'Europe/Berlin',
  tasks: [
    {name: 'welcome', delay: {type: 'period', amount: 2, unit: 'seconds'}, action: MAIL},
    {name: 'reminder', delay: {type: 'weekdays', days: ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY']}, action: MAIL},
    {name: 'christmas', delay: {type: 'date', date: '--12-24', at: '09:00'}, action: MAIL},
  ],
};

/** @returns {Promise<boolean>} whether there is no workflow that isn't archived */
export const isFirst = async (/** @type {AbortSignal} */ signal) => (await get('/workflows', {limit: 1}, signal)).items.length === 0;

let making = false;

async function make() {
  if (making) {
    return;
  }
  making = true;
  try {
    const made = await call('POST', '/workflows', {body: EXAMPLE});
    go(link(`/workflows/${idOf(made.headers) ?? made.body.id}`));
    toast('The example is made. Start a run of it.');
  } catch (error) {
    const {title, detail} = problem(error);
    toast(`${title}. ${detail}`);
  } finally {
    making = false;
  }
}

/** @param {string} line @param {string} what */
const line = (line, what) => html`<div class="stack tight"><pre class="well wrap" tabindex="0">${line}</pre><div>${copyButton(line, what)}</div></div>`;

export const firstStart = () => html`<section class="card stack">
  <h2>Nothing waits yet.</h2>
  <p>Bide keeps a wait, and calls a service of yours when it is over. The example is a workflow of three tasks: after two seconds, on any weekday, on Christmas Eve. Each calls <code>${ADDRESS}</code>.</p>
  <div class="row">
    ${may('createWorkflow', 'POST', '/workflows')
      ? html`<button type="button" class="primary" @click=${make}>Make the example workflow</button><a class="button" href=${link('/workflows/new')}>Make a workflow</a>`
      : nothing}
    <a class="button" href=${link('/playground')}>Try a delay</a>
  </div>
  ${may('createWorkflow', 'POST', '/workflows') ? asCurl('POST', '/workflows', {body: EXAMPLE}) : nothing}
  <h3>Or from a shell</h3>
  <p>A third party to call, which prints a line for each call:</p>
  ${line('java -jar target/bide.jar third-party --port 9090', 'Copy')}
  <p>A wait of ten seconds, then a call:</p>
  ${line(curl('POST', '/timers', {body: {delay: {type: 'period', amount: 10, unit: 'seconds'}, action: {url: ADDRESS}}}), 'Copy')}
</section>`;
