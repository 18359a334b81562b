// Tells the first picture how far the program has come. The build calls it (Trunk's `data-initializer`).
export default function progress() {
  const loading = window.mqPlaygroundLoading;
  return {
    onProgress: loading.progress,
    onSuccess: loading.succeeded,
    onFailure(reason) {
      loading.fail(reason);
    },
  };
}
