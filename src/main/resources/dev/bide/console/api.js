/**
 * Calls to the API, below whatever prefix a proxy puts before it. Holds the key of this session, what it may do, the service's clock, and whether the service is there.
 */
import {Fault, Raw, parse, write} from './model/json.js';
import {tab} from './parts/tab.js';

const KEY = 'bide.key';
const PATIENCE = 15_000;
/** Figures are old when the next ones are so late. */
const LATE = 4000;
const PAUSES = [2, 4, 8, 16, 30];
/** POSTs that change nothing may be sent again like a GET. */
const PURE = [/^\/delays\/preview$/, /^\/workflows\/[^/]+\/simulate$/];

/** @typedef {{field: string, message: string}} FieldError */

/** What the service said instead of what was asked: a problem document, or what we make of none. */
export class Problem extends Error {
  /** @param {{status?: number, type?: string, title?: string, detail?: string, errors?: FieldError[]}} document @param {number} [retryAfter] seconds */
  constructor(document, retryAfter) {
    super(document.detail ?? document.title ?? 'The service gave no reason.');
    this.status = document.status ?? 0;
    this.type = (document.type ?? '').replace(/^urn:bide:problem:/, '');
    this.title = document.title ?? 'It did not work';
    this.detail = document.detail ?? '';
    this.errors = document.errors ?? [];
    this.retryAfter = retryAfter;
  }

  /** Nobody is there, or it can't serve just now. */
  get away() {
    return this.status === 0 || this.status === 502 || this.status === 503 || this.status === 504;
  }
}

/** @param {unknown} error @returns {Problem} */
export const problem = error => (error instanceof Problem ? error : new Problem({title: 'This page has a fault', detail: String(error instanceof Error ? error.message : error)}));

/**
 * @typedef {object} Options
 * @property {Record<string, string | number | boolean | undefined | null>} [query]
 * @property {unknown} [body]
 * @property {Record<string, string>} [headers]
 * @property {AbortSignal} [signal]
 * @property {boolean} [patient] whether to try again by itself while the service is away (default: what changes nothing and isn't polled)
 */

/** @typedef {{status: number, body: any, headers: Headers}} Answer */

/** @param {string} path below `/v1` @param {Options['query']} [query] */
export function url(path, query) {
  const given = Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== null && value !== '');
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return `v1${path}${text ? '?' + text : ''}`;
}

/** @param {string} method @param {string} path @param {Options} options */
function isPure(method, path, {query, body}) {
  return method === 'GET' || query?.dryRun === true || /** @type {any} */ (body)?.dryRun === true || PURE.some(pattern => pattern.test(path));
}

/**
 * @param {string} method
 * @param {string} path below `/v1`, with its ids encoded
 * @param {Options} [options]
 * @returns {Promise<Answer>}
 * @throws {Problem}
 */
export async function call(method, path, options = {}) {
  const {signal, patient = isPure(method, path, options)} = options;
  for (let i = 0; ; i++) {
    const used = key.value;
    try {
      return await once(method, path, options);
    } catch (error) {
      signal?.throwIfAborted();
      const failed = problem(error);
      if (failed.status === 401) {
        // One that was on its way while another brought the key goes again with it.
        if (key.value === used) {
          await key.ask(used !== '');
        }
        continue;
      }
      if (!patient || !(failed.away || failed.status === 429) || i >= PAUSES.length) {
        throw failed;
      }
      await pause((failed.retryAfter ?? PAUSES[i]) * 1000, signal);
    }
  }
}

