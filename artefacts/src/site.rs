//! A built site, as it lies in its folder.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

/// A folder with a site that was built.
#[derive(Clone, Debug)]
pub struct Site {
    folder: PathBuf,
    /// The page, as it was built.
    pub index: String,
}

impl Site {
    /// Reads the page of a built site.
    ///
    /// # Errors
    /// There is no `index.html` in the folder, with what to do about it.
    pub fn open(folder: &Path) -> Result<Site, String> {
        let path = folder.join("index.html");
        let index = fs::read_to_string(&path).map_err(|error| {
            format!("{}: {error}; `cargo xtask artefacts` builds the site and then calls this program", path.display())
        })?;
        Ok(Site { folder: folder.to_owned(), index })
    }

    /// Where something of the site lies; `address` is relative to the page, with `/` and perhaps `./` before it.
    pub fn path(&self, address: &str) -> PathBuf {
        self.folder.join(address.trim_start_matches("./"))
    }

    /// Reads a text of the site.
    ///
    /// # Errors
    /// It is not there or no text.
    pub fn text(&self, address: &str) -> Result<String, String> {
        let path = self.path(address);
        fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
    }

    /// Reads a file of the site.
    ///
    /// # Errors
    /// It is not there.
    pub fn bytes(&self, address: &str) -> Result<Vec<u8>, String> {
        let path = self.path(address);
        fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))
    }

    /// Writes a file into the site, with its folders.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&self, address: &str, content: impl AsRef<[u8]>) -> Result<(), String> {
        let path = self.path(address);
        let told = |error: std::io::Error| format!("{}: {error}", path.display());
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(told)?;
        }
        fs::write(&path, content).map_err(told)
    }

    /// Removes what was made in this folder before.
    ///
    /// # Errors
    /// It is there and cannot be removed.
    pub fn clear(&self, address: &str) -> Result<(), String> {
        let path = self.path(address);
        match fs::remove_dir_all(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(format!("{}: {error}", path.display())),
            _ => Ok(()),
        }
    }

    /// The addresses of all files of the site, in order; those whose first part `leaves_out` says are not among them, nor is what
    /// begins with a dot.
    ///
    /// # Errors
    /// A folder that cannot be read.
    pub fn files(&self, leaves_out: impl Fn(&str) -> bool) -> Result<Vec<String>, String> {
        let mut found = Vec::new();
        let hidden =
            |entry: &walkdir::DirEntry| entry.depth() > 0 && entry.file_name().to_string_lossy().starts_with('.');
        for entry in WalkDir::new(&self.folder).into_iter().filter_entry(|entry| !hidden(entry)) {
            let entry = entry.map_err(|error| error.to_string())?;
            if !entry.file_type().is_file() {
                continue;
            }
            let relative = entry.path().strip_prefix(&self.folder).unwrap_or(entry.path());
            let parts: Vec<_> = relative.iter().map(|part| part.to_string_lossy()).collect();
            if !parts.first().is_some_and(|first| leaves_out(first)) {
                found.push(parts.join("/"));
            }
        }
        found.sort();
        Ok(found)
    }

    /// The files that the page fetches while it runs, by the addresses that it asks for: lessons, scenarios and their lists.
    ///
    /// # Errors
    /// One that cannot be read.
    pub fn data(&self) -> Result<BTreeMap<String, String>, String> {
        let files = self.files(|first| !matches!(first, "lessons" | "scenarios" | "scenarios-index.json"))?;
        let json = files.into_iter().filter(|file| file.ends_with(".json"));
        json.map(|file| self.text(&file).map(|text| (file, text))).collect()
    }
}
