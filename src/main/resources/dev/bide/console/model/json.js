/**
 * JSON that keeps its digits. A number that a double can't write back as it stands, and everything in a member named `input` or `body`, stays the text it was:
 * `1e3`, `0.10`, thirty digits, the order of members and doubled names all go back out as they came.
 */

/** JSON text that is sent as it is. */
export class Raw {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
  }

  toString() {
    return this.text;
  }
}

/** Where JSON text is wrong, counted from 1. */
export class Fault extends Error {
  /** @param {string} text @param {number} at @param {string} message */
  constructor(text, at, message) {
    super(message);
    const before = text.slice(0, at).split('\n');
    this.line = before.length;
    this.column = (before.at(-1) ?? '').length + 1;
  }
}

/** @typedef {'{' | '}' | '[' | ']' | ':' | ',' | 'string' | 'number' | 'word' | 'end'} Kind */
/** @typedef {{kind: Kind, start: number, end: number}} Token */

const DEEPEST = 200;
const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const WORD = /[A-Za-z_$][A-Za-z0-9_$]*/y;
const OPAQUE = new Set(['input', 'body']);

/** @param {RegExp} pattern @param {string} text @param {number} at */
function length(pattern, text, at) {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0].length ?? 0;
}

class Reader {
  /** @param {string} text @param {boolean} keep whether all is to stay text */
  constructor(text, keep = false) {
    this.text = text;
    this.keep = keep;
    this.at = 0;
    /** @type {Token} */
    this.token = this.next();
  }

  /** @returns {Token} */
  next() {
    const text = this.text;
    const start = this.at + length(SPACE, text, this.at);
    const first = text[start];
    /** @type {Kind} */
    let kind;
    let size = 1;
    if (first === undefined) {
      kind = 'end';
      size = 0;
    } else if ('{}[]:,'.includes(first)) {
      kind = /** @type {Kind} */ (first);
    } else if (first === '"') {
      kind = 'string';
      size = length(STRING, text, start);
      if (size === 0) {
        throw this.brokenString(start);
      }
    } else if (first === '-' || (first >= '0' && first <= '9')) {
      kind = 'number';
      size = length(NUMBER, text, start);
      if (size === 0 || /[0-9A-Za-z.+-]/.test(text[start + size] ?? '')) {
        throw new Fault(text, start, 'this is no number as JSON has them');
      }
    } else {
      kind = 'word';
      size = length(WORD, text, start);
      const word = text.slice(start, start + size);
      if (word !== 'true' && word !== 'false' && word !== 'null') {
        throw new Fault(text, start, size > 0 ? `“${word}” has to stand in double quotes` : `“${first}” can't stand here`);
      }
    }
    this.at = start + size;
    return {kind, start, end: start + size};
  }

  /** @param {number} start */
  brokenString(start) {
    for (let i = start + 1; i < this.text.length; i++) {
      const c = this.text[i];
      if (c === '\\') {
        if (!/^\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/.test(this.text.slice(i, i + 6))) {
          return new Fault(this.text, i, 'after a backslash comes one of " \\ / b f n r t, or u and four hex digits');
        }
        i++;
      } else if (c < ' ') {
        return new Fault(this.text, i, c === '\n' ? 'a text ends on its own line; a line break in it is written \\n' : 'a control character has to be written \\u00…');
      }
    }
    return new Fault(this.text, start, 'this text has no closing quote');
  }

  /** @param {string} wanted @returns {Fault} */
  expected(wanted) {
    return new Fault(this.text, this.token.start, this.is('end') ? `the text ends; ${wanted} was expected` : `${wanted} was expected`);
  }

  advance() {
    this.token = this.next();
  }

  /** @param {Kind} kind */
  is(kind) {
    return this.token.kind === kind;
  }

  /** @returns {unknown} */
  whole() {
    const value = this.value(0, '');
    if (!this.is('end')) {
      throw this.expected('the end of the text');
    }
    return value;
  }

