//! A small part of a large file.

/// The sections whose headers name this profile, and perhaps others whose headers have the name in them. For who wants
/// one profile of a file with thousands, quickly, and only to show it: what stands elsewhere is not looked at.
pub fn excerpt(config: &[u8], profile: &str) -> Vec<u8> {
    let mut part = Vec::new();
    let mut inside = false;
    for line in config.split_inclusive(|byte| *byte == b'\n') {
        if line.first() == Some(&b'[') {
            inside = line.windows(profile.len().max(1)).any(|at| at == profile.as_bytes());
        }
        if inside {
            part.extend_from_slice(line);
        }
    }
    part
}

#[cfg(test)]
mod tests {
    use super::excerpt;
    use crate::profile_file::{ConfigFile, FileKind};

    #[test]
    fn the_profile_is_read_as_from_the_whole_file() {
        let file = b"; first\n[default]\nregion = a\n[profile dev]\r\nregion = b\n  nested = c\n# note\n\n\
            [profile dev2]\nregion = d\n[profile x]\nregion = e\n[profile dev]\nmore = f\n";
        for name in ["default", "dev", "dev2", "x", "none"] {
            let read = |bytes: &[u8]| {
                let section = ConfigFile::parse(bytes, FileKind::Config).unwrap().profile(name);
                section.map(|s| [s.get("region").map(str::to_owned), s.get("more").map(str::to_owned)])
            };
            assert_eq!(read(&excerpt(file, name)), read(file), "{name}");
        }
        assert!(!excerpt(file, "dev2").ends_with(b"e\n"));
    }
}
