//! Settings, drawn from their descriptions: whatever a kind of node has, it needs no form of its own.
//!
//! Every change is a command that takes effect at once, while the run goes on. What is refused stays as it was typed,
//! with the reason beneath.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use serde_json::{Map, Value, json};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement};
use yew::prelude::*;

use super::icon::{Icon, icon};
use super::number::{self, Stops};
use super::store::{Question, Store};
use crate::scenario::field::{Choice, Field, NumberRange, Shape, Unit, Variant};
use crate::scenario::{BROKER, EdgeKind, HeaderValue, Headers, Id, NodeKind};
use crate::session::{Command, Rejected};
use crate::view::{glyph, header, spoken};
use crate::words::{FieldWords, Words};

/// Whose settings they are.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// A node's.
    Node(Id),
    /// An edge's.
    Edge(Id),
    /// That of several nodes, edges or notes: what is set, all of them get.
    Several(Vec<Id>),
    /// The broker's.
    Broker,
    /// How much chaos there is.
    Chaos,
    /// The headers of the message whose route is asked for.
    Question,
}

impl Target {
    fn set(&self, store: &Store, path: &str, value: Value) -> Result<(), Rejected> {
        let (node, edge) = match self {
            Target::Node(id) => (Some(id.clone()), None),
            Target::Edge(id) => (None, Some(id.clone())),
            Target::Several(ids) => {
                let (ids, path) = (ids.clone(), path.to_owned());
                return store.dispatch(Command::SetEach { ids, path, value }).map(|applied| store.tell_fates(&applied));
            }
            Target::Broker => (Some(Id::from(BROKER)), None),
            Target::Chaos => {
                let mut chaos = serde_json::to_value(&store.session().scenario().chaos).unwrap_or_default();
                chaos[path] = value;
                return store.dispatch(Command::SetChaos { chaos }).map(drop);
            }
            Target::Question => {
                if let (Some(question), Ok(headers)) = (store.question(), serde_json::from_value(value)) {
                    store.ask(Some(Question { headers, ..question }));
                }
                return Ok(());
            }
        };
        let set = Command::Set { node, edge, path: path.to_owned(), value };
        store.dispatch(set).map(|applied| store.tell_fates(&applied))
    }
}

/// A description that is part of the program: equal only to itself.
#[derive(Clone, Copy)]
pub struct Fixed<T: 'static>(pub &'static T);

impl<T> PartialEq for Fixed<T> {
    fn eq(&self, other: &Fixed<T>) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}

/// The folded settings that were unfolded: they stay so, whatever is set.
pub type Unfolded = Rc<RefCell<BTreeSet<String>>>;

/// What was refused, by the place of its field: it is said there until something else is set.
#[derive(Clone)]
pub struct Problems {
    said: Rc<RefCell<BTreeMap<String, String>>>,
    changed: Callback<()>,
}

impl Problems {
    /// None yet; `changed` is called when there are others.
    pub fn new(said: Rc<RefCell<BTreeMap<String, String>>>, changed: Callback<()>) -> Problems {
        Problems { said, changed }
    }

    fn set(&self, place: &str, problem: Option<String>) {
        let mut said = self.said.borrow_mut();
        let before = std::mem::take(&mut *said);
        said.extend(problem.map(|problem| (place.to_owned(), problem)));
        let differs = *said != before;
        drop(said);
        if differs {
            self.changed.emit(());
        }
    }

    fn at(&self, place: &str) -> Html {
        match self.said.borrow().get(place) {
            Some(problem) => html! { <p class="setting-problem" role="alert">{ problem.clone() }</p> },
            None => Html::default(),
        }
    }
}

/// What is drawn: whose settings, in which words.
#[derive(Clone)]
pub struct Form {
    /// The page's store.
    pub store: Store,
    /// Whose settings.
    pub target: Target,
    /// Which folded ones are seen.
    pub unfolded: Unfolded,
    /// What was refused where.
    pub problems: Problems,
    /// The settings in which several parts differ.
    pub mixed: Rc<BTreeSet<String>>,
}

/// A part of a form: its words, where it lies, what it holds.
struct Place<'a> {
    words: &'static FieldWords,
    /// Whether the words stand above already.
    silent: bool,
    path: &'a str,
    value: &'a Value,
}

/// What a setting holds that the document does not mention.
static ABSENT: Value = Value::Null;

fn join(path: &str, part: &str) -> String {
    if path.is_empty() { part.to_owned() } else { format!("{path}.{part}") }
}

fn element_id(path: &str) -> String {
    format!("setting-{path}")
}

impl Form {
    /// All of an object's settings. Those that few need are folded away, as long as they are as usual.
    pub fn record(&self, fields: &'static [Field], path: &str, value: &Value) -> Html {
        self.record_but("", fields, path, value)
    }