/** @param {string} method @param {string} path @param {Options} options @returns {Promise<Answer>} */
async function once(method, path, {query, body, headers = {}, signal}) {
  const begun = Date.now();
  const limit = AbortSignal.timeout(PATIENCE);
  const bearer = key.value;
  /** @type {Response} */
  let response;
  let text;
  try {
    response = await fetch(url(path, query), {
      method,
      cache: 'no-store',
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
      body: body === undefined ? undefined : write(body),
      headers: {
        Accept: 'application/json',
        ...(body === undefined ? {} : {'Content-Type': 'application/json'}),
        ...(bearer ? {Authorization: `Bearer ${bearer}`} : {}),
        ...headers,
      },
    });
    text = await response.text();
  } catch {
    signal?.throwIfAborted();
    online.set(false);
    const unknown = isPure(method, path, {query, body}) ? '' : ' Nobody knows whether it was done. Look, or try again.';
    throw new Problem({
      type: 'urn:bide:problem:unavailable',
      title: 'The service does not answer',
      detail: (limit.aborted ? 'No answer came within 15 s.' : 'The service can’t be reached.') + unknown,
    });
  }
  clock.learn(response.headers.get('Date'), begun, Date.now());
  rights.learn(response.headers.get('Bide-Rights'));
  const isJson = /\bjson\b/.test(response.headers.get('Content-Type') ?? '');
  let read;
  try {
    read = isJson && text !== '' ? parse(text) : null;
  } catch (fault) {
    if (!(fault instanceof Fault)) {
      throw fault;
    }
    read = null;
  }
  if (response.ok) {
    if (!isJson && text !== '') {
      throw new Problem({title: 'Somebody else answered', detail: 'What came is no answer of Bide’s. Is there a proxy in between that wants something?', status: 502});
    }
    online.set(true);
    return {status: response.status, body: read, headers: response.headers};
  }
  const after = Number(response.headers.get('Retry-After'));
  const failed = new Problem(
    read && typeof read === 'object' && 'title' in read ? {...read, status: response.status} : {title: `The answer was ${response.status}`, status: response.status, detail: 'It came without a reason.'},
    Number.isFinite(after) && after > 0 ? after : undefined,
  );
  online.set(!failed.away);
  if (failed.status === 403 && failed.type === 'forbidden' && bearer) {
    rights.refuse(method, path);
  }
  throw failed;
}

/** @param {number} ms @param {AbortSignal} [signal] @returns {Promise<void>} */
export function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', end);
      resolve();
    }, ms);
    signal?.addEventListener('abort', end, {once: true});
  });
}

/** @param {string} path @param {Options['query']} [query] @param {AbortSignal} [signal] @returns {Promise<any>} the body */
export const get = async (path, query, signal) => (await call('GET', path, {query, signal})).body;

/** @param {string} path @param {unknown} [body] @param {Omit<Options, 'body'>} [options] @returns {Promise<any>} the body */
export const post = async (path, body, options = {}) => (await call('POST', path, {...options, body})).body;

/** @param {Headers} headers @returns {string | undefined} the id of what was made or begun: a `Location` knows nothing of a prefix */
export const idOf = headers => (headers.get('Operation-Location') ?? headers.get('Location') ?? undefined)?.split('/').at(-1);

const needed = () => new Problem({type: 'urn:bide:problem:unauthorized', title: 'An API key is needed', detail: 'Without one nothing can be shown.', status: 403});

/** The API key of this session. It is sent as a header, and stands nowhere else. */
export const key = {
  /** @type {Promise<void> | undefined} */
  asking: undefined,
  /** Whether the reader had none: then only a button asks again. */
  declined: false,
  /** Where the browser keeps nothing it lasts as long as the page. */
  own: '',
  /** Set by the page's frame: opens the dialog, and says whether the last one was wrong. Empty where there is none. @type {(wrong: boolean) => Promise<string>} */
  dialog: () => Promise.reject(needed()),

  get value() {
    return tab.get(KEY) ?? this.own;
  },

  set value(text) {
    this.own = text;
    tab.set(KEY, text === '' ? null : text);
    rights.forget();
  },

  /** All who wait for a key wait for the same dialog. @param {boolean} [wrong] whether one was sent @param {boolean} [anew] though it was declined */
  ask(wrong = false, anew = false) {
    if (this.declined && !anew) {
      return Promise.reject(needed());
    }
    this.asking ??= this.dialog(wrong)
      .then(text => {
        this.declined = text === '';
        this.value = text;
        if (this.declined) {
          throw needed();
        }
      })
      .finally(() => {
        this.asking = undefined;
      });
    return this.asking;
  },
};

