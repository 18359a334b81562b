// <mq-playground>: the MQ Playground in another page. All that this does is to make the frame when it is wanted, and to
// pass attributes, calls and messages on. docs/embedding/README.md describes it, mq-playground.d.ts has the types.
//
// It is a module and a classic script alike, so that it exports nothing, and loading it twice does no harm.
(() => {
  'use strict';
  const NAME = 'mq-playground';
  if (!globalThis.customElements || customElements.get(NAME)) return;

  const PARAMETERS = 'lesson step scenario lang theme ui edit run speed t seed motion'.split(' ');
  // What concerns the element alone: a change of these never loads anything anew.
  const OWN = 'height title poster loading'.split(' ');
  const EVENTS = 'ready changed goal completed error state resize'.split(' ');
  const WORDS = {
    en: { title: 'MQ Playground, a simulator of message queues', start: 'Start the playground' },
    'zh-CN': { title: '消息队列游乐场', start: '启动游乐场' },
  };

  // A module has no `currentScript`, and a classic script no `import.meta`: then the script is where this line runs.
  const script = document.currentScript?.src || /[a-z]+:\/\/.+?(?=:\d+:\d+)/.exec(new Error().stack)?.[0];
  // Bundled with something else, it lies in no folder of that name and cannot know where the site is.
  const SITE = script && /\/embed\/[^/]*$/.test(new URL(script).pathname) ? new URL('../', script).href : null;

  // A page without an origin, in a sandbox: it cannot be told from others of that kind, and its frame may have none either.
  const OPAQUE = self.origin === 'null';

  // Not a <style>, which a strict policy of the host page would forbid. The space is that of `::before`, so that every
  // height that the host page's own style sheets give wins, and nothing moves when the frame comes.
  const STYLE = new CSSStyleSheet();
  STYLE.replaceSync(`
    :host { display: block; position: relative; overflow: hidden; font: 1rem/1.5 system-ui, sans-serif;
      background: #f4f5f8; color: #1c2230; --accent: #3450c8; --on-accent: #fff }
    :host([theme=dark]) { background: #13161c; color: #e6e9f0; --accent: #9bb0ff; --on-accent: #0f1430 }
    @media (prefers-color-scheme: dark) {
      :host(:not([theme=light])) { background: #13161c; color: #e6e9f0; --accent: #9bb0ff; --on-accent: #0f1430 }
    }
    :host([hidden]) { display: none }
    :host::before { content: ""; display: block; aspect-ratio: 16/9; min-height: 20rem }
    iframe, button, img, p { position: absolute; inset: 0; width: 100%; height: 100%; box-sizing: border-box;
      margin: 0; border: 0 }
    img { object-fit: cover }
    p { padding: 1rem; overflow: auto }
    button { padding: 1rem; background: none; color: inherit; font: inherit; cursor: pointer }
    button:focus-visible { outline: 3px solid var(--accent); outline-offset: -3px }
    span { position: relative; padding: .6em 1.2em; border: 2px solid transparent; border-radius: 2em;
      background: var(--accent); color: var(--on-accent) }
    span::before { content: ""; display: inline-block; margin-inline-end: .6em; border: .4em solid transparent;
      border-left: .7em solid; border-right: 0 }
  `);

  const failure = (code, message) => Object.assign(new Error(message), { code });
  const make = (name, properties) => Object.assign(document.createElement(name), properties);

  class MqPlayground extends HTMLElement {
    static observedAttributes = [...PARAMETERS, ...OWN, 'link', 'src'];

    #root = this.attachShadow({ mode: 'open' });
    #size = new CSSStyleSheet();
    #nearby = new IntersectionObserver((entries) => entries.at(-1).isIntersecting && this.#open(), { rootMargin: '200px' });
    #present = false;
    #started = false;
    #frame = null;
    #origin = '';
    #ready = false;
    #calls = new Map();
    #lastId = 0;
    #changed = new Set();

    constructor() {
      super();
      this.#size.replaceSync(':host {} :host::before {}');
      this.#root.adoptedStyleSheets = [STYLE, this.#size];
    }

    play(until_us) {
      return this.send('play', { until_us });
    }
    pause() {
      return this.send('pause');
    }
    reset() {
      return this.send('reset');
    }
    seek(time_us) {
      return this.send('seek', { time_us });
    }
    load(fields) {
      return this.send('load', fields);
    }
    command(command) {
      return this.send('command', { command });
    }
    getState() {
      return this.send('getState');
    }
    export(format) {
      return this.send('export', { format });
    }

    /** Sends any message of the protocol; the reply, or an Error with `code`. It is reason enough to load the frame. */
    async send(type, fields) {
      if (!this.#present) throw failure('removed', `<${NAME}> is not in a page`);
      const id = `${NAME}-${(this.#lastId += 1)}`;
      // As text: what JSON cannot say fails here and not silently over there, and later changes do not count.
      const text = JSON.stringify({ ...fields, mq: 1, type, id });
      const reply = new Promise((resolve, reject) => this.#calls.set(id, { text, resolve, reject, sent: false }));
      if (this.#ready) this.#post(id);
      else if (!this.#frame) this.#open();
      return reply;
    }

    connectedCallback() {
      this.#present = true;
      this.#fitHeight();
      this.#prepare();
    }

    disconnectedCallback() {
      this.#present = false;
      this.#fail('removed', `<${NAME}> was taken out of the page`);
      this.#close();
    }

    // Where a page moves it without taking it out, the frame stays as it is.
    connectedMoveCallback() {}

    attributeChangedCallback(name, before, after) {
      if (!this.#present || before === after) return;
      // Changes that are made together are carried out together.
      if (!this.#changed.size) queueMicrotask(() => this.#follow());
      this.#changed.add(name);
    }

    #follow() {
      const changed = [...this.#changed];
      this.#changed.clear();
      if (!this.#present) return;
      if (changed.includes('height')) this.#fitHeight();
      if (!this.#frame) {
        this.#prepare();
        return;
      }
      this.#frame.title = this.#title();
      const anew = changed.filter((name) => !OWN.includes(name));
      if (!anew.length) return;
      const only = (...names) => this.#ready && this.getAttribute(names[0]) && anew.every((name) => names.includes(name));
      const [lesson, step, link] = ['lesson', 'step', 'link'].map((name) => this.getAttribute(name));
      const fields = only('lesson', 'step') ? { lesson, step } : only('link') ? { link } : null;
      const frame = this.#frame;
      // What a message cannot load, the address does, and the playground says there what is wrong.
      if (fields) this.load(fields).catch(() => this.#frame === frame && this.#open());
      else this.#open();
    }

    /** What is there before the frame. */
    #prepare() {
      const loading = this.getAttribute('loading') ?? (this.getAttribute('poster') ? 'click' : 'lazy');
      this.#close();
      this.#root.append(...this.#poster());
      if (loading === 'eager') {
        this.#open();
      } else if (loading === 'click' && !this.#started) {
        const button = make('button', { type: 'button', lang: this.#language() ?? 'en' });
        button.setAttribute('part', 'button');
        const start = WORDS[button.lang].start;
        button.append(...this.#root.childNodes, make('span', { textContent: this.title ? `${start}: ${this.title}` : start }));
        button.addEventListener('click', () => {
          this.#open();
          this.#frame?.focus();
        });
        this.#root.append(button);
      } else {
        this.#nearby.observe(this);
      }
    }

    #poster() {
      const poster = this.getAttribute('poster');
      if (!poster) return [];
      const picture = make('img', { src: poster, alt: '' });
      picture.setAttribute('part', 'poster');
      picture.addEventListener('error', () => picture.remove());
      return [picture];
    }

    /** Makes the frame, in place of one that may be there: another address for that one would go into the history. */
    #open() {
      this.#close();
      this.#started = true;
      let address;
      try {
        address = this.#address();
      } catch (error) {
        this.#root.append(make('p', { textContent: error.message }));
        this.#tell({ type: 'error', code: error.code, message: error.message });
        this.#fail(error.code, error.message);
        return;
      }
      this.#origin = address.origin;
      this.#frame = make('iframe', { title: this.#title(), allow: 'fullscreen; clipboard-write', src: address.href });
      this.#frame.setAttribute('part', 'frame');
      window.addEventListener('message', this.#hear);
      // The picture lies below until the frame has something to show.
      this.#root.append(...this.#poster(), this.#frame);
    }

    #close() {
      this.#nearby.disconnect();
      window.removeEventListener('message', this.#hear);
      this.#root.replaceChildren();
      this.#frame = null;
      this.#ready = false;
      // What has been sent to this frame will not be answered any more; the rest is for the next.
      this.#fail('reloaded', 'the playground was loaded anew before it had answered', true);
    }

    #fail(code, message, onlySent) {
      for (const [id, call] of this.#calls) {
        if (onlySent && !call.sent) continue;
        this.#calls.delete(id);
        call.reject(failure(code, message));
      }
    }

    #address() {
      const src = this.getAttribute('src') ?? SITE;
      if (!src) throw failure('no_address', `<${NAME}> needs src="…", the address of the playground`);
      let address;
      try {
        address = new URL(src, document.baseURI);
      } catch {
        // Said below.
      }
      if (!/^(https?|file):$/.test(address?.protocol)) {
        throw failure('bad_address', `<${NAME}>: src="${src}" is not the address of a page`);
      }
      // Many hosts would answer a folder without its slash with a detour.
      address.pathname = address.pathname.replace(/\/[^/.]+$/, '$&/');
      for (const name of PARAMETERS) {
        // `run` may stand alone, as `hidden` does.
        const fallback = { lang: this.#language(), run: this.hasAttribute('run') && '1' }[name];
        const value = this.getAttribute(name) || fallback;
        if (value) address.searchParams.set(name, value);
      }
      if (!OPAQUE) address.searchParams.set('origin', self.origin);
      const link = this.getAttribute('link');
      // A whole address, its end from # on, or the run alone.
      if (link) address.hash = `s=${new URLSearchParams(link.split('#').pop()).get('s') ?? link}`;
      return address;
    }

    /** Its own language or the one around it, if the playground speaks it; otherwise the browser's is the better choice. */
    #language() {
      const tag = this.closest('[lang]')?.lang ?? '';
      return { en: 'en', zh: 'zh-CN' }[tag.split('-')[0].toLowerCase()];
    }

    #title() {
      return this.title || WORDS[this.#language() ?? 'en'].title;
    }

    #fitHeight(wanted) {
      const [host, space] = this.#size.cssRules;
      if (wanted) {
        // More room is given where it is wanted, and none is taken away: what stands below would jump.
        space.style.minHeight = `max(20rem, ${wanted}px)`;
      } else {
        const height = this.getAttribute('height') ?? '';
        // The browser leaves out what is no height.
        host.style.height = '';
        host.style.height = /^\d+$/.test(height) ? `${height}px` : height;
      }
    }

    #hear = ({ source, origin: from, data }) => {
      if (source !== this.#frame?.contentWindow || data?.mq !== 1) return;
      if (from !== this.#origin && !(OPAQUE && from === 'null')) {
        if (data.type === 'ready') {
          const message = `the playground is at ${from} and not, as src says, at ${this.#origin}`;
          this.#tell({ type: 'error', code: 'wrong_origin', message });
          this.#fail('wrong_origin', message);
        }
        return;
      }
      if (data.type === 'ready') {
        // Said again, it has been loaded anew from within.
        this.#fail('reloaded', 'the playground was loaded anew before it had answered', true);
        this.#ready = true;
        for (const id of this.#calls.keys()) this.#post(id);
      }
      if (data.type === 'resize' && data.height > 0 && data.height < 100000) this.#fitHeight(data.height);
      const call = this.#calls.get(data.id);
      if (call) {
        this.#calls.delete(data.id);
        if (data.type === 'error') call.reject(failure(data.code, data.message));
        else call.resolve(data);
      }
      if (EVENTS.includes(data.type)) this.#tell(data);
    };

    #post(id) {
      const call = this.#calls.get(id);
      call.sent = true;
      const target = this.#origin === 'null' || OPAQUE ? '*' : this.#origin;
      this.#frame.contentWindow.postMessage(JSON.parse(call.text), target);
    }

    #tell(message) {
      this.dispatchEvent(new CustomEvent(message.type, { detail: message }));
    }
  }

  customElements.define(NAME, MqPlayground);
})();
