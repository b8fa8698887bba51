/** JSON to write: plain text that is sent as it stands. Says where it is wrong, and lays it out anew when asked. */
import {check, pretty} from '../model/json.js';
import {Part, html, icon, ifDefined, live, nothing} from './base.js';

/** Tells `json-change` with `{text, ok}` at each change. */
export class JsonField extends Part {
  static properties = {
    value: {},
    label: {},
    help: {},
    hint: {},
    error: {},
    path: {},
    wanted: {},
    optional: {type: Boolean},
    lines: {type: Number},
  };

  static count = 0;

  constructor() {
    super();
    this.value = '';
    this.label = 'JSON';
    this.help = '';
    this.hint = '';
    /** What the service said about it. */
    this.error = '';
    /** @type {string | undefined} the field in the service's words */
    this.path = undefined;
    /** @type {'object' | 'any'} */
    this.wanted = 'any';
    this.optional = false;
    this.lines = 8;
    this.name = `json-${++JsonField.count}`;
  }

  get area() {
    return this.querySelector('textarea');
  }

  /** Where the text is wrong, if anywhere. */
  get wrong() {
    return this.optional && this.value.trim() === '' ? null : check(this.value, this.wanted);
  }

  /** @param {string} text */
  change(text) {
    this.value = text;
    this.error = '';
    this.dispatchEvent(new CustomEvent('json-change', {detail: {text, ok: this.wrong === null}, bubbles: true}));
  }

  /** At the cursor, in place of what is marked. @param {string} text */
  insert(text) {
    const area = this.area;
    if (area) {
      area.setRangeText(text, area.selectionStart, area.selectionEnd, 'end');
      area.focus();
      this.change(area.value);
    }
  }

  /** Puts the cursor where the fault is. @param {{line: number, column: number}} place */
  show({line, column}) {
    const area = this.area;
    if (area) {
      const before = this.value.split('\n').slice(0, line - 1);
      const at = before.reduce((sum, text) => sum + text.length + 1, 0) + column - 1;
      area.focus();
      area.setSelectionRange(at, Math.min(at + 1, this.value.length));
    }
  }

  render() {
    const fault = this.wrong;
    const wrong = this.error || (fault ? `line ${fault.line}, column ${fault.column}: ${fault.message}` : '');
    const described = [this.help && `${this.name}-help`, wrong && `${this.name}-error`].filter(Boolean).join(' ');
    return html`<div class="field">
      <div class="row apart">
        <label for=${this.name}>${this.label}</label>
        <button type="button" class="plain small" aria-disabled=${fault || this.value.trim() === '' ? 'true' : 'false'} @click=${() => !fault && this.value.trim() !== '' && this.change(pretty(this.value))}>Format</button>
      </div>
      <textarea id=${this.name} rows=${this.lines} spellcheck="false" autocapitalize="off" autocomplete="off" wrap="off" placeholder=${this.hint || nothing} data-path=${ifDefined(this.path)} aria-invalid=${wrong ? 'true' : nothing} aria-describedby=${described || nothing}
        .value=${live(this.value)} @input=${(/** @type {Event} */ event) => this.change(/** @type {HTMLTextAreaElement} */ (event.target).value)}></textarea>
      ${this.help ? html`<span class="help" id="${this.name}-help">${this.help}</span>` : nothing}
      ${wrong ? html`<span class="error" id="${this.name}-error">${icon('cross')}<span>${wrong}</span>${fault && !this.error ? html`<button type="button" class="plain small" @click=${() => this.show(fault)}>Go there</button>` : nothing}</span>` : nothing}
    </div>`;
  }
}

customElements.define('bide-json-field', JsonField);
