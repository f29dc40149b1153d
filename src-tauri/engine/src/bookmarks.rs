//! Bookmarks on disk.

use domain::bookmark::{self, Bookmark};
use domain::failure::{Code, Failure};

use crate::{Engine, clock, files};

/// What the file is called in failures.
const FILE: &str = "bookmarks.toml";

impl Engine {
    /// The person's bookmarks, in the order of the file.
    pub fn bookmarks(&self) -> Result<Vec<Bookmark>, Failure> {
        bookmark::parse(FILE, &self.bookmarks_text()?.unwrap_or_default())
    }

    /// Adds bookmarks. Fails, and adds none, if one of their names is taken.
    pub fn add_bookmarks(&self, new: &[Bookmark]) -> Result<(), Failure> {
        self.edit_bookmarks(|text| bookmark::with(FILE, text, new).map(|text| (text, ())))
    }

    /// Removes the bookmark of this name, and says whether there was one.
    pub fn remove_bookmark(&self, name: &str) -> Result<bool, Failure> {
        self.edit_bookmarks(|text| {
            let without = bookmark::without(FILE, text, name)?;
            let found = without.is_some();
            Ok((without.unwrap_or_else(|| text.to_owned()), found))
        })
    }

    fn edit_bookmarks<T>(
        &self,
        edit: impl FnOnce(&str) -> Result<(String, T), Failure>,
    ) -> Result<T, Failure> {
        let _lock = self.lock("bookmarks")?;
        let before = self.bookmarks_text()?;
        let (after, result) = edit(before.as_deref().unwrap_or_default())?;
        if before.as_deref().unwrap_or_default() != after {
            let before = before.map(String::into_bytes);
            let path = self.folders.bookmarks_path();
            files::replace_theirs(&path, before.as_deref(), after.as_bytes(), clock::now())?;
        }
        Ok(result)
    }

    fn bookmarks_text(&self) -> Result<Option<String>, Failure> {
        let path = self.folders.bookmarks_path();
        let Some(bytes) = files::read_theirs(&path)? else { return Ok(None) };
        String::from_utf8(bytes).map(Some).map_err(|_| {
            let hint = "save it as UTF-8, or move it away";
            Failure::new(Code::FileRefused, format!("{} is not UTF-8 text", path.display()), hint)
        })
    }
}
