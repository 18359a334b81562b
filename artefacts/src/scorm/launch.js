// The page that a learning platform opens: it looks for the platform's SCORM interface, puts the playground into a frame, and
// writes down there what the frame says of the lesson. Without a platform the lesson works all the same.
(() => {
  'use strict';
  const settings = JSON.parse(document.getElementById('settings').textContent);
  const frame = document.getElementById('playground');
  const began = Date.now();
  const say = (text) => console.info(`MQ Playground: ${text}`);

  // What the two editions call the same things.
  const edition = {
    1.2: {
      name: 'API',
      calls: {
        begin: 'LMSInitialize',
        get: 'LMSGetValue',
        set: 'LMSSetValue',
        commit: 'LMSCommit',
        finish: 'LMSFinish',
        error: 'LMSGetLastError',
      },
      mode: 'cmi.core.lesson_mode',
      status: 'cmi.core.lesson_status',
      location: 'cmi.core.lesson_location',
      score: 'cmi.core.score',
      time: 'cmi.core.session_time',
      exit: 'cmi.core.exit',
      leftForGood: '',
    },
    2004: {
      name: 'API_1484_11',
      calls: {
        begin: 'Initialize',
        get: 'GetValue',
        set: 'SetValue',
        commit: 'Commit',
        finish: 'Terminate',
        error: 'GetLastError',
      },
      mode: 'cmi.mode',
      status: 'cmi.completion_status',
      location: 'cmi.location',
      score: 'cmi.score',
      time: 'cmi.session_time',
      exit: 'cmi.exit',
      leftForGood: 'normal',
    },
  }[settings.edition];
  const is2004 = settings.edition === '2004';

  // Windows of other origins may stand between this page and the platform's: asking them throws, going past them does not.
  const MOST_LEVELS = 500;
  const searchFrom = (start) => {
    let place = start;
    for (let level = 0; place && level < MOST_LEVELS; level += 1) {
      try {
        const api = place[edition.name];
        if (api && typeof api[edition.calls.begin] === 'function') return api;
      } catch {
        // Another origin's.
      }
      if (place.parent === place) return null;
      place = place.parent;
    }
    return null;
  };
  const openerOf = (place) => {
    try {
      return place.opener;
    } catch {
      return null;
    }
  };
  const api = searchFrom(window) || searchFrom(openerOf(window)) || searchFrom(openerOf(window.top));

  let open = false;
  /** Calls the platform; nothing that it does stops the lesson. */
  const call = (what, ...values) => {
    try {
      return String(api[edition.calls[what]](...values));
    } catch (reason) {
      say(`${edition.calls[what]} failed: ${reason}`);
      return '';
    }
  };
  const get = (name) => {
    const value = open ? call('get', name) : '';
    return value === 'undefined' || value === 'null' ? '' : value;
  };
  let records = false;
  const set = (name, value) => {
    if (!records) return;
    if (call('set', name, String(value)) !== 'true') {
      say(`the platform did not take ${name}, error ${call('error')}`);
    }
  };

  const isStep = (id) => settings.steps.includes(id);
  let passed = [];
  let step = '';
  let completed = false;
  let best = null;

  /** Where one goes on: the first step after the last one passed that is not passed, or that last one. */
  const following = (id) => {
    const after = settings.steps.slice(settings.steps.indexOf(id) + 1);
    return after.find((other) => !passed.includes(other)) ?? id;
  };

  /** What is kept for the next time, no longer than the platform keeps it. */
  const suspendData = () => {
    let kept = passed;
    for (;;) {
      const text = JSON.stringify({ v: 1, passed: kept, step });
      if (text.length <= settings.suspendDataLimit || kept.length === 0) {
        if (kept.length < passed.length) {
          say(`only the last ${kept.length} of ${passed.length} passed steps fit into the platform's suspend data`);
        }
        return text;
      }
      kept = kept.slice(1);
    }
  };

  const readSuspendData = (text) => {
    if (text === '') return;
    try {
      const kept = JSON.parse(text);
      if (kept === null || kept.v !== 1 || !Array.isArray(kept.passed)) throw new Error('it is not of this program');
      passed = [...new Set(kept.passed)].filter(isStep);
      step = isStep(kept.step) ? kept.step : '';
    } catch (reason) {
      say(`the suspend data is not used: ${reason.message}`);
    }
  };

  const writeProgress = () => {
    set('cmi.suspend_data', suspendData());
    set(edition.location, step);
    if (is2004) set('cmi.progress_measure', (passed.length / Math.max(1, settings.steps.length)).toFixed(4));
    if (!completed) set(edition.status, 'incomplete');
  };

  const writeEnd = (score) => {
    completed = true;
    best = Math.max(best ?? 0, score);
    set(`${edition.score}.min`, 0);
    set(`${edition.score}.max`, 100);
    set(`${edition.score}.raw`, best);
    if (is2004) set(`${edition.score}.scaled`, best / 100);
    set(edition.status, 'completed');
    // SCORM 1.2 has one field for both, and there a lesson without a mark to reach is completed, not passed.
    if (is2004) set('cmi.success_status', settings.steps.every((id) => passed.includes(id)) ? 'passed' : 'unknown');
  };

  const sessionTime = () => {
    const hundredths = Math.max(0, Math.floor((Date.now() - began) / 10));
    const seconds = ((hundredths % 6000) / 100).toFixed(2);
    const minutes = Math.floor(hundredths / 6000) % 60;
    const hours = Math.min(9999, Math.floor(hundredths / 360000));
    if (is2004) return `PT${hours}H${minutes}M${seconds}S`;
    const two = (number) => String(number).padStart(2, '0');
    return `${String(hours).padStart(4, '0')}:${two(minutes)}:${seconds.padStart(5, '0')}`;
  };

  const commit = () => {
    if (records) call('commit', '');
  };

  let finished = false;
  const finish = () => {
    if (!open || finished) return;
    finished = true;
    set(edition.time, sessionTime());
    set(edition.exit, completed ? edition.leftForGood : 'suspend');
    commit();
    call('finish', '');
    open = false;
    records = false;
  };

  const begin = () => {
    open = Boolean(api) && call('begin', '') === 'true';
    if (!open) {
      if (api) say(`the platform did not begin, error ${call('error')}`);
      const alone = document.getElementById('alone');
      alone.textContent = settings.alone;
      alone.hidden = false;
      return;
    }
    // Who looks through a lesson, or at one that was done, is not counted.
    records = !['browse', 'review'].includes(get(edition.mode));
    completed = ['completed', 'passed'].includes(get(edition.status));
    const score = get(`${edition.score}.raw`);
    best = score !== '' && Number.isFinite(Number(score)) ? Number(score) : null;
    readSuspendData(get('cmi.suspend_data'));
    if (!completed) set(edition.status, 'incomplete');
    commit();
  };

  const tell = (message) => {
    // The frame has no origin that could be named.
    frame.contentWindow.postMessage({ mq: 1, ...message }, '*');
  };

  addEventListener('message', (event) => {
    if (event.source !== frame.contentWindow) return;
    const message = event.data;
    if (message === null || typeof message !== 'object' || message.mq !== 1) return;
    if (message.type === 'ready' && (step !== '' || passed.length > 0)) {
      tell({ type: 'load', id: 'resume', lesson: settings.lesson, step: step || settings.steps[0], passed });
    } else if (message.type === 'error') {
      say(`the playground says: ${message.code}: ${message.message}`);
    }
    // Another lesson, opened within the frame, is none of this package's.
    if (message.lesson !== settings.lesson) return;
    if (message.type === 'goal' && message.passed === true && isStep(message.step)) {
      if (!passed.includes(message.step)) passed = [...passed, message.step];
      step = following(message.step);
      writeProgress();
      commit();
    } else if (message.type === 'completed' && Number.isFinite(message.score)) {
      writeEnd(Math.min(100, Math.max(0, message.score)));
      commit();
    }
  });

  addEventListener('pagehide', finish);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') commit();
  });

  begin();
  const query = new URLSearchParams({ lesson: settings.lesson, lang: settings.lang, ui: 'full' });
  frame.src = `${settings.playground}?${query}`;
})();
