//! The two parts of a program.
//!
//! The first part has all numbers of functions of the whole, so that tables, exports and calls stay as they are. A function that
//! has gone to the second part is there as a stub: it calls through a table of its own that the second part fills, and has the
//! second part come before that. The second part borrows memory, tables, globals and the functions of the first.

use std::collections::BTreeMap;

use wasm_encoder::reencode::{self, Reencode, RoundtripReencoder};
use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, ElementSection, Elements, EntityType, ExportKind, ExportSection, Function,
    FunctionSection, GlobalType, ImportSection, Instruction, MemoryType, Module, RefType, TableSection, TableType,
    TypeSection,
};
use wasmparser::ExternalKind;

use crate::program::Program;

/// Under which name the first part imports what brings the second.
pub(crate) const IMPORT: (&str, &str) = ("parts", "join");
/// Under which name the second part imports what it borrows.
pub(crate) const FIRST: &str = "first";

/// A program in two parts.
pub struct Parts {
    /// What the page begins with.
    pub first: Vec<u8>,
    /// What comes after it.
    pub second: Vec<u8>,
    /// How many functions have gone to the second part.
    pub moved: usize,
}

/// Splits a program: `stays` says of each function that has code, by its name and its bytes, whether it stays in the first part. What
/// is exported or begins the program stays as well.
///
/// # Errors
/// The program has something that cannot be split.
pub fn split(program: &Program<'_>, stays: impl Fn(&str, u64) -> bool) -> Result<Parts, String> {
    let stays = |function: &crate::program::Function<'_>| {
        let size = |body: &wasmparser::FunctionBody<'_>| body.range().end - body.range().start;
        function.body.as_ref().map(size).is_none_or(|size| stays(&function.name, size))
    };
    let mut kept: Vec<bool> = program.functions.iter().map(stays).collect();
    let exported = program.exports.iter().filter(|export| export.kind == ExternalKind::Func);
    for index in exported.map(|export| export.index).chain(program.start) {
        kept[index as usize] = true;
    }
    let moved: Vec<u32> = (0..kept.len() as u32).filter(|index| !kept[*index as usize]).collect();

    // What the first part calls of the second, by its place in the table between them.
    let from_first = program.functions.iter().zip(&kept).filter(|(_, kept)| **kept);
    let mut called: Vec<u32> = from_first.flat_map(|(function, _)| &function.names).copied().collect();
    called.extend(&program.in_tables);
    called.retain(|index| !kept[*index as usize]);
    called.sort_unstable();
    called.dedup();
    let places: BTreeMap<u32, u32> = called.iter().zip(0..).map(|(index, place)| (*index, place)).collect();

    // What the second part calls of the first.
    let mut borrowed: Vec<u32> =
        moved.iter().flat_map(|index| &program.functions[*index as usize].names).copied().collect();
    borrowed.retain(|index| kept[*index as usize]);
    borrowed.sort_unstable();
    borrowed.dedup();

    let first = First { program, kept: &kept, places: &places, borrowed: &borrowed, next: 0 };
    Ok(Parts { first: first.make()?, second: second(program, &moved, &called, &borrowed)?, moved: moved.len() })
}

fn lent_function(index: u32) -> String {
    format!("f{index}")
}

fn lent_global(index: usize) -> String {
    format!("g{index}")
}

fn lent_table(index: usize) -> String {
    format!("t{index}")
}

const LENT_MEMORY: &str = "m";

struct First<'p, 'a> {
    program: &'p Program<'a>,
    kept: &'p [bool],
    places: &'p BTreeMap<u32, u32>,
    borrowed: &'p [u32],
    next: u32,
}

impl First<'_, '_> {
    fn make(mut self) -> Result<Vec<u8>, String> {
        let mut module = Module::new();
        let parser = wasmparser::Parser::new(0);
        let bytes = self.program.bytes;
        self.parse_core_module(&mut module, parser, bytes).map_err(|error| error.to_string())?;
        Ok(module.finish())
    }

    /// The type of what brings the second part: nothing in, nothing out. It is added after the others.
    fn join_type(&self) -> u32 {
        self.program.types.len() as u32
    }

    fn table(&self) -> u32 {
        self.program.tables.len() as u32
    }

    /// A function that has gone.
    fn stub(&self, index: u32) -> Function {
        let mut stub = Function::new([]);
        let Some(place) = self.places.get(&index) else {
            stub.instruction(&Instruction::Unreachable).instruction(&Instruction::End);
            return stub;
        };
        let kind = self.program.functions[index as usize].kind;
        stub.instruction(&Instruction::I32Const(*place as i32))
            .instruction(&Instruction::TableGet(self.table()))
            .instruction(&Instruction::RefIsNull)
            .instruction(&Instruction::If(BlockType::Empty))
            .instruction(&Instruction::Call(self.program.imported))
            .instruction(&Instruction::End);
        for parameter in 0..self.program.types[kind as usize].params().len() {
            stub.instruction(&Instruction::LocalGet(parameter as u32));
        }
        stub.instruction(&Instruction::I32Const(*place as i32))
            .instruction(&Instruction::CallIndirect { type_index: kind, table_index: self.table() })
            .instruction(&Instruction::End);
        stub
    }
}