  /** @param {number} depth @param {string} parent the member that holds this value @returns {unknown} */
  value(depth, parent) {
    if (depth > DEEPEST) {
      throw new Fault(this.text, this.token.start, 'this is nested too deeply');
    }
    const {kind, start, end} = this.token;
    switch (kind) {
      case '{':
        return this.object(depth, parent);
      case '[':
        return this.list(depth, parent);
      case 'string':
        this.advance();
        return JSON.parse(this.text.slice(start, end));
      case 'number': {
        this.advance();
        const text = this.text.slice(start, end);
        return String(Number(text)) === text ? Number(text) : new Raw(text);
      }
      case 'word':
        this.advance();
        return this.text[start] === 'n' ? null : this.text[start] === 't';
      default:
        throw this.expected('a value');
    }
  }

  /** @param {number} depth @param {string} parent @returns {Record<string, unknown>} */
  object(depth, parent) {
    /** @type {Record<string, unknown>} */
    const object = {};
    this.advance();
    if (this.is('}')) {
      this.advance();
      return object;
    }
    for (;;) {
      if (!this.is('string')) {
        throw this.expected(this.is('}') ? 'another name after the comma' : 'a name in double quotes');
      }
      const name = JSON.parse(this.text.slice(this.token.start, this.token.end));
      this.advance();
      if (!this.is(':')) {
        throw this.expected('a colon');
      }
      this.advance();
      const start = this.token.start;
      // A header may be called "body"; its value is a text like any other.
      const opaque = !this.keep && OPAQUE.has(name) && parent !== 'headers';
      const inner = this.value(depth + 1, name);
      const value = opaque ? new Raw(this.text.slice(start, this.lastEnd(start))) : inner;
      Object.defineProperty(object, name, {value, enumerable: true, configurable: true, writable: true});
      if (this.is('}')) {
        this.advance();
        return object;
      }
      if (!this.is(',')) {
        throw this.expected('a comma or }');
      }
      this.advance();
    }
  }

  /** Where the value ended that was read last: before the white space in front of the next token. @param {number} start */
  lastEnd(start) {
    return start + this.text.slice(start, this.token.start).trimEnd().length;
  }

  /** @param {number} depth @param {string} parent @returns {unknown[]} */
  list(depth, parent) {
    /** @type {unknown[]} */
    const list = [];
    this.advance();
    if (this.is(']')) {
      this.advance();
      return list;
    }
    for (;;) {
      list.push(this.value(depth + 1, parent));
      if (this.is(']')) {
        this.advance();
        return list;
      }
      if (!this.is(',')) {
        throw this.expected('a comma or ]');
      }
      this.advance();
    }
  }
}

/**
 * Reads JSON.
 * @param {string} text
 * @returns {any}
 * @throws {Fault} where it is none
 */
export function parse(text) {
  return new Reader(text).whole();
}

/**
 * Writes JSON; a {@link Raw} goes out as it is, members that are undefined are left out.
 * @param {unknown} value
 * @param {number} [indent] spaces a level; 0 for one line
 * @returns {string}
 */
export function write(value, indent = 0, level = 0) {
  if (value instanceof Raw) {
    return value.text;
  }
  if (value === null || value === undefined || typeof value !== 'object') {
    return JSON.stringify(value) ?? 'null';
  }
  const parts = Array.isArray(value)
    ? value.map(item => write(item, indent, level + 1))
    : Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .map(([name, member]) => `${JSON.stringify(name)}:${indent > 0 ? ' ' : ''}${write(member, indent, level + 1)}`);
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  if (parts.length === 0 || indent === 0) {
    return open + parts.join(',') + close;
  }
  const inner = '\n' + ' '.repeat(indent * (level + 1));
  return open + inner + parts.join(',' + inner) + '\n' + ' '.repeat(indent * level) + close;
}

/** @typedef {{kind: 'mark' | 'name' | 'string' | 'number' | 'word' | 'space', text: string}} Piece */

