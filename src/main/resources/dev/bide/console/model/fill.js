/**
 * A call as it would be sent with a sample input, drawn while one types. What is sent the service decides; what is stored is shown by its own simulation.
 */
import {find, parts, pieces, write} from './json.js';

/** JSON text of the input, and the plain values. @typedef {{input: string | null, 'run.id'?: string, 'run.key'?: string, 'task.name'?: string, 'timer.id'?: string, 'timer.dueAt'?: string}} Values */

/** What there is beside the input. */
export const NAMES = /** @type {const} */ (['run.id', 'run.key', 'task.name', 'timer.id', 'timer.dueAt']);

const TAG = /\{\{\{\s*([^{}]*?)\s*\}\}\}|\{\{&?\s*([^{}]*?)\s*\}\}/g;

/** @param {string} name */
export const known = name => /** @type {readonly string[]} */ (NAMES).includes(name) || name === 'input' || (name.startsWith('input.') && !name.endsWith('.') && !name.includes('..'));

/** @param {string} name @param {Values} values @returns {string | undefined} its JSON */
function json(name, values) {
  if (/** @type {readonly string[]} */ (NAMES).includes(name)) {
    const value = values[/** @type {typeof NAMES[number]} */ (name)];
    return value === undefined ? undefined : JSON.stringify(value);
  }
  return values.input === null || !known(name) ? undefined : find(values.input, name.split('.').slice(1));
}

/** @param {string} text a JSON string, quotes and all */
const unquoted = text => /** @type {string} */ (JSON.parse(text));

/** In a text an object or a list stands without white space. @param {string} json */
const tight = json =>
  pieces(json)
    .filter(({kind}) => kind !== 'space')
    .map(({text}) => text)
    .join('');

/**
 * @param {string} text of a header, or a string of a body
 * @param {Values} values
 * @returns {string} with each variable as text; what is not there is nothing
 */
export function fill(text, values) {
  return text.replace(TAG, (_, triple, plain) => {
    const found = json(triple ?? plain, values);
    return found === undefined || found === 'null' ? '' : found.startsWith('"') ? unquoted(found) : tight(found);
  });
}

/**
 * @param {string} body JSON
 * @param {Values} values
 * @returns {string} a string that is one variable and nothing else is the value itself, digits and all; what holds no variable is untouched
 * @throws {import('./json.js').Fault} where it is no JSON
 */
export function fillBody(body, values) {
  let out = '';
  let copied = 0;
  /** @param {import('./json.js').Part} part */
  const visit = part => {
    const written = body.slice(part.from, part.to);
    if (written.startsWith('"') && unquoted(written).includes('{{')) {
      const text = unquoted(written);
      const [only] = text.matchAll(TAG);
      const value = only && only[0] === text ? (json(only[1] ?? only[2], values) ?? 'null') : JSON.stringify(fill(text, values));
      out += body.slice(copied, part.from) + value;
      copied = part.to;
    }
    part.inner.forEach(visit);
  };
  visit(parts(body));
  return out + body.slice(copied);
}

/**
 * What one may insert, from a sample of the input.
 * @param {string} input JSON
 * @returns {string[]} `input.email`, `input.address.city`, `run.id` …
 */
export function variables(input) {
  /** @type {string[]} */
  const out = [];
  /** @param {import('./json.js').Part} part @param {string} path */
  const visit = (part, path) => {
    part.fields.forEach((inner, name) => {
      // A name with a dot or a brace can't be said in a variable.
      if (/^[^.{}\s]+$/.test(name)) {
        out.push(`${path}.${name}`);
        visit(inner, `${path}.${name}`);
      }
    });
  };
  try {
    visit(parts(input), 'input');
  } catch {
    // While it is being typed it is often none.
  }
  return [...out, ...NAMES];
}

/**
 * @param {string} text JSON, or a header's value
 * @returns {string[]} the variables in it, once each; unknown ones too
 */
export const used = text => [...new Set([...text.matchAll(TAG)].map(([, triple, plain]) => triple ?? plain))];

/**
 * An input to try with: it has what is used.
 * @param {string[]} texts bodies and values of headers
 * @returns {string} JSON
 */
export function sampleFor(texts) {
  const names = texts.flatMap(used).filter(name => known(name) && name.startsWith('input.'));
  // Names come from stored bodies: `__proto__` is one like any other, and nothing is inherited.
  /** @type {() => Record<string, any>} */
  const bare = () => Object.create(null);
  const sample = names.length > 0 ? bare() : {email: 'ada@example.com', name: 'Ada'};
  for (const name of names) {
    const steps = name.split('.').slice(1);
    const last = /** @type {string} */ (steps.pop());
    let at = sample;
    for (const step of steps) {
      at[step] = typeof at[step] === 'object' ? at[step] : bare();
      at = at[step];
    }
    at[last] ??= /mail/i.test(last) ? 'ada@example.com' : `some ${last}`;
  }
  return write(sample, 2);
}