/** What changes nothing though it is no GET, and what a reading key may do besides. */
const READING = new Set(['previewDelay', 'simulateWorkflow']);

class Rights extends EventTarget {
  constructor() {
    super();
    this.all = true;
    /** @type {Set<string>} */
    this.refused = new Set();
  }

  /** @param {string | null} said */
  learn(said) {
    const all = said === null ? this.all : said !== 'read';
    if (all !== this.all) {
      this.all = all;
      this.dispatchEvent(new Event('change'));
    }
  }

  /** @param {string} method @param {string} path */
  refuse(method, path) {
    this.refused.add(shape(method, path));
    this.dispatchEvent(new Event('change'));
  }

  forget() {
    this.all = true;
    this.refused.clear();
    this.dispatchEvent(new Event('change'));
  }
}

export const rights = new Rights();

/** @param {string} method @param {string} path */
const shape = (method, path) => `${method} ${path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/gi, '{id}')}`;

/**
 * Whether to offer an action at all.
 * @param {string} operationId
 * @param {string} [method]
 * @param {string} [path] where it is known, so that what was refused once is left out
 */
export const may = (operationId, method, path) =>
  (rights.all || /^(get|list)/.test(operationId) || READING.has(operationId)) && !(method && path && rights.refused.has(shape(method, path)));

/** The service's clock, by which “in 22 h” is counted: a wrong clock of the reader's shows nothing wrong. */
export const clock = {
  /** @type {{offset: number, trip: number}[]} */
  samples: [],
  offset: 0,

  /** @param {string | null} date the `Date` header, to the second @param {number} sent @param {number} got */
  learn(date, sent, got) {
    const said = Date.parse(date ?? '');
    if (Number.isNaN(said)) {
      return;
    }
    // The header leaves the milliseconds out: half a second on average.
    this.samples.push({offset: said + 500 - (sent + got) / 2, trip: got - sent});
    this.samples = this.samples.slice(-20);
    const best = this.samples.reduce((a, b) => (b.trip < a.trip ? b : a));
    // Half a second either way is the header's, not the clock's.
    if (Math.abs(best.offset - this.offset) > 750) {
      this.offset = Math.abs(best.offset) < 750 ? 0 : Math.round(best.offset);
    }
  },

  /** @returns {number} milliseconds */
  now() {
    return Date.now() + this.offset;
  },
};

class Online extends EventTarget {
  constructor() {
    super();
    this.is = true;
    this.since = Date.now();
  }

  /** @param {boolean} is */
  set(is) {
    if (is) {
      this.since = Date.now();
    }
    if (is !== this.is) {
      this.is = is;
      this.dispatchEvent(new Event('change'));
    }
  }
}

/** Whether the service answered last; `since` is when it last did. */
export const online = new Online();

/**
 * The call as a line for a shell. The key is never in it.
 * @param {string} method
 * @param {string} path
 * @param {Pick<Options, 'query' | 'body' | 'headers'>} [options]
 */
export function curl(method, path, {query, body, headers = {}} = {}) {
  const quote = (/** @type {string} */ text) => `'${text.replaceAll("'", "'\\''")}'`;
  const base = globalThis.document?.baseURI ?? 'http://localhost:8088/';
  const parts = ['curl -sS'];
  if (method !== 'GET') {
    parts.push(`-X ${method}`);
  }
  parts.push(quote(new URL(url(path, query), base).href));
  if (key.value) {
    parts.push('-H "Authorization: Bearer $BIDE_KEY"');
  }
  for (const [name, value] of Object.entries(headers)) {
    parts.push(`-H ${quote(`${name}: ${value}`)}`);
  }
  if (body !== undefined) {
    parts.push("-H 'Content-Type: application/json'", `-d ${quote(write(body))}`);
  }
  return parts.join(' ');
}

/** Polling as a whole: held by the reader, or while something is edited. */
class Live extends EventTarget {
  constructor() {
    super();
    this.held = false;
    /** @type {number | undefined} when figures came last */
    this.at = undefined;
    /** How long after that others are awaited. */
    this.every = 0;
    /** How many ask again and again. */
    this.asking = 0;
  }

