//! `mqp import` and `mqp export`: the way to a real broker and back.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use mq_playground::base::Language;
use mq_playground::interop::{Content, File, Form, Rates, Remarked, Users, definitions, draw, zipped};
use mq_playground::scenario::format;
use mq_playground::words::Words;
use regex::Regex;

use super::{GOOD, PROBLEMS, UNREADABLE, print, print_bytes, read};

/// Where scenarios come from.
#[derive(Subcommand)]
pub enum Source {
    /// RabbitMQ's definitions (`rabbitmqctl export_definitions`, `GET /api/definitions`), of a whole broker or one virtual host.
    Rabbitmq(Import),
}

/// What is read, and how.
#[derive(Args)]
pub struct Import {
    /// The file with the definitions.
    definitions: PathBuf,
    /// The virtual host; without it the one that has the most in it.
    #[arg(long, value_name = "NAME")]
    host: Option<String>,
    /// Answers of the management API (`GET /api/queues`, `GET /api/exchanges`): producers and consumers get their rates from them.
    #[arg(long, value_name = "FILE")]
    rates: Vec<PathBuf>,
    /// Exchanges, queues and bindings alone, without producers and consumers.
    #[arg(long, conflicts_with = "rates")]
    bare: bool,
    #[command(flatten)]
    language: Tongue,
}

/// What scenarios become.
#[derive(Subcommand)]
pub enum Target {
    /// Definitions that `rabbitmqctl import_definitions` and the management API take.
    Rabbitmq(Export),
    /// A broker in a container that has the definitions from the beginning (Docker Compose); an archive.
    Compose(Export),
    /// Resources of the provider `rabbitmq` (Terraform, OpenTofu).
    Terraform(Export),
    /// A description of channels and operations (AsyncAPI 3).
    Asyncapi(Export),
    /// A shell script of rabbitmqadmin's commands.
    Rabbitmqadmin(Export),
    /// Programs that publish and consume as drawn, in Python, Rust, Java and JavaScript; an archive.
    Clients(Export),
}

/// What is written, and how.
#[derive(Args)]
pub struct Export {
    /// The scenario file.
    scenario: PathBuf,
    /// The virtual host.
    #[arg(long, value_name = "NAME", default_value = definitions::FIRST_HOST)]
    host: String,
    /// Where the files go, instead of to standard output (of several files, an archive as ZIP).
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
    #[command(flatten)]
    language: Tongue,
}

/// In which language parts are named and remarks are made.
#[derive(Args)]
struct Tongue {
    /// The language of names and remarks, as an IETF tag: en or zh-CN.
    #[arg(long = "lang", value_parser = |tag: &str| Language::from_tag(tag).ok_or("en and zh-CN are there"), default_value = "en")]
    language: Language,
}

impl Tongue {
    fn words(&self) -> &'static Words {
        Words::of(self.language)
    }

    /// What does not come along is said beside what does.
    fn say(&self, remarks: &[Remarked]) {
        for sentence in Remarked::describe(remarks, self.words()) {
            eprintln!("{sentence}");
        }
    }
}

/// Prints a scenario of what is read.
pub fn import(Source::Rabbitmq(import): &Source) -> u8 {
    match imported(import) {
        Ok(()) => GOOD,
        Err(code) => code,
    }
}

fn imported(import: &Import) -> Result<(), u8> {
    let words = import.language.words();
    let unreadable = |path: &Path, why: &definitions::Unreadable| {
        eprintln!("{}: {}", path.display(), (words.interop.unreadable)(why));
        PROBLEMS
    };
    let patterns = |pattern: &str| -> Option<definitions::Pattern> {
        let pattern = Regex::new(pattern).ok()?;
        Some(Box::new(move |name| pattern.is_match(name)))
    };
    let read = definitions::read(&text(&import.definitions)?, import.host.as_deref(), &patterns)
        .map_err(|why| unreadable(&import.definitions, &why))?;
    let mut rates = Rates::default();
    for path in &import.rates {
        rates.add(&text(path)?, read.host.as_deref()).map_err(|why| unreadable(path, &why))?;
    }
    let users = if import.bare { Users::Nobody } else { Users::Suggested(rates) };
    let (scenario, remarks) = draw(&read.topology, &users, read.title(), words);
    import.language.say(&[read.remarks, remarks].concat());
    let problems = format::check(&scenario);
    for problem in &problems {
        eprintln!("{}: {}", import.definitions.display(), problem.describe(words));
    }
    if !problems.is_empty() {
        return Err(PROBLEMS);
    }
    print(&format::to_text(&scenario));
    Ok(())
}

fn text(path: &Path) -> Result<String, u8> {
    fs::read_to_string(path).map_err(|error| {
        eprintln!("{}: cannot be read: {error}", path.display());
        UNREADABLE
    })
}

/// Prints what becomes of a scenario, or puts it into a folder.
pub fn export(target: &Target) -> u8 {
    let (form, export) = match target {
        Target::Rabbitmq(export) => (Form::Rabbitmq, export),
        Target::Compose(export) => (Form::Compose, export),
        Target::Terraform(export) => (Form::Terraform, export),
        Target::Asyncapi(export) => (Form::Asyncapi, export),
        Target::Rabbitmqadmin(export) => (Form::Rabbitmqadmin, export),
        Target::Clients(export) => (Form::Clients, export),
    };
    let scenario = match read(&export.scenario) {
        Ok(scenario) => scenario,
        Err(code) => return code,
    };
    let (content, remarks) = form.of(&scenario, &export.host, export.language.language);
    export.language.say(&remarks);
    let Some(folder) = &export.folder else {
        match content {
            Content::Text(text) => print(&text),
            Content::Files(files) => print_bytes(&zipped(&files)),
        }
        return GOOD;
    };
    let files = match content {
        Content::Text(text) => vec![File::new(form.ending(), text)],
        Content::Files(files) => files,
    };
    for file in files {
        let path = folder.join(&file.path);
        let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, file.content));
        if let Err(error) = written {
            eprintln!("{}: cannot be written: {error}", path.display());
            return UNREADABLE;
        }
    }
    GOOD
}
