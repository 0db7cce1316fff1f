//! Which files there are to read below the paths that were given.

use std::{
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
};

use model::Reject;

/// A file to read. Nothing of it has been opened yet.
#[derive(Debug, PartialEq, Eq)]
pub enum File {
    Path { path: PathBuf, size: u64 },
    StandardInput,
}

/// The files, in the order of their names, and what could not even be listed.
#[derive(Debug, Default)]
pub struct Found {
    pub files: Vec<File>,
    pub rejects: Vec<Reject>,
}

impl File {
    /// As it is shown, and as a reject names it.
    pub fn name(&self) -> String {
        match self {
            Self::Path { path, .. } => path.display().to_string(),
            Self::StandardInput => "-".to_owned(),
        }
    }

    /// Packed size in bytes; unknown for standard input.
    pub fn size(&self) -> u64 {
        match self {
            Self::Path { size, .. } => *size,
            Self::StandardInput => 0,
        }
    }

    pub fn open(&self) -> io::Result<Box<dyn Read>> {
        match self {
            Self::Path { path, .. } => Ok(Box::new(fs::File::open(path)?)),
            Self::StandardInput => Ok(Box::new(io::stdin().lock())),
        }
    }
}

/// Walks the paths. What is not there or may not be read is said, and the walk goes on.
pub fn find(paths: &[PathBuf]) -> Found {
    let mut found = Found::default();
    for path in paths {
        if path.as_os_str() == "-" {
            found.files.push(File::StandardInput);
        } else {
            found.add(path, fs::metadata(path), true);
        }
    }
    found
}

impl Found {
    fn add(&mut self, path: &Path, metadata: io::Result<fs::Metadata>, named: bool) {
        match metadata {
            Err(error) => self.reject(path, &format!("cannot be read: {error}")),
            Ok(metadata) if metadata.is_dir() => self.add_folder(path),
            // Somebody who names a pipe means it; one that lies in a folder would block for ever.
            Ok(metadata) if metadata.is_file() || named => {
                self.files.push(File::Path { path: path.to_owned(), size: metadata.len() });
            }
            Ok(_) => self.reject(path, "neither a file nor a folder"),
        }
    }

    fn add_folder(&mut self, folder: &Path) {
        let entries = fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let mut entries = match entries {
            Ok(entries) => entries,
            Err(error) => return self.reject(folder, &format!("folder cannot be read: {error}")),
        };
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let path = entry.path();
            let is_link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
            // From its folder it is found without going all the way along the path again.
            let metadata = if is_link { fs::metadata(&path) } else { entry.metadata() };
            if is_link && metadata.as_ref().is_ok_and(fs::Metadata::is_dir) {
                // Following it could go round for ever.
                self.reject(&path, "a symbolic link to a folder is not followed; name it to read it");
            } else {
                self.add(&path, metadata, false);
            }
        }
    }

    fn reject(&mut self, path: &Path, reason: &str) {
        let path = path.display().to_string();
        self.rejects.push(Reject { path, offset: 0, reason: reason.to_owned() });
    }
}