    /// The same without the setting of one name, which is drawn elsewhere.
    pub fn record_but(&self, left_out: &str, fields: &'static [Field], path: &str, value: &Value) -> Html {
        let fields = fields.iter().filter(|field| field.name != left_out);
        let (rare, usual): (Vec<&Field>, Vec<&Field>) = fields.partition(|field| field.rare);
        html! {
            <>
                { self.members(usual, path, value) }
                if !rare.is_empty() { { self.folded(rare, path, value) } }
            </>
        }
    }

    /// Some of an object's settings.
    pub fn members(&self, fields: Vec<&'static Field>, path: &str, value: &Value) -> Html {
        let words = self.store.words();
        fields
            .into_iter()
            .map(|field| {
                let path = join(path, field.name);
                let value = value.get(field.name).unwrap_or(&ABSENT);
                self.shape(&field.shape, &Place { words: (field.words)(words), silent: false, path: &path, value })
            })
            .collect()
    }

    fn folded(&self, fields: Vec<&'static Field>, path: &str, value: &Value) -> Html {
        let name = format!("{:?} {path}", self.target);
        if fields.iter().any(|field| value.get(field.name).is_some_and(|value| differs(&field.shape, value))) {
            self.unfolded.borrow_mut().insert(name.clone());
        }
        let open = self.unfolded.borrow().contains(&name);
        let onclick = {
            let (unfolded, name) = (self.unfolded.clone(), name.clone());
            Callback::from(move |event: MouseEvent| {
                let details = event.target_dyn_into::<Element>().and_then(|element| element.closest("details").ok()?);
                // The browser folds and unfolds by itself, after the click.
                if details.is_some_and(|details| details.has_attribute("open")) {
                    unfolded.borrow_mut().remove(&name);
                } else {
                    unfolded.borrow_mut().insert(name.clone());
                }
            })
        };
        html! {
            <details class="fold setting-more" key="folded" {open}>
                <summary {onclick}>{ self.store.words().routing.more_settings }</summary>
                { self.members(fields, path, value) }
            </details>
        }
    }

