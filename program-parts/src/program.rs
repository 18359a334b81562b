//! A WebAssembly module as it is read before it is split.

use wasmparser::{
    CompositeInnerType, ElementItems, ElementKind, Export, FuncType, FunctionBody, GlobalType, Name, Operator, Parser,
    Payload, TableType, TypeRef,
};

/// What a module consists of, as far as it matters where its functions go.
pub struct Program<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) types: Vec<FuncType>,
    pub(crate) globals: Vec<GlobalType>,
    pub(crate) tables: Vec<TableType>,
    pub(crate) memory: wasmparser::MemoryType,
    pub(crate) exports: Vec<Export<'a>>,
    /// How many functions are imported; they come first in the numbers of functions.
    pub(crate) imported: u32,
    /// The functions, the imported ones included, by their numbers.
    pub(crate) functions: Vec<Function<'a>>,
    /// The functions that stand in tables: whoever calls them does not name them.
    pub(crate) in_tables: Vec<u32>,
    pub(crate) start: Option<u32>,
}

/// A function.
pub(crate) struct Function<'a> {
    /// Its type's number.
    pub kind: u32,
    /// Its name, demangled and without hash; empty if it has none.
    pub name: String,
    /// What it consists of; none if it is imported.
    pub body: Option<FunctionBody<'a>>,
    /// The functions that it names.
    pub names: Vec<u32>,
}

impl<'a> Program<'a> {
    /// Reads a module.
    ///
    /// # Errors
    /// It is damaged, or has something that a program of wasm-bindgen's does not have, and that could not be split.
    pub fn read(bytes: &'a [u8]) -> Result<Program<'a>, String> {
        let mut types = Vec::new();
        let (mut globals, mut tables, mut memories) = (Vec::new(), Vec::new(), Vec::new());
        let (mut exports, mut in_tables, mut start) = (Vec::new(), Vec::new(), None);
        let mut functions: Vec<Function<'a>> = Vec::new();
        let mut names: Vec<(u32, String)> = Vec::new();
        let mut imported = 0;
        let function = |kind| Function { kind, name: String::new(), body: None, names: Vec::new() };
        for payload in Parser::new(0).parse_all(bytes) {
            match payload.map_err(told)? {
                Payload::TypeSection(section) => {
                    for group in section {
                        for kind in group.map_err(told)?.into_types() {
                            let CompositeInnerType::Func(kind) = kind.composite_type.inner else {
                                return Err("a type is none of a function".to_owned());
                            };
                            types.push(kind);
                        }
                    }
                }
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        let TypeRef::Func(kind) = import.map_err(told)?.ty else {
                            return Err("something other than functions is imported".to_owned());
                        };
                        functions.push(function(kind));
                        imported += 1;
                    }
                }
                Payload::FunctionSection(section) => {
                    for kind in section {
                        functions.push(function(kind.map_err(told)?));
                    }
                }
                Payload::TableSection(section) => {
                    for table in section {
                        tables.push(table.map_err(told)?.ty);
                    }
                }
                Payload::MemorySection(section) => {
                    for memory in section {
                        memories.push(memory.map_err(told)?);
                    }
                }
                Payload::GlobalSection(section) => {
                    for global in section {
                        globals.push(global.map_err(told)?.ty);
                    }
                }
                Payload::ExportSection(section) => {
                    for export in section {
                        exports.push(export.map_err(told)?);
                    }
                }
                Payload::StartSection { func, .. } => start = Some(func),
                Payload::ElementSection(section) => {
                    for element in section {
                        let element = element.map_err(told)?;
                        let (ElementKind::Active { .. }, ElementItems::Functions(items)) =
                            (element.kind, element.items)
                        else {
                            return Err("a table is filled in an unknown way".to_owned());
                        };
                        for item in items {
                            in_tables.push(item.map_err(told)?);
                        }
                    }
                }
                Payload::CodeSectionEntry(body) => {
                    let next = functions[imported as usize..].iter_mut().find(|function| function.body.is_none());
                    next.ok_or("there is code of no function")?.body = Some(body);
                }
                Payload::CustomSection(section) => {
                    if let wasmparser::KnownCustom::Name(section) = section.as_known() {
                        for part in section {
                            if let Name::Function(map) = part.map_err(told)? {
                                for naming in map {
                                    let naming = naming.map_err(told)?;
                                    names.push((naming.index, plain_name(naming.name)));
                                }
                            }
                        }
                    }
                }
                _ => {}
            }
        }
        for (index, name) in names {
            if let Some(function) = functions.get_mut(index as usize) {
                function.name = name;
            }
        }
        for function in &mut functions {
            function.names = match &function.body {
                Some(body) => named_in(body)?,
                None => Vec::new(),
            };
        }
        let [memory] = memories[..] else { return Err("there is not exactly one memory".to_owned()) };
        Ok(Program { bytes, types, globals, tables, memory, exports, imported, functions, in_tables, start })
    }

    /// The number of a function where one more is imported.
    pub(crate) fn with_one_more(&self, function: u32) -> u32 {
        if function < self.imported { function } else { function + 1 }
    }

    /// The names of the functions that have code, by their numbers.
    pub fn names(&self) -> impl Iterator<Item = (u32, &str)> {
        let with_code = self.functions.iter().enumerate().skip(self.imported as usize);
        with_code.map(|(index, function)| (index as u32, function.name.as_str()))
    }
}

/// The functions that a body names.
fn named_in(body: &FunctionBody<'_>) -> Result<Vec<u32>, String> {
    let mut named = Vec::new();
    for operator in body.get_operators_reader().map_err(told)? {
        match operator.map_err(told)? {
            Operator::Call { function_index } | Operator::RefFunc { function_index } => named.push(function_index),
            Operator::ReturnCall { .. }
            | Operator::MemoryInit { .. }
            | Operator::DataDrop { .. }
            | Operator::TableInit { .. }
            | Operator::ElemDrop { .. } => return Err("a function does what cannot be split".to_owned()),
            _ => {}
        }
    }
    named.sort_unstable();
    named.dedup();
    Ok(named)
}

/// A name as people write it, without the hash that is another one after each change.
fn plain_name(mangled: &str) -> String {
    format!("{:#}", rustc_demangle::demangle(mangled))
}

pub(crate) fn told(error: wasmparser::BinaryReaderError) -> String {
    error.to_string()
}
