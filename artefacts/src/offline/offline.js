// Has the browser keep the site for when there is no network. Not within another page, which is not to find anything stored, and
// not where browsers keep nothing: from a file, or without the interface for it.
(() => {
  'use strict';
  if (window.parent !== window || !/^https?:$/.test(location.protocol) || !('serviceWorker' in navigator)) return;
  // After everything that the page itself is waiting for.
  addEventListener('load', () => {
    navigator.serviceWorker.register('service-worker.js').catch((reason) => {
      console.info(`The page is not kept for use without a network: ${reason.message}`);
    });
  });
})();