/**
 * The text laid out anew, piece by piece; no name, number or text is changed.
 * @param {string} text JSON
 * @param {number} [indent]
 * @returns {Piece[]}
 * @throws {Fault}
 */
export function pieces(text, indent = 2) {
  new Reader(text, true).whole();
  const reader = new Reader(text, true);
  /** @type {Piece[]} */
  const out = [];
  let level = 0;
  /** @type {Kind | ''} */
  let before = '';
  const line = () => out.push({kind: 'space', text: '\n' + ' '.repeat(indent * level)});
  for (; reader.token.kind !== 'end'; reader.advance()) {
    const {kind, start, end} = reader.token;
    const closes = kind === '}' || kind === ']';
    const opened = before === '{' || before === '[';
    if (closes) {
      level--;
    }
    if ((closes && !opened) || (!closes && (opened || before === ','))) {
      line();
    } else if (before === ':') {
      out.push({kind: 'space', text: ' '});
    }
    const isName = kind === 'string' && /^[ \t\n\r]*:/.test(text.slice(end));
    out.push({kind: isName ? 'name' : kind === 'string' || kind === 'number' || kind === 'word' ? kind : 'mark', text: text.slice(start, end)});
    if (kind === '{' || kind === '[') {
      level++;
    }
    before = kind;
  }
  return out;
}

/**
 * @param {string} text JSON
 * @returns {string} the same, indented
 * @throws {Fault}
 */
export function pretty(text) {
  return pieces(text)
    .map(piece => piece.text)
    .join('');
}

/**
 * @param {string} text
 * @param {'object' | 'any'} [wanted]
 * @returns {{line: number, column: number, message: string} | null} the first fault, if any
 */
export function check(text, wanted = 'any') {
  try {
    new Reader(text, true).whole();
    if (wanted === 'object' && !/^[ \t\n\r]*\{/.test(text)) {
      throw new Fault(text, 0, 'an object was expected: { … }');
    }
    return null;
  } catch (fault) {
    if (!(fault instanceof Fault)) {
      throw fault;
    }
    return {line: fault.line, column: fault.column, message: fault.message};
  }
}

/** @typedef {{from: number, to: number, fields: Map<string, Part>, elements: Part[], inner: Part[]}} Part a value, by where it stands in its text; `inner` are all in it, doubled ones too */

/**
 * @param {string} text JSON
 * @returns {Part} of doubled names the last one counts
 * @throws {Fault}
 */
export function parts(text) {
  new Reader(text, true).whole();
  const reader = new Reader(text, true);
  /** @returns {Part} */
  const read = () => {
    const {kind, start} = reader.token;
    /** @type {Part} */
    const part = {from: start, to: reader.token.end, fields: new Map(), elements: [], inner: []};
    reader.advance();
    if (kind === '{' || kind === '[') {
      const close = kind === '{' ? '}' : ']';
      while (!reader.is(close)) {
        if (reader.is(',')) {
          reader.advance();
        }
        if (kind === '[') {
          part.elements.push(read());
          part.inner.push(/** @type {Part} */ (part.elements.at(-1)));
          continue;
        }
        const name = JSON.parse(text.slice(reader.token.start, reader.token.end));
        reader.advance();
        reader.advance();
        const member = read();
        part.fields.set(name, member);
        part.inner.push(member);
      }
      part.to = reader.token.end;
      reader.advance();
    }
    return part;
  };
  return read();
}

/**
 * @param {string} text JSON
 * @param {string[]} steps names, or places in a list
 * @returns {string | undefined} the JSON of what they lead to, as it is written
 */
export function find(text, steps) {
  /** @type {Part | undefined} */
  let part = parts(text);
  for (const step of steps) {
    part = part.fields.get(step) ?? (/^\d{1,9}$/.test(step) ? part.elements[Number(step)] : undefined);
    if (part === undefined) {
      return undefined;
    }
  }
  return text.slice(part.from, part.to);
}