    fn change(&self, path: &str) -> impl Fn(Value) + Clone + 'static {
        let (form, path) = (self.clone(), path.to_owned());
        move |value| {
            let outcome = form.target.set(&form.store, &path, value);
            let problem = outcome.err().map(|rejected| first_problem(&rejected, form.store.words()));
            form.problems.set(&form.place(&path), problem);
        }
    }

    /// The place of a field among all that are drawn.
    fn place(&self, path: &str) -> String {
        format!("{:?} {path}", self.target)
    }

    fn is_mixed(&self, place: &Place<'_>) -> bool {
        self.mixed.contains(place.path)
    }

    /// A setting, why its last change was refused, and, where it is another than usual, what makes it usual again.
    fn shape(&self, shape: &'static Shape, place: &Place<'_>) -> Html {
        html! {
            <div class="setting-whole" key={place.path}>
                { self.bare(shape, place) }
                { self.problems.at(&self.place(place.path)) }
                if is_unusual(shape, place.value) || self.is_mixed(place) { { self.reset(shape, place) } }
            </div>
        }
    }

    fn reset(&self, shape: &'static Shape, place: &Place<'_>) -> Html {
        let change = self.change(place.path);
        let onclick = Callback::from(move |_: MouseEvent| change(shape.usual()));
        html! {
            <button type="button" class="setting-reset" data-reset={place.path.to_owned()} {onclick}>
                <span aria-hidden="true">{ "↺ " }</span>{ (self.store.words().document.reset)(place.words.name) }
            </button>
        }
    }

    /// That several parts differ here.
    fn badge(&self, place: &Place<'_>) -> Html {
        if !self.is_mixed(place) {
            return Html::default();
        }
        let words = self.store.words().document;
        html! { <span class="setting-mixed" title={words.mixed_hint}>{ words.mixed }</span> }
    }

    /// What is too long to be set in several parts at once, where they differ.
    fn set_alone(&self, place: &Place<'_>) -> Html {
        html! {
            <div class="setting">
                <p class="setting-line"><span>{ place.words.name }</span>{ self.badge(place) }</p>
                <p class="setting-note">{ self.store.words().document.set_alone }</p>
            </div>
        }
    }

    fn bare(&self, shape: &'static Shape, place: &Place<'_>) -> Html {
        let mixed = self.is_mixed(place);
        match shape {
            Shape::List { .. } | Shape::Headers | Shape::Tuple(_) | Shape::Record(_) if mixed => self.set_alone(place),
            Shape::Number(range) => html! {
                <NumberSetting key={place.path} store={self.store.clone()} target={self.target.clone()}
                    path={place.path.to_owned()} range={Fixed(range)} words={Fixed(place.words)} silent={place.silent}
                    value={place.value.as_f64().unwrap_or(range.usual)} {mixed} />
            },
            Shape::Toggle { usual } => self.toggle(place, place.value.as_bool().unwrap_or(*usual)),
            Shape::Choices(choices) => self.choices(choices, place),
            Shape::Variants(variants) => self.variants(variants, place),
            Shape::Record(fields) => html! {
                <fieldset class="setting-group" key={place.path}>
                    if !place.silent {
                        <legend>{ place.words.name }</legend>
                    }
                    { self.record(fields, place.path, place.value) }
                </fieldset>
            },
            Shape::Tuple(fields) => self.tuple(fields, place),
            Shape::List { item, least, most } => match flat(item) {
                Shape::Number(_) => {
                    self.typed(place, place.value, Entry::Numbers, self.store.words().shell.numbers_hint)
                }
                item => self.list(item, *least, *most, place),
            },
            Shape::Text { .. } => self.typed(place, place.value, Entry::Text, place.words.explanation),
            Shape::Target(kind) => self.leads_to(*kind, place),
            Shape::Exchange => self.exchange(place),
            Shape::Headers => self.headers(place),
            Shape::Optional(inner) => self.optional(inner, place),
            Shape::Same(inner) => self.shape(inner, place),
        }
    }

    /// Something that is typed and read as a whole.
    fn typed(&self, place: &Place<'_>, value: &Value, entry: Entry, note: &'static str) -> Html {
        html! {
            <TypedSetting key={place.path} store={self.store.clone()} target={self.target.clone()}
                path={place.path.to_owned()} id={element_id(place.path)} {entry} label={place.words.name}
                note={(!place.silent || note != place.words.explanation).then_some(note)} silent={place.silent}
                value={value.clone()} mixed={self.is_mixed(place)} />
        }
    }

    /// One of the exchanges that the document has, or the one that it names and has not.
    fn exchange(&self, place: &Place<'_>) -> Html {
        let words = self.store.words();
        let session = self.store.session();
        let exchanges = session.scenario().nodes.iter().filter(|node| node.kind() == NodeKind::Exchange);
        let mut options = vec![(AttrValue::from(words.routing.default_exchange), AttrValue::from(""))];
        options
            .extend(exchanges.map(|node| (glyph::label(&session, &node.id, words).into(), node.id.0.clone().into())));
        let chosen = AttrValue::from(place.value.as_str().unwrap_or_default().to_owned());
        if options.iter().all(|(_, id)| *id != chosen) {
            options.push(((words.routing.missing)(&chosen).into(), chosen.clone()));
        }
        let change = self.change(place.path);
        let onchange = on_select(move |id| change(json!(id)));
        let note = if place.silent { "" } else { place.words.explanation };
        self.select(place, options, chosen, note, onchange, Html::default())
    }

    /// One of the nodes that this one may lead to, or none where none was chosen yet.
    fn leads_to(&self, kind: EdgeKind, place: &Place<'_>) -> Html {
        let words = self.store.words();
        let session = self.store.session();
        let Target::Node(own) = &self.target else { return Html::default() };
        let Some(from) = session.scenario().node(own) else { return Html::default() };
        let fitting = session.scenario().targets_for(from, kind);
        let mut options: Vec<(AttrValue, AttrValue)> =
            fitting.map(|node| (glyph::label(&session, &node.id, words).into(), node.id.0.clone().into())).collect();
        let chosen = AttrValue::from(place.value.as_str().unwrap_or_default().to_owned());
        if options.iter().all(|(_, id)| *id != chosen) {
            options.insert(0, (words.failing.nowhere.into(), chosen.clone()));
        }
        let change = self.change(place.path);
        let onchange = on_select(move |id| change(json!(id)));
        self.select(place, options, chosen, place.words.explanation, onchange, Html::default())
    }

    /// Headers, one row each.
    fn headers(&self, place: &Place<'_>) -> Html {
        let words = self.store.words().routing;
        let headers: Headers = serde_json::from_value(place.value.clone()).unwrap_or_default();
        let value = serde_json::to_value(&headers).unwrap_or_default();
        let rows = headers.iter().enumerate().map(|(index, (name, header))| {
            let typed = |entry: Entry, part: &str, label: String| {
                html! {
                    <TypedSetting store={self.store.clone()} target={self.target.clone()} path={place.path.to_owned()}
                        id={format!("{}-{index}-{part}", element_id(place.path))} {entry} {label}
                        note={None::<&'static str>} silent=true value={value.clone()} mixed=false />
                }
            };
            let remove = {
                let (change, headers, name) = (self.change(place.path), headers.clone(), name.clone());
                Callback::from(move |_: MouseEvent| {
                    let mut headers = headers.clone();
                    headers.remove(&name);
                    change(json!(headers));
                })
            };
            let label = (words.remove_header)(name);
            html! {
                <li key={index} class="setting-header">
                    { typed(Entry::HeaderName(name.clone()), "name", (words.header_name)(index + 1)) }
                    { typed(Entry::HeaderValue(name.clone()), "value", (words.header_value)(name)) }
                    <span class="setting-type">{ (words.header_type)(header) }</span>
                    <button type="button" class="button is-icon is-small" title={label.clone()} aria-label={label}
                        onclick={remove}>{ icon(Icon::Close) }</button>
                </li>
            }
        });
        let rows: Html = rows.collect();
        let add = {
            let (change, headers) = (self.change(place.path), headers.clone());
            Callback::from(move |_: MouseEvent| {
                let mut headers = headers.clone();
                // Of one name more than there are headers, one is free.
                let mut names = (1..=headers.len() + 1).map(|number| format!("{}-{number}", words.fresh_header));
                if let Some(name) = names.find(|name| !headers.contains_key(name)) {
                    headers.insert(name, HeaderValue::Void(()));
                }
                change(json!(headers));
            })
        };
        html! {
            <fieldset class="setting-group" key={place.path}>
                if !place.silent {
                    <legend>{ place.words.name }</legend>
                    <p class="setting-note">{ place.words.explanation }</p>
                }
                if !headers.is_empty() {
                    <ul class="setting-headers">{ rows }</ul>
                    <p class="setting-note">{ words.header_hint }</p>
                }
                <button type="button" class="button is-quiet" onclick={add}>
                    { icon(Icon::Add) }{ words.add_header }
                </button>
            </fieldset>
        }
    }

    fn toggle(&self, place: &Place<'_>, on: bool) -> Html {
        let change = self.change(place.path);
        let onchange = Callback::from(move |event: Event| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                change(json!(input.checked()));
            }
        });
        html! {
            <div class="setting" key={place.path}>
                <label class="setting-toggle">
                    <input type="checkbox" checked={on} {onchange} />
                    <span>{ place.words.name }</span>
                    { self.badge(place) }
                </label>
                <p class="setting-note">{ place.words.explanation }</p>
            </div>
        }
    }

    fn choices(&self, choices: &'static [Choice], place: &Place<'_>) -> Html {
        let words = self.store.words();
        let chosen = choices.iter().find(|choice| place.value == choice.name).unwrap_or(&choices[0]);
        let change = self.change(place.path);
        let onchange = on_select(move |name| change(json!(name)));
        let options = choices.iter().map(|choice| ((choice.words)(words).name.into(), choice.name.into())).collect();
        self.select(place, options, chosen.name.into(), (chosen.words)(words).explanation, onchange, Html::default())
    }

    fn variants(&self, variants: &'static [Variant], place: &Place<'_>) -> Html {
        let words = self.store.words();
        let chosen = variants.iter().find(|variant| place.value.get(variant.name).is_some()).unwrap_or(&variants[0]);
        let inner_path = join(place.path, chosen.name);
        let inner_value = place.value.get(chosen.name).unwrap_or(&ABSENT);
        let inner_words = (chosen.words)(words);
        let inner = Place { words: inner_words, silent: true, path: &inner_path, value: inner_value };
        let inner = if self.is_mixed(place) { Html::default() } else { self.shape(&chosen.shape, &inner) };
        if variants.len() == 1 {
            // Nothing to choose: what it holds is all there is to say.
            return inner;
        }
        let change = self.change(place.path);
        let before = inner_value.clone();
        let onchange = on_select(move |name| {
            if let Some(variant) = variants.iter().find(|variant| variant.name == name) {
                change(json!({ variant.name: carried_over(&before, variant.shape.usual()) }));
            }
        });
        let options =
            variants.iter().map(|variant| ((variant.words)(words).name.into(), variant.name.into())).collect();
        self.select(place, options, chosen.name.into(), inner_words.explanation, onchange, inner)
    }

    fn select(
        &self,
        place: &Place<'_>,
        mut options: Vec<(AttrValue, AttrValue)>,
        mut chosen: AttrValue,
        note: &'static str,
        onchange: Callback<Event>,
        inner: Html,
    ) -> Html {
        let id = element_id(place.path);
        let mut note = note;
        if self.is_mixed(place) {
            let words = self.store.words().document;
            // No name in files has a space.
            chosen = AttrValue::from(" ");
            options.insert(0, (words.mixed.into(), chosen.clone()));
            note = words.mixed_hint;
        }
        html! {
            <div class="setting" key={place.path}>
                <div class="setting-line">
                    <label for={id.clone()} class={place.silent.then_some("is-hidden")}
                        title={place.words.explanation}>{ place.words.name }</label>
                    <Select {id} {options} {chosen} {onchange} />
                </div>
                if !note.is_empty() {
                    <p class="setting-note">{ note }</p>
                }
                { inner }
            </div>
        }
    }

    fn tuple(&self, fields: &'static [Field], place: &Place<'_>) -> Html {
        let words = self.store.words();
        let members = fields.iter().enumerate().map(|(index, field)| {
            let path = join(place.path, &index.to_string());
            let value = place.value.get(index).unwrap_or(&ABSENT);
            self.bare(&field.shape, &Place { words: (field.words)(words), silent: false, path: &path, value })
        });
        html! { <div class="setting-tuple" key={place.path}>{ for members }</div> }
    }

    fn list(&self, item: &'static Shape, least: usize, most: usize, place: &Place<'_>) -> Html {
        let words = self.store.words();
        let items = place.value.as_array().cloned().unwrap_or_default();
        let item = flat(item);
        let entries = items.iter().enumerate().map(|(index, value)| {
            let path = join(place.path, &index.to_string());
            let named = entry_words(item, words);
            let item_words = named.unwrap_or(place.words);
            let inner = self.bare(item, &Place { words: item_words, silent: true, path: &path, value });
            let (change, rest) = (self.change(place.path), items.clone());
            let remove = Callback::from(move |_: MouseEvent| {
                let mut rest = rest.clone();
                rest.remove(index);
                change(Value::Array(rest));
            });
            let label = (words.shell.remove_entry)(index + 1);
            html! {
                <li key={index} class="setting-entry">
                    <div class="setting-line">
                        <span class="setting-entry-name">{ index + 1 }{ ". " }{ named.map(|words| words.name) }</span>
                        <button type="button" class="button is-icon is-small" disabled={items.len() <= least}
                            title={label.clone()} aria-label={label} onclick={remove}>{ icon(Icon::Close) }</button>
                    </div>
                    { inner }
                </li>
            }
        });
        let entries: Html = entries.collect();
        let (change, more) = (self.change(place.path), items.clone());
        let add = Callback::from(move |_: MouseEvent| {
            let mut more = more.clone();
            more.push(following(item, more.last()));
            change(Value::Array(more));
        });
        html! {
            <fieldset class="setting-group" key={place.path}>
                if !place.silent {
                    <legend>{ place.words.name }</legend>
                    <p class="setting-note">{ place.words.explanation }</p>
                }
                <ol class={classes!("setting-list", matches!(item, Shape::Record(_)).then_some("is-uniform"))}>{ entries }</ol>
                <button type="button" class="button is-quiet" disabled={items.len() >= most} onclick={add}>
                    { icon(Icon::Add) }{ words.shell.add_entry }
                </button>
            </fieldset>
        }
    }

    fn optional(&self, inner: &'static Shape, place: &Place<'_>) -> Html {
        let change = self.change(place.path);
        let onchange = Callback::from(move |event: Event| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                change(if input.checked() { inner.usual() } else { Value::Null });
            }
        });
        let there = !place.value.is_null();
        html! {
            <div class="setting" key={place.path}>
                <label class="setting-toggle">
                    <input type="checkbox" checked={there} {onchange} />
                    <span>{ place.words.name }</span>
                    { self.badge(place) }
                </label>
                <p class="setting-note">{ place.words.explanation }</p>
                if there && !self.is_mixed(place) {
                    { self.shape(inner, &Place { silent: true, ..*place }) }
                }
            </div>
        }
    }
}

