//! A program in two parts does what the whole does, whichever functions are in which.

use program_parts::{Program, split, telling};
use wasmi::{Caller, Engine, Extern, Linker, Module, Store, Val};

/// Functions that call each other by name and through a table, with memory, a global and an imported function.
const WHOLE: &str = r#"(module
    (import "host" "twice" (func $twice (param i32) (result i32)))
    (type $step (func (param i32) (result i32)))
    (table 4 funcref)
    (memory (export "memory") 1)
    (global $calls (mut i32) (i32.const 0))
    (data (i32.const 16) "\05\00\00\00")
    (elem (i32.const 1) $odd $stored)
    (func $even (param i32) (result i32)
        (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
        (if (result i32) (i32.eqz (local.get 0)) (then (call $stored (i32.const 16)))
            (else (call_indirect (type $step) (i32.sub (local.get 0) (i32.const 1)) (i32.const 1)))))
    (func $odd (param i32) (result i32)
        (if (result i32) (i32.eqz (local.get 0)) (then (call $twice (i32.const 4)))
            (else (call $even (i32.sub (local.get 0) (i32.const 1))))))
    (func $stored (param i32) (result i32)
        (i32.store (i32.const 32) (call $wide (i64.const 3) (f64.const 2)))
        (i32.add (i32.load (local.get 0)) (i32.load (i32.const 32))))
    (func $wide (param i64 f64) (result i32)
        (i32.add (i32.wrap_i64 (local.get 0)) (i32.trunc_f64_s (local.get 1))))
    (func (export "run") (param i32) (result i32)
        (i32.add (i32.mul (call $even (local.get 0)) (i32.const 100)) (global.get $calls))))"#;

/// What the parts need of each other, and how often the second was sent for.
#[derive(Default)]
struct Host {
    first: Option<wasmi::Instance>,
    second: Option<Module>,
    sent_for: u32,
    called: Vec<i32>,
}

fn linker(engine: &Engine) -> Linker<Host> {
    let mut linker = Linker::new(engine);
    linker.func_wrap("host", "twice", |number: i32| number * 2).unwrap();
    linker
        .func_wrap("parts", "called", |mut caller: Caller<'_, Host>, number: i32| caller.data_mut().called.push(number))
        .unwrap();
    linker
        .func_wrap("parts", "join", |mut caller: Caller<'_, Host>| {
            let host = caller.data_mut();
            host.sent_for += 1;
            let (first, second) = (host.first.unwrap(), host.second.take().unwrap());
            let exports: Vec<(String, Extern)> =
                first.exports(&caller).map(|export| (export.name().to_owned(), export.into_extern())).collect();
            let mut linker = Linker::new(caller.engine());
            for (name, export) in exports {
                linker.define("first", &name, export).unwrap();
            }
            linker.instantiate_and_start(&mut caller, &second).unwrap();
        })
        .unwrap();
    linker
}

fn begin(wasm: &[u8], second: Option<&[u8]>) -> (Store<Host>, wasmi::Instance) {
    let engine = Engine::default();
    let second = second.map(|bytes| Module::new(&engine, bytes).unwrap());
    let mut store = Store::new(&engine, Host { second, ..Host::default() });
    let module = Module::new(&engine, wasm).unwrap();
    let instance = linker(&engine).instantiate_and_start(&mut store, &module).unwrap();
    store.data_mut().first = Some(instance);
    (store, instance)
}

fn run(store: &mut Store<Host>, instance: wasmi::Instance, number: i32) -> i32 {
    let mut result = [Val::I32(0)];
    instance.get_func(&*store, "run").unwrap().call(store, &[Val::I32(number)], &mut result).unwrap();
    result[0].i32().unwrap()
}

#[test]
fn the_parts_do_what_the_whole_does() {
    let whole = wat::parse_str(WHOLE).unwrap();
    let program = Program::read(&whole).unwrap();
    let names = ["even", "odd", "stored", "wide"];
    for chosen in 0..1_u32 << names.len() {
        let stays =
            |name: &str, _| names.iter().position(|other| *other == name).is_some_and(|at| chosen >> at & 1 == 1);
        let parts = split(&program, stays).unwrap();
        assert_eq!(parts.moved, names.len() - chosen.count_ones() as usize);
        let (mut store, instance) = begin(&parts.first, Some(&parts.second));
        let (mut whole_store, whole_instance) = begin(&whole, None);
        for number in [0, 1, 6, 7] {
            let expected = run(&mut whole_store, whole_instance, number);
            assert_eq!(run(&mut store, instance, number), expected, "{number} with {chosen:b}");
        }
        let needed = u32::from(parts.moved > 0);
        assert_eq!(
            store.data().sent_for,
            needed,
            "the second part comes once, and only where there is one: {chosen:b}"
        );
    }
}

#[test]
fn a_telling_program_tells_its_functions_in_the_order_of_their_calls() {
    let whole = wat::parse_str(WHOLE).unwrap();
    let program = Program::read(&whole).unwrap();
    let (mut store, instance) = begin(&telling(&program).unwrap(), None);
    let (mut whole_store, whole_instance) = begin(&whole, None);
    assert_eq!(run(&mut store, instance, 1), run(&mut whole_store, whole_instance, 1));
    let names: Vec<(u32, &str)> = program.names().collect();
    let told =
        store.data().called.iter().map(|number| names.iter().find(|(other, _)| *other == *number as u32).unwrap().1);
    assert_eq!(told.collect::<Vec<_>>(), ["", "even", "odd"]);
}

#[test]
fn what_cannot_be_split_is_refused() {
    let refused = |text: &str| Program::read(&wat::parse_str(text).unwrap()).err();
    assert!(refused("(module (import \"a\" \"b\" (memory 1)))").is_some());
    assert!(refused("(module)").is_some());
    assert!(refused("(module (memory 1) (data $a \"x\") (func data.drop $a))").is_some());
    assert!(Program::read(b"\0asm, but not really").is_err());
}