  begin() {
    this.asking++;
  }

  /** @param {number} every */
  came(every) {
    this.at = Date.now();
    this.every = every;
  }

  /** Of what nobody asks for any more there is no age. */
  end() {
    this.asking--;
    if (this.asking === 0) {
      this.at = undefined;
    }
  }

  toggle() {
    this.held = !this.held;
    this.dispatchEvent(new Event('change'));
  }

  /** @returns {'live' | 'held' | 'editing' | 'old'} */
  get state() {
    if (this.held) {
      return 'held';
    }
    if (isEditing()) {
      return 'editing';
    }
    return this.at !== undefined && Date.now() - this.at > this.every + LATE ? 'old' : 'live';
  }
}

export const live = new Live();

/** @returns {boolean} whether the reader is in the middle of something that a redraw would disturb */
export const isEditing = () => document.querySelector('[data-editing], dialog[open]:not(:has(#search)) :is(input, textarea, select)') !== null;

/**
 * Asks again and again: `every` ms after each answer, twice as long after one that took a second or more (at most 16 s). Stops while the page is hidden, while something is edited,
 * and while the reader holds it.
 */
export class Poller {
  /** @param {(signal: AbortSignal) => Promise<void>} load @param {{every?: number, slow?: boolean}} [how] slow ones say nothing about the age of the page */
  constructor(load, {every = 2000, slow = false} = {}) {
    this.load = load;
    this.every = every;
    this.slow = slow;
    this.abort = new AbortController();
    /** @type {(() => void) | undefined} */
    this.wake = undefined;
    /** @type {Problem | undefined} */
    this.problem = undefined;
    this.asked = false;
    if (!slow) {
      live.begin();
    }
    void this.run();
  }

  async run() {
    const {signal} = this.abort;
    let wait = this.every;
    for (;;) {
      const begun = Date.now();
      try {
        await this.load(signal);
        this.problem = undefined;
        if (!this.slow && !signal.aborted) {
          live.came(this.every);
        }
      } catch (error) {
        if (signal.aborted) {
          return;
        }
        this.problem = problem(error);
      }
      const took = Date.now() - begun;
      wait = this.problem?.retryAfter ? this.problem.retryAfter * 1000 : took > 1000 || this.problem ? Math.min(wait * 2, Math.max(16_000, this.every)) : this.every;
      const until = Date.now() + wait;
      do {
        await new Promise(resolve => {
          const timer = setTimeout(resolve, Math.max(250, Math.min(until - Date.now(), 1000)));
          this.wake = () => {
            clearTimeout(timer);
            resolve(undefined);
          };
        });
        if (signal.aborted) {
          return;
        }
      } while (!this.due(until));
    }
  }

  /** @param {number} until */
  due(until) {
    if (this.asked) {
      this.asked = false;
      return true;
    }
    return Date.now() >= until && !document.hidden && !live.held && !isEditing();
  }

  /** Now, and whatever holds it: something was changed. */
  again() {
    this.asked = true;
    this.wake?.();
  }

  stop() {
    if (!this.slow && !this.abort.signal.aborted) {
      live.end();
    }
    this.abort.abort();
    this.wake?.();
  }
}

/** @param {(signal: AbortSignal) => Promise<void>} load @param {{every?: number, slow?: boolean}} [how] */
export const poll = (load, how) => new Poller(load, how);

/**
 * Where errors of the service belong: each to the longest registered path that it begins with.
 * @param {FieldError[]} errors
 * @param {string[]} paths
 * @returns {{fields: Map<string, string>, rest: FieldError[]}}
 */
export function place(errors, paths) {
  /** @type {Map<string, string>} */
  const fields = new Map();
  /** @type {FieldError[]} */
  const rest = [];
  for (const error of errors) {
    const path = paths
      .filter(own => error.field === own || error.field.startsWith(own + '.') || error.field.startsWith(own + '['))
      .sort((a, b) => b.length - a.length)[0];
    if (path === undefined) {
      rest.push(error);
    } else if (!fields.has(path)) {
      fields.set(path, error.message);
    }
  }
  return {fields, rest};
}

export {Raw};