#[derive(PartialEq, Properties)]
struct SelectProps {
    id: String,
    /// Labels and names.
    options: Vec<(AttrValue, AttrValue)>,
    /// A name.
    chosen: AttrValue,
    onchange: Callback<Event>,
}

/// A choice that always shows what holds: once a person has chosen, attributes no longer tell the browser what to show.
#[component]
fn Select(props: &SelectProps) -> Html {
    let select = use_node_ref();
    {
        let (select, chosen) = (select.clone(), props.chosen.clone());
        use_effect(move || {
            if let Some(select) = select.cast::<HtmlSelectElement>() {
                select.set_value(&chosen);
            }
        });
    }
    let options = props.options.iter().map(|(label, name)| html! { <option value={name}>{ label }</option> });
    html! { <select ref={select} id={props.id.clone()} onchange={&props.onchange}>{ for options }</select> }
}

fn on_select(change: impl Fn(String) + 'static) -> Callback<Event> {
    Callback::from(move |event: Event| {
        if let Some(select) = event.target_dyn_into::<HtmlSelectElement>() {
            change(select.value());
        }
    })
}

fn flat(shape: &'static Shape) -> &'static Shape {
    match shape {
        Shape::Same(inner) => flat(inner),
        shape => shape,
    }
}

/// What an entry of a list is called.
fn entry_words(item: &'static Shape, words: &'static Words) -> Option<&'static FieldWords> {
    match item {
        Shape::Variants([only]) => Some((only.words)(words)),
        _ => None,
    }
}

