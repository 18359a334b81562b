//! Opening and saving files.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::link::{self, carry};
use js_sys::{Array, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::HtmlInputElement;

#[wasm_bindgen]
extern "C" {
    /// A file that a person has chosen.
    type ChosenFile;

    #[wasm_bindgen(method, getter)]
    fn name(this: &ChosenFile) -> String;

    #[wasm_bindgen(method, getter, js_name = type)]
    fn kind(this: &ChosenFile) -> String;

    #[wasm_bindgen(method)]
    fn text(this: &ChosenFile) -> Promise;

    #[wasm_bindgen(method, js_name = arrayBuffer)]
    fn bytes(this: &ChosenFile) -> Promise;

    #[wasm_bindgen(js_name = Blob)]
    type Content;

    #[wasm_bindgen(constructor, js_class = "Blob", catch)]
    fn new(parts: &Array, options: &Object) -> Result<Content, JsValue>;

    #[wasm_bindgen(js_namespace = URL, js_name = createObjectURL, catch)]
    fn create_address(content: &Content) -> Result<String, JsValue>;

    #[wasm_bindgen(js_namespace = URL, js_name = revokeObjectURL)]
    fn forget_address(address: &str);
}

/// Reads the files that were chosen in a file input; `read` gets the name of each, and its text unless it cannot be read.
pub fn read_chosen(input: &HtmlInputElement, read: impl FnOnce(String, Option<String>) + Clone + 'static) {
    for file in files(input) {
        read_file(&file, read.clone());
    }
    // The same file can be chosen again only when the input has forgotten it.
    input.set_value("");
}

/// Reads the first file that an event carries which drags or drops, likewise.
pub fn read_dropped(event: &web_sys::Event, read: impl FnOnce(String, Option<String>) + 'static) {
    if let Some(file) = carried(event).and_then(|carried| files(&carried).into_iter().next()) {
        read_file(&file, read);
    }
}

#[wasm_bindgen]
extern "C" {
    /// A file or a folder that was dropped (File and Directory Entries API).
    type Entry;

    #[wasm_bindgen(method, getter, js_name = isDirectory)]
    fn is_directory(this: &Entry) -> bool;

    #[wasm_bindgen(method, getter, js_name = name)]
    fn entry_name(this: &Entry) -> String;

    #[wasm_bindgen(method, js_name = createReader)]
    fn create_reader(this: &Entry) -> Reader;

    #[wasm_bindgen(method, js_name = file)]
    fn with_file(this: &Entry, done: &JsValue, failed: &JsValue);

    type Reader;

    #[wasm_bindgen(method, js_name = readEntries)]
    fn read_entries(this: &Reader, done: &JsValue, failed: &JsValue);

    type Items;

    #[wasm_bindgen(method, js_name = webkitGetAsEntry)]
    fn as_entry(this: &Items) -> JsValue;
}

/// The files of a folder, by name; `None`: one cannot be read.
pub type Files = BTreeMap<String, Option<String>>;

/// Files that are larger are not what is looked for, in number.
const MOST_FILES: u32 = 60;

/// Reads the folder that an event drops: `read` gets its name and its files. False where it is no folder.
pub fn read_dropped_folder(event: &web_sys::Event, read: impl FnOnce(String, Files) + 'static) -> bool {
    let item = carried(event)
        .and_then(|carried| Reflect::get(&carried, &"items".into()).ok())
        .and_then(|items| Reflect::get_u32(&items, 0).ok())
        .filter(JsValue::is_object);
    let Some(entry) = item.map(|item| item.unchecked_into::<Items>().as_entry()).filter(JsValue::is_object) else {
        return false;
    };
    let folder: Entry = entry.unchecked_into();
    if !folder.is_directory() {
        return false;
    }
    let name = folder.entry_name();
    /// Called once, with all of them.
    type Read = Rc<RefCell<Option<Box<dyn FnOnce(Files)>>>>;
    let read: Read = Rc::new(RefCell::new(Some(Box::new(move |files| read(name, files)))));
    let finish = |read: &Read, files: Files| {
        let read = read.borrow_mut().take();
        if let Some(read) = read {
            read(files);
        }
    };
    let failed = {
        let read = read.clone();
        Closure::once_into_js(move |_: JsValue| finish(&read, Files::new()))
    };
    let done = Closure::once_into_js(move |entries: JsValue| {
        let entries: Vec<Entry> = Array::from(&entries)
            .iter()
            .take(MOST_FILES as usize)
            .map(JsCast::unchecked_into::<Entry>)
            .filter(|entry| !entry.is_directory())
            .collect();
        let left = Rc::new(Cell::new(entries.len()));
        let files = Rc::new(RefCell::new(Files::new()));
        if entries.is_empty() {
            finish(&read, Files::new());
        }
        for entry in entries {
            let keep = {
                let (left, files, read, name) = (left.clone(), files.clone(), read.clone(), entry.entry_name());
                move |text: Option<String>| {
                    files.borrow_mut().insert(name, text);
                    left.set(left.get() - 1);
                    if left.get() == 0 {
                        finish(&read, files.take());
                    }
                }
            };
            let keep = Rc::new(RefCell::new(Some(keep)));
            let late = keep.clone();
            let on_file = Closure::once_into_js(move |file: JsValue| {
                let keep = keep.borrow_mut().take();
                if let Some(keep) = keep {
                    read_file(&file.unchecked_into(), move |_, text| keep(text));
                }
            });
            let on_failure = Closure::once_into_js(move |_: JsValue| {
                let keep = late.borrow_mut().take();
                if let Some(keep) = keep {
                    keep(None);
                }
            });
            entry.with_file(&on_file, &on_failure);
        }
    });
    folder.create_reader().read_entries(&done, &failed);
    true
}

/// Whether an event that drags or drops carries files.
pub fn carries_files(event: &web_sys::Event) -> bool {
    let types = carried(event).and_then(|carried| Reflect::get(&carried, &"types".into()).ok());
    types.is_some_and(|types| Array::from(&types).includes(&"Files".into(), 0))
}

fn carried(event: &web_sys::Event) -> Option<JsValue> {
    Reflect::get(event, &"dataTransfer".into()).ok().filter(JsValue::is_object)
}

fn files(holder: &JsValue) -> Vec<ChosenFile> {
    let files = Reflect::get(holder, &"files".into()).ok().filter(JsValue::is_object);
    files.map(|files| Array::from(&files).iter().map(JsCast::unchecked_into).collect()).unwrap_or_default()
}

fn read_file(file: &ChosenFile, read: impl FnOnce(String, Option<String>) + 'static) {
    let name = file.name();
    // Of a picture in points, what counts is the run that it carries.
    let is_png = file.kind() == "image/png";
    let promise = if is_png { file.bytes() } else { file.text() };
    // Exactly one of the two is called, once: they share what they call.
    let read = std::rc::Rc::new(std::cell::RefCell::new(Some((name, read))));
    let failed = std::rc::Rc::clone(&read);
    let on_text = Closure::once_into_js(move |text: JsValue| {
        if let Some((name, read)) = read.take() {
            let text = match text.dyn_into::<js_sys::ArrayBuffer>() {
                Ok(bytes) => {
                    let run = carry::from_png(&js_sys::Uint8Array::new(&bytes).to_vec());
                    // Without one, it is an empty text that was read.
                    Some(run.map_or_else(String::new, |run| link::address("", &run)))
                }
                Err(text) => text.as_string(),
            };
            read(name, text);
        }
    });
    let on_failure = Closure::once_into_js(move |_: JsValue| {
        if let Some((name, read)) = failed.take() {
            read(name, None);
        }
    });
    settle(&promise, &on_text, &on_failure);
}

/// `promise.then(on_value, on_failure)`.
pub fn settle(promise: &Promise, on_value: &JsValue, on_failure: &JsValue) {
    let Ok(then) = Reflect::get(promise, &"then".into()) else { return };
    if let Some(then) = then.dyn_ref::<js_sys::Function>() {
        // Promises of the browser itself do not throw here.
        let _ = then.call2(promise, on_value, on_failure);
    }
}

/// Hands a text to the person as a file to save.
///
/// # Errors
/// The browser's own words.
pub fn save(name: &str, kind: &str, text: &str) -> Result<(), JsValue> {
    save_part(name, kind, &text.into())
}

/// The same of bytes.
///
/// # Errors
/// The browser's own words.
pub fn save_bytes(name: &str, kind: &str, bytes: &[u8]) -> Result<(), JsValue> {
    save_part(name, kind, &js_sys::Uint8Array::from(bytes))
}

fn save_part(name: &str, kind: &str, part: &JsValue) -> Result<(), JsValue> {
    let options = Object::new();
    Reflect::set(&options, &"type".into(), &kind.into())?;
    let content = Content::new(&Array::of1(part), &options)?;
    let address = create_address(&content)?;
    let document = web_sys::window().and_then(|window| window.document()).ok_or(JsValue::NULL)?;
    let link = document.create_element("a")?;
    link.set_attribute("href", &address)?;
    link.set_attribute("download", name)?;
    link.unchecked_ref::<web_sys::HtmlElement>().click();
    // The click has begun the download; the browser still needs the address for a moment.
    gloo_timers::callback::Timeout::new(10_000, move || forget_address(&address)).forget();
    Ok(())
}
