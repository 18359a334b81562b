//! Texts with their paths, and archives of them.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// A text file of what is handed out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Where it is in its folder; folders are parted by `/`.
    pub path: String,
    /// What is in it, as UTF-8.
    pub content: String,
}

impl File {
    /// A file with this content.
    pub fn new(path: impl Into<String>, content: impl Into<String>) -> File {
        File { path: path.into(), content: content.into() }
    }
}

/// A ZIP archive of files, in their order. The same files give the same bytes: entries are stored as they are, and all
/// have the time at which ZIP's calendar begins. Of two files with one path the first is kept.
pub fn zipped(files: &[File]) -> Vec<u8> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for file in files {
        // Memory takes everything; what can be refused is a path that is there already.
        if archive.start_file(file.path.as_str(), options).is_ok() {
            let _ = archive.write_all(file.content.as_bytes());
        }
    }
    archive.finish().map(Cursor::into_inner).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn an_archive_has_the_files_and_is_the_same_each_time() {
        let files = [File::new("a.txt", "eins"), File::new("b/ü.txt", "队列\n"), File::new("a.txt", "again")];
        let bytes = zipped(&files);
        assert_eq!(bytes, zipped(&files));
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        assert_eq!(archive.len(), 2);
        for file in &files[..2] {
            let mut content = String::new();
            archive.by_name(&file.path).unwrap().read_to_string(&mut content).unwrap();
            assert_eq!(content, file.content);
        }
        assert!(zip::ZipArchive::new(Cursor::new(zipped(&[]))).unwrap().is_empty());
    }
}