/// Whatever the old variant and the new one have in common keeps its value: a rate is not lost on the way from
/// constant to Poisson.
fn carried_over(before: &Value, mut usual: Value) -> Value {
    match (&mut usual, before) {
        (Value::Number(number), Value::Number(before)) => *number = before.clone(),
        (Value::Object(members), Value::Object(before)) => {
            for (name, member) in members {
                if let Some(before) = before.get(name) {
                    *member = before.clone();
                }
            }
        }
        _ => {}
    }
    usual
}

/// What a new entry behind `last` holds. Lists whose entries begin with a time have them in order.
fn following(item: &'static Shape, last: Option<&Value>) -> Value {
    let mut next = last.cloned().unwrap_or_else(|| item.usual());
    if let (Some(first), Shape::Tuple([Field { shape: Shape::Number(range), .. }, ..])) = (next.get_mut(0), item)
        && last.is_some()
    {
        let step = if range.unit == Unit::Milliseconds { 1_000.0 } else { 1.0 };
        *first = json!(first.as_f64().unwrap_or_default() + step);
    }
    next
}

/// Whether a setting is another than the usual one.
fn differs(shape: &Shape, value: &Value) -> bool {
    match shape {
        // Whole numbers may be written with a point.
        Shape::Number(range) => value.as_f64().is_some_and(|number| number != range.usual),
        Shape::Optional(_) => !value.is_null(),
        shape => *value != shape.usual(),
    }
}

