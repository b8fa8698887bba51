/** A failed run goes on: by the version that it goes by, or by the newest, with what differs in the task that it failed at. */
import {get, post, problem} from '../api.js';
import {fields} from '../model/diff.js';
import {html, icon, nothing} from './base.js';
import {asCurl} from './curl.js';
import {open} from './dialog.js';
import {failed} from './notice.js';

/**
 * @param {{id: string, workflowId: string, workflowVersion: number, currentTaskId?: string, task?: Record<string, any>}} run
 * @returns {Promise<boolean>} whether it goes on
 */
export async function redrive({id, workflowId, workflowVersion, currentTaskId, task}) {
  const path = `/runs/${id}/redrive`;
  /** @type {Record<string, any> | undefined} */
  let newest;
  /** @type {Record<string, any> | undefined} */
  let own = task;
  /** @type {import('../api.js').Problem | undefined} */
  let fault;
  let version = 'same';
  let busy = false;
  let redraw = () => {};
  Promise.all([get(`/workflows/${workflowId}`), own ? undefined : get(`/workflows/${workflowId}/versions/${workflowVersion}`)]).then(
    ([workflow, before]) => {
      newest = workflow;
      own ??= before?.tasks.find((/** @type {any} */ each) => each.id === currentTaskId);
      redraw();
    },
    () => {},
  );
  const differs = () => {
    const then = newest?.tasks.find((/** @type {any} */ each) => each.id === currentTaskId);
    if (!newest || !own) {
      return nothing;
    }
    if (!then) {
      return html`<p class="small row">${icon('warn')}Its task is not in version ${newest.version} any more.</p>`;
    }
    const changes = fields(own, then);
    return changes.length === 0
      ? html`<p class="small soft">${then.name} is the same in version ${newest.version}.</p>`
      : html`<div class="table"><table><caption class="visually-hidden">What differs in ${then.name}</caption><thead><tr><th scope="col">${then.name}</th><th scope="col">version ${workflowVersion}</th><th scope="col">version ${newest.version}</th></tr></thead>
          <tbody>${changes.map(each => html`<tr><th scope="row">${each.path}</th><td class="mono">${each.old ?? '–'}</td><td class="mono">${each.new ?? '–'}</td></tr>`)}</tbody></table></div>`;
  };
  const done = await open(
    (/** @type {(value?: boolean) => void} */ close, again) => {
      redraw = again;
      const choice = (/** @type {string} */ value, /** @type {unknown} */ words) => html`<label class="choice"><input type="radio" name="version" value=${value} .checked=${version === value} @change=${() => {
        version = value;
        again();
      }}>${words}</label>`;
      const body = {version};
      return html`
        <form
          @submit=${async (/** @type {SubmitEvent} */ event) => {
            event.preventDefault();
            if (busy) {
              return;
            }
            busy = true;
            fault = undefined;
            again();
            try {
              await post(path, body);
              close(true);
            } catch (error) {
              fault = problem(error);
              busy = false;
              again();
            }
          }}>
          <h2>Try this run again?</h2>
          <p>It goes on from the task that it failed at, with a fresh set of attempts. What was delivered is not called again.</p>
          ${newest?.version === workflowVersion
            ? html`<p class="soft">It goes by version ${workflowVersion}, which is the newest.</p>`
            : html`<fieldset class="stack tight"><legend>By which version of the workflow?</legend>
                ${choice('same', `version ${workflowVersion}, as it ran`)}
                ${choice('latest', newest ? `version ${newest.version}, the newest` : 'the newest')}
                ${differs()}
              </fieldset>`}
          ${asCurl('POST', path, {body})}
          ${fault ? failed(fault) : nothing}
          <footer>
            <button type="button" autofocus @click=${() => close(false)}>Leave it</button>
            <button class="primary" aria-disabled=${busy ? 'true' : 'false'}>Try again</button>
          </footer>
        </form>`;
    },
    {label: 'Try this run again?'},
  );
  return done === true;
}
