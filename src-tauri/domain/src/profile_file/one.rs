//! Reading one profile out of a large file: it is on the path of every call of an AWS tool.

use super::FileKind;
use super::header::{self, DEFAULTS, Kind};
use super::line::is_space;
use super::outline::Outline;
use super::section::{self, Section};
use super::text::{self, Text, Unreadable};

/// The text is cut where a section begins at column 0: such a line ends the section above it for everybody, so each
/// piece is read the same with and without the others. Pieces none of whose bracketed lines can name the profile, or
/// `[DEFAULT]`, are left out; what remains is read as if it were the file.
pub(super) fn read(bytes: &[u8], kind: FileKind, name: &str) -> Result<Option<Section>, Unreadable> {
    let (_, body) = text::checked(bytes)?;
    let mut kept = String::new();
    // Which line of the file each kept line is. Counted only for what is kept.
    let mut lines: Vec<usize> = Vec::new();
    let (mut counted, mut line) = (0, 0);
    for piece in pieces(body, |bracketed| may_name(bracketed, kind, name)) {
        let (start, end) = piece;
        let text = body.get(start..end).unwrap_or_default();
        line += newlines(body.get(counted..start).unwrap_or_default());
        counted = end;
        let height = text.split_inclusive('\n').count();
        lines.extend(line..line + height);
        line += newlines(text);
        kept.push_str(text);
    }
    let outline = Outline::of(&Text::of(false, &kept), kind);
    Ok(section::read_one(&outline, Kind::Profile, name).map(|section| section.at_lines(&lines)))
}

fn newlines(text: &str) -> usize {
    text.bytes().filter(|byte| *byte == b'\n').count()
}

/// Start and end of the pieces in which some bracketed line matters.
fn pieces(body: &str, matters: impl Fn(&str) -> bool) -> Vec<(usize, usize)> {
    let mut pieces = Vec::new();
    let (mut start, mut wanted) = (0, false);
    for (at, _) in body.match_indices('[') {
        let line_start = body[..at].rfind('\n').map_or(0, |newline| newline + 1);
        if !body[line_start..at].chars().all(is_space) {
            continue;
        }
        let rest = &body[at..];
        let bracketed = rest.find('\n').map_or(rest, |end| &rest[..end]);
        if at == line_start && header::is_python_header(bracketed) {
            if wanted {
                pieces.push((start, at));
            }
            (start, wanted) = (at, false);
        }
        wanted = wanted || matters(bracketed);
    }
    if wanted {
        pieces.push((start, body.len()));
    }
    pieces
}

/// Whether any client may see this profile, or keys for all profiles, in a bracketed line. What `[profile x]` is needs
/// no second look; of other lines, all that have the name somewhere are taken, and all that may have it quoted.
fn may_name(bracketed: &str, kind: FileKind, name: &str) -> bool {
    let plain = bracketed.strip_prefix("[profile ").filter(|_| kind == FileKind::Config);
    let plain = plain.and_then(|rest| rest.strip_suffix('\r').unwrap_or(rest).strip_suffix(']'));
    match plain {
        Some(inside) if !inside.contains(|c: char| is_space(c) || "[]\"'\\#;".contains(c)) => inside == name,
        _ => {
            bracketed.contains(name) || bracketed.contains(['"', '\'', '\\']) || bracketed.contains(DEFAULTS)
        }
    }
}