/// Whether a setting can be made usual again by itself: what has settings of its own has them say so each.
fn is_unusual(shape: &Shape, value: &Value) -> bool {
    match shape {
        Shape::Record(_) | Shape::Tuple(_) | Shape::Target(_) => false,
        Shape::Variants([first, ..]) => !value.is_null() && !value.is_number() && value.get(first.name).is_none(),
        Shape::Same(inner) => is_unusual(inner, value),
        shape => !value.is_null() && differs(shape, value),
    }
}

/// A number as it stands in files: whole ones without a point.
fn number_value(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < 9e15 { json!(number as i64) } else { json!(number) }
}

/// The first reason of a refusal, as a sentence of its own.
pub fn first_problem(rejected: &Rejected, words: &Words) -> String {
    rejected.0.first().map(|problem| spoken::sentence(&problem.describe(words))).unwrap_or_default()
}

/// What is typed stays as it was typed, until it is taken over.
fn keep_draft(draft: &UseStateHandle<Option<String>>) -> Callback<InputEvent> {
    let draft = draft.clone();
    Callback::from(move |event: InputEvent| {
        if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
            draft.set(Some(input.value()));
        }
    })
}

#[derive(PartialEq, Properties)]
struct NumberProps {
    store: Store,
    target: Target,
    path: AttrValue,
    range: Fixed<NumberRange>,
    words: Fixed<FieldWords>,
    /// Whether the name stands above already.
    silent: bool,
    value: f64,
    /// Whether several parts differ in it.
    mixed: bool,
}

/// A number: a field to type into, and a slider.
#[component]
fn NumberSetting(props: &NumberProps) -> Html {
    let NumberProps { store, target, path, range: Fixed(range), words: Fixed(field), silent, value, mixed } = props;
    let words = store.words();
    let draft = use_state_eq(|| None::<String>);
    let problem = use_state_eq(|| None::<String>);
    let sliding = use_mut_ref(|| false);
    let stops = use_memo(props.range, |range| Stops::of(range.0));

    // The value has changed by other means, such as undo: what was typed before is out of date.
    {
        let (draft, problem) = (draft.clone(), problem.clone());
        use_effect_with((*value, *mixed), move |_| {
            draft.set(None);
            problem.set(None);
        });
    }
    // A slide that is under way when the field goes away ends there.
    {
        let (store, sliding) = (store.clone(), sliding.clone());
        use_effect_with((), move |()| {
            move || {
                if sliding.replace(false) {
                    let _ = store.dispatch(Command::EndGesture);
                }
            }
        });
    }

    let apply = {
        let (store, target, path) = (store.clone(), target.clone(), path.clone());
        let (draft, problem) = (draft.clone(), problem.clone());
        move |number: f64| match target.set(&store, &path, number_value(number)) {
            Ok(()) => {
                draft.set(None);
                problem.set(None);
            }
            Err(rejected) => problem.set(Some(first_problem(&rejected, words))),
        }
    };
    let oninput = keep_draft(&draft);
    let onchange = {
        let (apply, problem) = (apply.clone(), problem.clone());
        Callback::from(move |event: Event| {
            let Some(input) = event.target_dyn_into::<HtmlInputElement>() else { return };
            match number::read(&input.value()) {
                Some(number) => apply(number),
                None => problem.set(Some(words.shell.not_a_number.to_owned())),
            }
        })
    };
    let onkeydown = {
        let (apply, draft, problem) = (apply.clone(), draft.clone(), problem.clone());
        let (stops, value, range) = (stops.clone(), *value, *range);
        Callback::from(move |event: KeyboardEvent| {
            let up = match event.key().as_str() {
                "ArrowUp" => true,
                "ArrowDown" => false,
                "Escape" => {
                    draft.set(None);
                    problem.set(None);
                    return;
                }
                _ => return,
            };
            event.prevent_default();
            let next = neighbour(&stops, value, up);
            apply(next.clamp(range.min, range.max));
        })
    };

    let begin = {
        let (store, sliding) = (store.clone(), sliding.clone());
        move || {
            if !sliding.replace(true) {
                let _ = store.dispatch(Command::BeginGesture);
            }
        }
    };
    let end = {
        let (store, sliding) = (store.clone(), sliding.clone());
        move || {
            if sliding.replace(false) {
                let _ = store.dispatch(Command::EndGesture);
            }
        }
    };
    let onslide = {
        let (apply, stops) = (apply.clone(), stops.clone());
        Callback::from(move |event: InputEvent| {
            if let Some(stop) = event.target_dyn_into::<HtmlInputElement>().and_then(|input| input.value().parse().ok())
            {
                apply(stops.value(stop));
            }
        })
    };
    let id = element_id(path);
    let (note_id, problem_id) = (format!("{id}-note"), format!("{id}-problem"));
    let shown = (*draft).clone().unwrap_or_else(|| if *mixed { String::new() } else { number::plain(*value) });
    let placeholder = mixed.then_some(words.document.mixed);
    let reach =
        (words.document.range)(&number::grouped(range.min), &number::with_grouped_unit(range.max, range.unit, words));
    let described = if problem.is_some() { problem_id.clone() } else { note_id.clone() };
    let slider = html! {
        <input type="range" min="0" max={stops.last().to_string()} step="1" value={stops.nearest(*value).to_string()}
            aria-label={(words.shell.slider)(field.name)}
            aria-valuetext={number::with_unit(*value, range.unit, words)}
            oninput={onslide}
            onpointerdown={let begin = begin.clone(); move |_| begin()}
            onpointerup={let end = end.clone(); move |_| end()}
            onpointercancel={let end = end.clone(); move |_| end()}
            onkeydown={let begin = begin.clone(); move |_| begin()}
            onkeyup={let end = end.clone(); move |_| end()}
            onblur={let end = end.clone(); move |_| end()} />
    };
    let typed = html! {
        <span class={classes!("setting-number", problem.is_some().then_some("is-wrong"))}>
            <input type="text" inputmode="decimal" autocomplete="off" spellcheck="false" id={id.clone()} value={shown}
                {placeholder} title={reach.clone()}
                aria-invalid={problem.is_some().to_string()} aria-describedby={described}
                {oninput} {onchange} {onkeydown} />
            <span class="setting-unit">{ (words.unit)(range.unit) }</span>
        </span>
    };
    html! {
        <div class="setting">
            if *silent {
                <div class="setting-line">
                    <label for={id} class="is-hidden">{ field.name }</label>
                    { slider }
                    { typed }
                </div>
                <p class="setting-note is-hidden" id={note_id}>{ reach }</p>
            } else {
                <div class="setting-line">
                    <label for={id}>{ field.name }</label>
                    { typed }
                </div>
                { slider }
                <p class="setting-note" id={note_id}>
                    { field.explanation }{ " " }<span class="setting-range">{ reach }</span>
                </p>
            }
            if let Some(problem) = &*problem {
                <p class="setting-problem" id={problem_id} role="alert">{ problem }</p>
            }
        </div>
    }
}

