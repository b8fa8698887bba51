/** There is nothing at this address. */
import {Part, heading, html} from '../parts/base.js';
import {link} from '../app.js';

export default class Missing extends Part {
  static title() {
    return 'Nothing here';
  }

  /** @type {Record<string, number>} */
  static calls = {};

  render() {
    return html`
      ${heading('There is nothing at this address', '')}
      <div class="notice">
        <p>Search for an id, a key or the name of a workflow with <kbd>/</kbd>, or go on from one of these.</p>
        <div class="row">
          <a class="button" href=${link('/')}>Overview</a>
          <a class="button" href=${link('/workflows')}>Workflows</a>
          <a class="button" href=${link('/timers')}>Timers</a>
        </div>
      </div>`;
  }
}

customElements.define('bide-missing', Missing);
