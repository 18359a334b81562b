
// The second part of the program: what the page does not begin with. It comes by itself when the first part has begun. Where
// something of it is called before, the page waits for it.
let laterIsThere = false;
// Its bytes, where they come together with the first part.
let givenLater;
const giveLater = (bytes) => {
    givenLater = bytes;
};

function joinLater(module) {
    if (laterIsThere) return;
    new WebAssembly.Instance(module, { first: wasm });
    laterIsThere = true;
    givenLater = undefined;
}

const laterAddress = () => new URL('@LATER@', import.meta.url);

async function fetchLater() {
    const response = await fetch(laterAddress(), { priority: 'low' });
    if (!response.ok) throw new Error(response.statusText);
    return response.arrayBuffer();
}

// A service worker does not answer requests that the page waits for; but where there is one, nothing is far away.
async function beforeBeginning() {
    try {
        if (navigator.serviceWorker.controller) giveLater(await fetchLater());
    } catch {
        // There is none: in frames without an origin even asking is forbidden.
    }
}

async function bringLater() {
    if (laterIsThere) return;
    try {
        joinLater(await WebAssembly.compile(givenLater ?? (await fetchLater())));
    } catch {
        // Whoever needs it asks again and says what is wrong; when the network is back there is no need to wait for that.
        self.addEventListener('online', () => void bringLater(), { once: true });
    }
}

function needLater() {
    let bytes = givenLater;
    if (bytes === undefined) {
        const request = new XMLHttpRequest();
        request.open('GET', laterAddress(), false);
        request.overrideMimeType('text/plain; charset=x-user-defined');
        request.send();
        if (request.status !== 200) throw new Error(`the rest of the program did not come: ${request.statusText}`);
        bytes = Uint8Array.from(request.responseText, (sign) => sign.charCodeAt(0) & 0xff);
    }
    joinLater(new WebAssembly.Module(bytes));
}