/// The value that an arrow key leads to: the next round one.
fn neighbour(stops: &Stops, value: f64, up: bool) -> f64 {
    let nearest = stops.nearest(value);
    let at = stops.value(nearest);
    match up {
        true if at > value => at,
        true if value >= stops.value(stops.last()) => value * 1.1,
        true => stops.value(nearest + 1),
        false if at < value => at,
        false => stops.value(nearest.saturating_sub(1)),
    }
}

/// What is typed into a field, and how it becomes a setting's value.
#[derive(Clone, PartialEq)]
enum Entry {
    /// Several numbers: there may be thousands of them.
    Numbers,
    /// A text.
    Text,
    /// The name of a header; the setting is all headers.
    HeaderName(String),
    /// The value of the header with this name.
    HeaderValue(String),
}

impl Entry {
    /// What the field shows of the setting's value.
    fn shown(&self, value: &Value) -> String {
        match self {
            Entry::Numbers => {
                let numbers = value.as_array().into_iter().flatten().filter_map(Value::as_f64);
                numbers.map(number::plain).collect::<Vec<_>>().join(", ")
            }
            Entry::Text => value.as_str().unwrap_or_default().to_owned(),
            Entry::HeaderName(name) => name.clone(),
            Entry::HeaderValue(name) => {
                let header = value.get(name).and_then(|value| serde_json::from_value(value.clone()).ok());
                header.as_ref().map(header::written).unwrap_or_default()
            }
        }
    }

    /// The setting's value with what was typed.
    fn read(&self, text: &str, value: &Value, words: &Words) -> Result<Value, String> {
        let mut headers = value.as_object().cloned().unwrap_or_else(Map::new);
        match self {
            Entry::Numbers => {
                let parts =
                    text.split([',', '，', '、', ';', '；', ' ']).map(str::trim).filter(|part| !part.is_empty());
                let numbers = parts.map(|part| number::read(part).map(number_value)).collect::<Option<Vec<_>>>();
                return numbers.map(Value::Array).ok_or_else(|| words.shell.not_a_number.to_owned());
            }
            Entry::Text => return Ok(json!(text)),
            Entry::HeaderName(name) if name != text && headers.contains_key(text) => {
                return Err(words.routing.header_stands_twice.to_owned());
            }
            Entry::HeaderName(name) => {
                let header = headers.remove(name).unwrap_or_default();
                headers.insert(text.to_owned(), header);
            }
            Entry::HeaderValue(name) => {
                headers.insert(name.clone(), json!(header::read(text)));
            }
        }
        Ok(Value::Object(headers))
    }
}

