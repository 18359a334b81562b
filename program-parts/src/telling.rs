//! A program that tells which of its functions are called: so is found what a page begins with.

use std::convert::Infallible;

use wasm_encoder::reencode::{self, Reencode};
use wasm_encoder::{CodeSection, EntityType, ImportSection, Instruction, Module, TypeSection, ValType};

use crate::program::Program;
use crate::split::Reencoded;

/// Under which name the program imports whom it tells the numbers of functions.
pub(crate) const IMPORT: (&str, &str) = ("parts", "called");

/// The program with a call at the beginning of each function, which tells the function's number.
///
/// # Errors
/// The program has something that cannot be written again.
pub fn telling(program: &Program<'_>) -> Result<Vec<u8>, String> {
    let mut module = Module::new();
    let parser = wasmparser::Parser::new(0);
    Telling(program, 0).parse_core_module(&mut module, parser, program.bytes).map_err(|error| error.to_string())?;
    Ok(module.finish())
}

/// The program, and how many of its functions are written.
struct Telling<'p, 'a>(&'p Program<'a>, u32);

impl Reencode for Telling<'_, '_> {
    type Error = Infallible;

    fn function_index(&mut self, function: u32) -> Reencoded<u32> {
        Ok(self.0.with_one_more(function))
    }

    fn parse_type_section(&mut self, types: &mut TypeSection, section: wasmparser::TypeSectionReader<'_>) -> Reencoded {
        reencode::utils::parse_type_section(self, types, section)?;
        types.ty().function([ValType::I32], []);
        Ok(())
    }

    fn parse_import_section(
        &mut self,
        imports: &mut ImportSection,
        section: wasmparser::ImportSectionReader<'_>,
    ) -> Reencoded {
        reencode::utils::parse_import_section(self, imports, section)?;
        imports.import(IMPORT.0, IMPORT.1, EntityType::Function(self.0.types.len() as u32));
        Ok(())
    }

    fn parse_function_body(&mut self, code: &mut CodeSection, body: wasmparser::FunctionBody<'_>) -> Reencoded {
        let index = self.0.imported + self.1;
        self.1 += 1;
        let mut function = self.new_function_with_parsed_locals(&body)?;
        function.instruction(&Instruction::I32Const(index as i32));
        function.instruction(&Instruction::Call(self.0.imported));
        let mut reader = body.get_operators_reader()?;
        while !reader.eof() {
            let instruction = self.parse_instruction(&mut reader)?;
            function.instruction(&instruction);
        }
        code.function(&function);
        Ok(())
    }
}
