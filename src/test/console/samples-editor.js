/** Samples of workflows, to write them: what is stored, what would become of those who wait, a test call. */

const id = n => `0198a1b2-7c3d-7e4f-8a5b-${String(n).padStart(12, '0')}`;
const RETRY = {maxRetries: 3, initialBackoff: 'PT1S', multiplier: 2, maxBackoff: 'PT5M'};
const mail = template => ({method: 'POST', url: 'https://api.example.com/mails', headers: {'X-Template': template}, body: {to: '{{input.email}}', name: '{{input.name}}', run: '{{run.id}}'}});

export const ONBOARDING = {
  id: id(3000),
  version: 4,
  name: 'Onboarding',
  timezone: 'Asia/Ho_Chi_Minh',
  tasks: [
    {id: id(2000), name: 'welcome', delay: {type: 'period', amount: 2, unit: 'minutes'}, action: mail('welcome'), retry: RETRY, timeout: 'PT10S'},
    {id: id(2001), name: 'reminder', delay: {type: 'weekdays', days: ['MONDAY', 'THURSDAY'], at: '09:00'}, action: mail('reminder'), retry: {...RETRY, maxRetries: 2, initialBackoff: 'PT10S'}, timeout: 'PT5S'},
    {id: id(2002), name: 'christmas', delay: {type: 'date', date: '--12-24', at: '09:00'}, action: mail('christmas'), retry: RETRY, timeout: 'PT10S'},
  ],
  createdAt: new Date(Date.now() - 40 * 86_400e3).toISOString(),
  updatedAt: new Date(Date.now() - 3 * 86_400e3).toISOString(),
};

const invalid = errors => ({status: 422, json: {type: 'urn:bide:problem:invalid', title: 'A value breaks a rule', status: 422, detail: `${errors[0].field} ${errors[0].message}`, errors}});

/** @param {any} workflow */
function wrong(workflow) {
  const errors = [];
  if (!workflow.name) {
    errors.push({field: 'name', message: 'must have from 1 to 200 characters'});
  }
  (workflow.tasks ?? []).forEach((task, i) => {
    if (!task.name) {
      errors.push({field: `tasks[${i}].name`, message: 'must have from 1 to 200 characters'});
    }
    if (!/^https?:\/\/[^{}]+$/.test(task.action?.url ?? '')) {
      errors.push({field: `tasks[${i}].action.url`, message: 'must be an http or https address'});
    }
    if (task.retry?.maxRetries > 3) {
      errors.push({field: `tasks[${i}].retry.maxRetries`, message: 'must be from 0 to 3'});
    }
    if (task.delay?.type === 'weekdays' && !task.delay.days?.length) {
      errors.push({field: `tasks[${i}].delay.days`, message: 'must name at least one day'});
    }
  });
  return errors;
}

const counted = (count, exact = true) => ({count, exact});
const inDays = days => new Date(Date.now() + days * 86_400e3).toISOString();

/** @param {any} workflow */
function dryRun(workflow) {
  const before = ONBOARDING.tasks;
  const tasks = workflow.tasks.map((task, i) => {
    const old = before.find(other => other.id === task.id);
    const change = !old ? 'added' : JSON.stringify(old.delay) !== JSON.stringify(task.delay) || old.name !== task.name ? 'changed' : before.indexOf(old) !== i ? 'moved' : 'same';
    const waiting = old ? [12, 5201, 2903][before.indexOf(old)] : 0;
    return {...(task.id && {taskId: task.id}), name: task.name, change, waiting: counted(waiting), dueAtOnce: counted(change === 'changed' ? Math.floor(waiting * 0.3) : 0), ...(waiting > 0 && {earliestDueAt: inDays(0.01), latestDueAt: inDays(6)})};
  });
  const removed = before.filter(old => !workflow.tasks.some(task => task.id === old.id)).map(old => ({taskId: old.id, name: old.name, change: 'removed', waiting: counted(2903), dueAtOnce: counted(0)}));
  return {tasks: [...tasks, ...removed]};
}

/**
 * @param {string} method
 * @param {string} path below /v1
 * @param {URLSearchParams} query
 * @param {string} body
 * @returns {{status: number, json: unknown, headers?: Record<string, string>} | undefined} nothing where it is no call of these
 */
export function answerEditor(method, path, query, body) {
  const own = `/workflows/${ONBOARDING.id}`;
  if (method === 'GET' && path === own) {
    return {status: 200, json: ONBOARDING, headers: {ETag: '"4"'}};
  }
  if (method === 'GET' && /\/versions\/\d+$/.test(path) && path.startsWith(own)) {
    return {status: 200, json: {...ONBOARDING, version: Number(path.split('/').at(-1)), tasks: ONBOARDING.tasks.slice(0, 2)}, headers: {ETag: '"4"'}};
  }
  if ((method === 'PUT' && path === own) || (method === 'POST' && path === '/workflows')) {
    const workflow = JSON.parse(body);
    const errors = wrong(workflow);
    if (errors.length > 0) {
      return invalid(errors);
    }
    if (query.get('dryRun') === 'true') {
      return {status: 200, json: dryRun(workflow)};
    }
    // A workflow of this name has always just been saved by somebody else.
    if (workflow.name === 'Stale') {
      return {status: 412, json: {type: 'urn:bide:problem:stale', title: 'It was changed since it was read', status: 412, detail: 'The workflow is at version 5'}};
    }
    const version = method === 'PUT' ? 5 : 1;
    return {
      status: method === 'PUT' ? 200 : 201,
      json: {...ONBOARDING, ...workflow, version},
      headers: {ETag: `"${version}"`, ...(method === 'POST' && {Location: `/v1${own}`}), ...(query.get('applyTo') === 'active' && {'Operation-Location': `/v1/operations/${id(5000)}`})},
    };
  }
  if (method === 'POST' && path === '/actions/test') {
    const {action} = JSON.parse(body);
    if (!/^https?:/.test(action.url)) {
      return invalid([{field: 'action.url', message: 'must be an http or https address'}]);
    }
    if (/paused/.test(action.url)) {
      return {status: 409, json: {type: 'urn:bide:problem:conflict', title: 'The state does not allow it', status: 409, detail: 'Destination paused.example.com:443 is paused'}};
    }
    const failed = /fail/.test(action.url);
    return {status: 200, json: {request: {method: action.method, url: action.url, headers: {...action.headers, 'Content-Type': 'application/json', 'Bide-Test': 'true', 'Bide-Attempt': '1'}, body: action.body}, outcome: failed ? 'failed' : 'delivered', httpStatus: failed ? 503 : 202, durationMs: 48, answer: failed ? 'upstream busy' : '{"queued":true,"id":12345678901234567890}', ...(failed && {error: 'answer 503: upstream busy'})}};
  }
  return undefined;
}