#[derive(PartialEq, Properties)]
struct TypedProps {
    store: Store,
    target: Target,
    path: AttrValue,
    /// The field's id in the page.
    id: AttrValue,
    entry: Entry,
    label: AttrValue,
    note: Option<&'static str>,
    /// Whether the name stands above already.
    silent: bool,
    value: Value,
    /// Whether several parts differ in it.
    mixed: bool,
}

/// A setting that is typed and read as a whole.
#[component]
fn TypedSetting(props: &TypedProps) -> Html {
    let TypedProps { store, target, path, id, entry, label, note, silent, value, mixed } = props;
    let words = store.words();
    let apply = {
        let (store, target, path, entry, value) =
            (store.clone(), target.clone(), path.clone(), entry.clone(), value.clone());
        Callback::from(move |text: String| {
            let value = entry.read(&text, &value, words)?;
            target.set(&store, &path, value).map_err(|rejected| first_problem(&rejected, words))
        })
    };
    let holds = if *mixed { String::new() } else { entry.shown(value) };
    let placeholder = mixed.then(|| AttrValue::from(words.document.mixed));
    html! { <TextEntry id={id} label={label} note={*note} silent={*silent} {holds} {placeholder} lines=1 {apply} /> }
}

/// What a field for text needs.
#[derive(PartialEq, Properties)]
pub struct TextProps {
    /// The field's id in the page.
    pub id: AttrValue,
    /// Its name.
    pub label: AttrValue,
    /// What is to be known of it.
    pub note: Option<&'static str>,
    /// Whether the name stands above already.
    #[prop_or_default]
    pub silent: bool,
    /// What it holds.
    pub holds: String,
    /// What is shown where it holds nothing.
    #[prop_or_default]
    pub placeholder: Option<AttrValue>,
    /// How many lines it has.
    pub lines: u32,
    /// Takes over what was typed, or says why not.
    pub apply: Callback<String, Result<(), String>>,
}

/// One field to type into. What is refused stays as it was typed, with the reason.
#[component]
pub fn TextEntry(props: &TextProps) -> Html {
    let TextProps { id, label, note, silent, holds, placeholder, lines, apply } = props;
    let draft = use_state_eq(|| None::<String>);
    let problem = use_state_eq(|| None::<String>);
    {
        let (draft, problem) = (draft.clone(), problem.clone());
        use_effect_with(holds.clone(), move |_| {
            draft.set(None);
            problem.set(None);
        });
    }
    let typed = |target: Option<web_sys::EventTarget>| {
        let target = target?;
        let input = target.dyn_ref::<HtmlInputElement>().map(HtmlInputElement::value);
        input.or_else(|| target.dyn_ref::<HtmlTextAreaElement>().map(HtmlTextAreaElement::value))
    };
    let oninput = {
        let draft = draft.clone();
        Callback::from(move |event: InputEvent| draft.set(typed(event.target())))
    };
    let onchange = {
        let (draft, problem, apply) = (draft.clone(), problem.clone(), apply.clone());
        Callback::from(move |event: Event| {
            let Some(text) = typed(event.target()) else { return };
            match apply.emit(text) {
                Ok(()) => {
                    draft.set(None);
                    problem.set(None);
                }
                Err(reason) => problem.set(Some(reason)),
            }
        })
    };
    let onkeydown = {
        let (draft, problem) = (draft.clone(), problem.clone());
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                draft.set(None);
                problem.set(None);
            }
        })
    };
    let shown = (*draft).clone().unwrap_or_else(|| holds.clone());
    let (note_id, problem_id) = (format!("{id}-note"), format!("{id}-problem"));
    let described = problem.is_some().then(|| problem_id.clone()).or_else(|| note.map(|_| note_id.clone()));
    let width = if *silent || *lines > 1 { "is-wide" } else { "is-text" };
    let invalid = problem.is_some().to_string();
    let field = if *lines > 1 {
        html! {
            <textarea {id} rows={lines.to_string()} value={shown} placeholder={placeholder.clone()} aria-invalid={invalid}
                aria-describedby={described} {oninput} {onchange} {onkeydown} />
        }
    } else {
        html! {
            <input type="text" autocomplete="off" autocapitalize="off" spellcheck="false" {id} value={shown}
                placeholder={placeholder.clone()} aria-invalid={invalid} aria-describedby={described}
                {oninput} {onchange} {onkeydown} />
        }
    };
    html! {
        <div class="setting">
            <div class={if *lines > 1 { "setting-block" } else { "setting-line" }}>
                <label for={id} class={silent.then_some("is-hidden")}>{ label }</label>
                <span class={classes!("setting-number", width, problem.is_some().then_some("is-wrong"))}>{ field }</span>
            </div>
            if let Some(note) = note {
                <p class="setting-note" id={note_id}>{ *note }</p>
            }
            if let Some(problem) = &*problem {
                <p class="setting-problem" id={problem_id} role="alert">{ problem }</p>
            }
        </div>
    }
}