pub(crate) type Reencoded<T = ()> = Result<T, reencode::Error<std::convert::Infallible>>;

impl Reencode for First<'_, '_> {
    type Error = std::convert::Infallible;

    fn function_index(&mut self, function: u32) -> Reencoded<u32> {
        Ok(self.program.with_one_more(function))
    }

    fn parse_type_section(&mut self, types: &mut TypeSection, section: wasmparser::TypeSectionReader<'_>) -> Reencoded {
        reencode::utils::parse_type_section(self, types, section)?;
        types.ty().function([], []);
        Ok(())
    }

    fn parse_import_section(
        &mut self,
        imports: &mut ImportSection,
        section: wasmparser::ImportSectionReader<'_>,
    ) -> Reencoded {
        reencode::utils::parse_import_section(self, imports, section)?;
        imports.import(IMPORT.0, IMPORT.1, EntityType::Function(self.join_type()));
        Ok(())
    }

    fn parse_table_section(
        &mut self,
        tables: &mut TableSection,
        section: wasmparser::TableSectionReader<'_>,
    ) -> Reencoded {
        reencode::utils::parse_table_section(self, tables, section)?;
        tables.table(between(self.places.len()));
        Ok(())
    }

    fn parse_export_section(
        &mut self,
        exports: &mut ExportSection,
        section: wasmparser::ExportSectionReader<'_>,
    ) -> Reencoded {
        reencode::utils::parse_export_section(self, exports, section)?;
        exports.export(LENT_MEMORY, ExportKind::Memory, 0);
        for index in 0..self.program.globals.len() {
            exports.export(&lent_global(index), ExportKind::Global, index as u32);
        }
        for index in 0..=self.program.tables.len() {
            exports.export(&lent_table(index), ExportKind::Table, index as u32);
        }
        for index in self.borrowed {
            let new = self.function_index(*index)?;
            exports.export(&lent_function(*index), ExportKind::Func, new);
        }
        Ok(())
    }

    fn parse_function_body(&mut self, code: &mut CodeSection, function: wasmparser::FunctionBody<'_>) -> Reencoded {
        let index = self.program.imported + self.next;
        self.next += 1;
        if self.kept[index as usize] {
            reencode::utils::parse_function_body(self, code, function)
        } else {
            code.function(&self.stub(index));
            Ok(())
        }
    }

    fn parse_custom_section(&mut self, _: &mut Module, _: wasmparser::CustomSectionReader<'_>) -> Reencoded {
        // Names are of no use to those who load the page.
        Ok(())
    }
}

/// The table through which the first part calls the second.
fn between(length: usize) -> TableType {
    let length = length as u64;
    TableType { element_type: RefType::FUNCREF, table64: false, minimum: length, maximum: Some(length), shared: false }
}

/// Bodies of functions as they stand in the second part.
struct Moved {
    numbers: BTreeMap<u32, u32>,
}

impl Reencode for Moved {
    type Error = std::convert::Infallible;

    fn function_index(&mut self, function: u32) -> Reencoded<u32> {
        // All that is named was counted when the parts were made up.
        Ok(self.numbers[&function])
    }
}

fn second(program: &Program<'_>, moved: &[u32], called: &[u32], borrowed: &[u32]) -> Result<Vec<u8>, String> {
    let mut plain = RoundtripReencoder;
    let mut module = Module::new();
    let mut types = TypeSection::new();
    for kind in &program.types {
        let kind = plain.func_type(kind.clone()).map_err(|error| error.to_string())?;
        types.ty().func_type(&kind);
    }
    let mut imports = ImportSection::new();
    let memory: MemoryType = plain.memory_type(program.memory).map_err(|error| error.to_string())?;
    imports.import(FIRST, LENT_MEMORY, memory);
    for (index, global) in program.globals.iter().enumerate() {
        let global: GlobalType = plain.global_type(*global).map_err(|error| error.to_string())?;
        imports.import(FIRST, &lent_global(index), global);
    }
    for (index, table) in program.tables.iter().enumerate() {
        let table = plain.table_type(*table).map_err(|error| error.to_string())?;
        imports.import(FIRST, &lent_table(index), table);
    }
    imports.import(FIRST, &lent_table(program.tables.len()), between(called.len()));
    for index in borrowed {
        let kind = program.functions[*index as usize].kind;
        imports.import(FIRST, &lent_function(*index), EntityType::Function(kind));
    }
    let mut functions = FunctionSection::new();
    for index in moved {
        functions.function(program.functions[*index as usize].kind);
    }
    let numbers = borrowed.iter().chain(moved).zip(0..).map(|(index, number)| (*index, number)).collect();
    let mut moved_bodies = Moved { numbers };
    let mut elements = ElementSection::new();
    let filled: Vec<u32> = called.iter().map(|index| moved_bodies.numbers[index]).collect();
    elements.active(Some(program.tables.len() as u32), &ConstExpr::i32_const(0), Elements::Functions(filled.into()));
    let mut code = CodeSection::new();
    for index in moved {
        if let Some(body) = program.functions[*index as usize].body.clone() {
            moved_bodies.parse_function_body(&mut code, body).map_err(|error| error.to_string())?;
        }
    }
    module.section(&types).section(&imports).section(&functions).section(&elements).section(&code);
    Ok(module.finish())
}
