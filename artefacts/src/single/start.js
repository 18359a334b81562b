// Starts the program from what stands in this file: texts in Base64, compressed with gzip.
const loading = window.mqPlaygroundLoading;
try {
  const unpacked = (id) => {
    const bytes = Uint8Array.from(atob(document.getElementById(id).textContent), (sign) => sign.charCodeAt(0));
    return new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  };
  // What the page would fetch, it finds in elements that say which file they are. A script of this type is data.
  const files = JSON.parse(await new Response(unpacked('mq-files')).text());
  for (const [address, text] of Object.entries(files)) {
    const element = document.createElement('script');
    element.type = 'application/json';
    element.dataset.file = address;
    element.textContent = text;
    document.head.append(element);
  }
  if (document.getElementById('mq-program-later')) {
    giveLater(await new Response(unpacked('mq-program-later')).arrayBuffer());
  }
  const headers = { 'content-type': 'application/wasm' };
  await startProgram({ module_or_path: new Response(unpacked('mq-program'), { headers }) });
  loading.succeeded();
} catch (reason) {
  loading.fail(reason);
}
