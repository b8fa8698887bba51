/** A channel as it is typed, and as the API has it. What can't be used the service says. */

export const TYPES = /** @type {const} */ (['email', 'webhook', 'slack', 'telegram']);
export const EVENTS = /** @type {const} */ (['timer.dead', 'destination.given-up', 'destination.back', 'promise.broken', 'node.lost', 'operation.failed']);

/** @typedef {{name: string, type: string, to: string, url: string, chatId: string, events: string[], workflowId: string}} Draft */

/** @param {any} [channel] as the API has it @returns {Draft} */
export const draft = ({name = '', type = 'email', to = [], url = '', chatId = '', events = [], workflowId = ''} = {}) => ({name, type, to: to.join(', '), url, chatId, events, workflowId});

/** @param {Draft} draft @returns {Record<string, unknown>} as the API takes it: what its type has no use for is left out */
export function body({type, to, url, chatId, events, workflowId}) {
  const addresses = to.split(',').map(each => each.trim()).filter(each => each !== '');
  return {
    type,
    ...(type === 'email' ? {to: addresses} : {url: url.trim()}),
    ...(type === 'telegram' && {chatId: chatId.trim()}),
    ...(events.length > 0 && {events: EVENTS.filter(event => events.includes(event))}),
    ...(workflowId.trim() !== '' && {workflowId: workflowId.trim()}),
  };
}

/** @param {any} channel @returns {string} */
export const where = ({type, to, url, chatId}) => (type === 'email' ? to.join(', ') : type === 'telegram' ? `chat ${chatId} by ${host(url)}` : type === 'slack' ? host(url) : url);

/** The rest of it is a secret of whoever gave it. @param {string} url */
const host = url => URL.canParse(url) ? new URL(url).host : url;
