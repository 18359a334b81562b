// Before the program is there: language and theme of the first picture, and what is said when it does not come.
// The program chooses language and theme by the same rules when it starts.
(() => {
  'use strict';
  const root = document.documentElement;
  const parameters = new URLSearchParams(location.search);
  const embedded = window.parent !== window;

  // Where storage is forbidden, merely naming it throws. An embedded page keeps nothing, and so finds nothing.
  const stored = (key) => {
    try {
      return embedded ? null : localStorage.getItem(`mq-playground.${key}`);
    } catch {
      return null;
    }
  };
  const language = (tag) => {
    const primary = (tag || '').split(/[-_]/)[0].toLowerCase();
    return { en: 'en', zh: 'zh-CN' }[primary];
  };
  root.lang =
    language(parameters.get('lang')) ||
    language(stored('language')) ||
    (navigator.languages || []).map(language).find(Boolean) ||
    'en';
  const theme = [parameters.get('theme'), stored('theme')].find((name) => /^(system|light|dark)$/.test(name || ''));
  if (theme && theme !== 'system') root.dataset.theme = theme;

  let started = false;
  const fail = (reason, missing) => {
    if (started) return;
    const failure = document.getElementById('loading-failure');
    if (!failure || !failure.hidden) return;
    document.getElementById('loading-reason').textContent = String(reason);
    document.getElementById('loading-progress').hidden = true;
    failure.classList.toggle('is-missing', Boolean(missing));
    failure.hidden = false;
    failure.querySelector('button').focus();
  };

  // A part that does not arrive makes an `error` event that does not bubble: it is caught on its way down.
  addEventListener(
    'error',
    (event) => {
      const element = event.target;
      if (element instanceof HTMLScriptElement || element instanceof HTMLLinkElement) {
        fail(element.src || element.href || 'module', true);
      } else if (event.message) {
        fail(event.message);
      }
    },
    true,
  );
  addEventListener('unhandledrejection', (event) => fail(event.reason));

  // Works without the program, because it is needed when the program is not there or no longer.
  addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest('[data-reload]') : null;
    if (!button) return;
    if (button.dataset.reload === 'afresh') {
      try {
        const scenario = localStorage.getItem('mq-playground.scenario');
        if (scenario !== null) localStorage.setItem('mq-playground.scenario-before', scenario);
        localStorage.removeItem('mq-playground.scenario');
        localStorage.removeItem('mq-playground.open');
      } catch {
        // Then nothing was kept either.
      }
    }
    location.reload();
  });

  // A program that has failed is not to be called again: every frame and every timer would fail too.
  addEventListener('mq-playground-failed', () => {
    const frame = requestAnimationFrame(() => {});
    window.requestAnimationFrame = () => 0;
    for (let id = Math.max(1, frame - 1000); id <= frame; id += 1) cancelAnimationFrame(id);
    const timer = setTimeout(() => {});
    for (let id = 1; id <= timer; id += 1) clearTimeout(id);
  });

  window.mqPlaygroundLoading = {
    progress({ current, total }) {
      const bar = document.getElementById('loading-progress');
      if (bar && total > 0) bar.value = (100 * current) / total;
    },
    succeeded() {
      started = true;
    },
    fail,
  };
})();
