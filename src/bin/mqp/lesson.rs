//! `mqp check` for lessons.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::rc::Rc;

use mq_playground::base::Language;
use mq_playground::lessons::{self, Lesson, Place, Problem};
use mq_playground::scenario::format;
use mq_playground::words::Words;
use serde_json::Value;

use super::{GOOD, PROBLEMS, UNREADABLE, print};

pub fn schema() -> Value {
    lessons::schema::lesson_schema()
}

/// Whether a file is a lesson: one in a folder of its own, or one with all that belongs to it.
pub fn is_one(file: &Path) -> bool {
    file.file_name().is_some_and(|name| name == lesson_text::LESSON_FILE)
        || fs::read_to_string(file)
            .ok()
            .and_then(|text| serde_json::from_str::<Value>(&text).ok())
            .is_some_and(|value| value.get("mq_lesson").is_some())
}

/// Whether a file is the list of the lessons in a folder, which is no document.
pub fn is_list(file: &Path) -> bool {
    file.file_name().is_some_and(|name| name == "index.json")
}

/// Says everything that is wrong with a lesson.
pub fn check(file: &Path) -> u8 {
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) => {
            eprintln!("{}: cannot be read: {error}", file.display());
            return UNREADABLE;
        }
    };
    let folder = file.parent().unwrap_or(Path::new("."));
    let in_folder = file.file_name().is_some_and(|name| name == lesson_text::LESSON_FILE);
    let lesson = if in_folder && serde_json::from_str::<Value>(&text).is_ok() {
        match lesson_text::bundle(folder) {
            Ok(bundled) => {
                for (path, mistake) in &bundled.mistakes {
                    eprintln!("{}:{}:{}: {}", path.display(), mistake.line, mistake.column, mistake.what);
                }
                // Where steps stand in the texts is not part of what is joined, but is needed to say where something is wrong.
                let found = Lesson::read(bundled.lesson).map(|mut lesson| {
                    with_places(&mut lesson, folder);
                    lesson
                });
                if !bundled.mistakes.is_empty() { found.and_then(|_| Err(Vec::new())) } else { found }
            }
            Err((path, what)) => {
                eprintln!("{}: {what}", path.display());
                return UNREADABLE;
            }
        }
    } else {
        Lesson::parse(&text)
    };
    let lesson = match lesson {
        Ok(lesson) => Rc::new(lesson),
        Err(problems) => {
            tell(file, folder, &text, &problems);
            return PROBLEMS;
        }
    };
    let problems = lessons::check(&lesson);
    tell(file, folder, &text, &problems);
    let beside = others(folder);
    let unknown = if in_folder { lessons::unknown_lessons(&lesson, &beside) } else { Vec::new() };
    for id in &unknown {
        eprintln!("{}:1:1: there is no lesson \"{id}\" beside this one", file.display());
    }
    let misnamed = in_folder && folder.file_name().is_some_and(|name| name != lesson.id.as_str());
    if misnamed {
        let (line, column) = format::locate(&text, "/id");
        eprintln!("{}:{line}:{column}: /id: the lesson is called like its folder", file.display());
    }
    if !problems.is_empty() || !unknown.is_empty() || misnamed {
        return PROBLEMS;
    }
    let languages: Vec<&str> = lesson.texts.keys().map(|language| language.tag()).collect();
    print(&format!("{}: good, {} steps, {}\n", file.display(), lesson.steps.len(), languages.join(" and ")));
    GOOD
}

fn with_places(lesson: &mut Lesson, folder: &Path) {
    for (language, text) in &mut lesson.texts {
        if let Ok(markdown) = fs::read_to_string(folder.join(lesson_text::text_file(language.tag()))) {
            *text = lesson_text::LessonText::read(&markdown).0;
        }
    }
}

/// The lessons in the folders beside a lesson's.
fn others(folder: &Path) -> BTreeSet<String> {
    let beside = folder.canonicalize().ok().and_then(|folder| folder.parent().map(Path::to_owned));
    let entries = beside.and_then(|beside| fs::read_dir(beside).ok()).into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.path().join(lesson_text::LESSON_FILE).exists())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}

fn tell(file: &Path, folder: &Path, text: &str, problems: &[Problem]) {
    let words = Words::of(Language::English);
    for problem in problems {
        let said = problem.describe(words);
        match &problem.place {
            Place::Pointer(pointer) => {
                let (line, column) = format::locate(text, pointer);
                eprintln!("{}:{line}:{column}: {pointer}: {said}", file.display());
            }
            Place::Line { line, column } => eprintln!("{}:{line}:{column}: {said}", file.display()),
            Place::Text { language, line, column } => {
                let path = folder.join(lesson_text::text_file(language.tag()));
                eprintln!("{}:{line}:{column}: {said}", path.display());
            }
        }
    }
}
