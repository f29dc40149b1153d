//! What an edit of a config changes, for a person to look at before it is made.

use std::collections::HashMap;

/// A larger table than this is not made to find out which lines of a section stayed.
const LARGEST_TABLE: usize = 1 << 20;

/// The changed lines in the form of `diff -U0`, each hunk with the header of its section. Lines that stay are not
/// shown, as they may hold anybody's secrets, nor are values of keys that do. Nothing if nothing changes.
///
/// Sections are compared with those of the same header: an edit of ours does not move any. Line ends do not count.
pub fn between<'text>(before: &'text str, after: &'text str) -> String {
    let (old, new) = (blocks(before), blocks(after));
    let mut shown = String::new();
    let (mut o, mut n) = (0, 0);
    let (mut left_old, mut left_new) = (counts(&old), counts(&new));
    while o < old.len() || n < new.len() {
        match (old.get(o), new.get(n)) {
            // What stands above the first section has no header to know it by.
            (Some(a), Some(b)) if a.lines.first() == b.lines.first() || (o, n) == (0, 0) => {
                in_block(a, b, &mut shown);
                (o, n) = (take(&mut left_old, a, o), take(&mut left_new, b, n));
            }
            // Where the new text has no such section any more, it went; else the other one came. Several in a row are
            // one hunk.
            _ => {
                let (from, to) = (o, n);
                while let Some(a) = old.get(o).filter(|a| n >= new.len() || !left_new.contains_key(header(a)))
                {
                    o = take(&mut left_old, a, o);
                }
                while let Some(b) = new.get(n).filter(|b| old.get(o).is_none_or(|a| header(a) != header(b))) {
                    n = take(&mut left_new, b, n);
                }
                let start = |blocks: &[Block<'_>], at: usize| {
                    blocks.get(at).map_or(after_last(blocks), |block| block.start)
                };
                let lines = |blocks: &[Block<'text>]| blocks.iter().flat_map(|b| b.lines.clone()).collect();
                let (gone, come): (Vec<&str>, Vec<&str>) = (lines(&old[from..o]), lines(&new[to..n]));
                hunk(start(&old, from), &gone, start(&new, to), &come, "", &mut shown);
            }
        }
    }
    shown
}

/// A section with what stands below it, or what stands above the first.
struct Block<'a> {
    /// Its first line, counted from 0.
    start: usize,
    lines: Vec<&'a str>,
}

fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks = vec![Block { start: 0, lines: Vec::new() }];
    for (at, line) in text.lines().enumerate() {
        if line.starts_with('[') {
            blocks.push(Block { start: at, lines: Vec::new() });
        }
        if let Some(block) = blocks.last_mut() {
            block.lines.push(line);
        }
    }
    blocks
}

fn header<'a>(block: &Block<'a>) -> &'a str {
    block.lines.first().copied().unwrap_or_default()
}

fn after_last(blocks: &[Block<'_>]) -> usize {
    blocks.last().map_or(0, |block| block.start + block.lines.len())
}

/// How often each header is still to come.
fn counts<'a>(blocks: &[Block<'a>]) -> HashMap<&'a str, usize> {
    let mut counts = HashMap::new();
    for block in blocks {
        *counts.entry(header(block)).or_default() += 1;
    }
    counts
}

fn take<'a>(left: &mut HashMap<&'a str, usize>, block: &Block<'a>, at: usize) -> usize {
    if let Some(count) = left.get_mut(header(block)) {
        *count -= 1;
        if *count == 0 {
            left.remove(header(block));
        }
    }
    at + 1
}

/// Lines of one section: what is not in the longest common subsequence.
fn in_block(old: &Block<'_>, new: &Block<'_>, shown: &mut String) {
    let (a, b) = (&old.lines, &new.lines);
    if a == b {
        return;
    }
    let width = b.len() + 1;
    let too_large = (a.len() + 1).saturating_mul(width) > LARGEST_TABLE;
    let mut table = vec![0_u32; if too_large { 0 } else { (a.len() + 1) * width }];
    let cell = |table: &[u32], i: usize, j: usize| table.get(i * width + j).copied().unwrap_or_default();
    for i in (0..a.len()).rev().filter(|_| !too_large) {
        for j in (0..b.len()).rev() {
            let longest = cell(&table, i + 1, j).max(cell(&table, i, j + 1));
            table[i * width + j] = if a[i] == b[j] { cell(&table, i + 1, j + 1) + 1 } else { longest };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < a.len() || j < b.len() {
        let (from, to) = (i, j);
        while (i < a.len() || j < b.len()) && (i == a.len() || j == b.len() || a[i] != b[j]) {
            if j == b.len() || (i < a.len() && cell(&table, i + 1, j) >= cell(&table, i, j + 1)) {
                i += 1;
            } else {
                j += 1;
            }
        }
        hunk(old.start + from, &a[from..i], new.start + to, &b[to..j], header(new), shown);
        (i, j) = (i + 1, j + 1);
    }
}

fn hunk(old: usize, gone: &[&str], new: usize, come: &[&str], header: &str, shown: &mut String) {
    if gone.is_empty() && come.is_empty() {
        return;
    }
    let range = |start: usize, count: usize| match count {
        // As `diff` counts: the line after which nothing stands.
        0 => format!("{start},0"),
        1 => format!("{}", start + 1),
        _ => format!("{},{count}", start + 1),
    };
    let (old, new) = (range(old, gone.len()), range(new, come.len()));
    let section = if header.starts_with('[') { format!(" {header}") } else { String::new() };
    shown.push_str(&crate::text::line(&format!("@@ -{old} +{new} @@{section}")));
    shown.push('\n');
    for (sign, line) in gone.iter().map(|line| ('-', line)).chain(come.iter().map(|line| ('+', line))) {
        shown.push(sign);
        shown.push_str(&crate::text::line(&without_secret(line)));
        shown.push('\n');
    }
}

fn without_secret(line: &str) -> String {
    let secret = |key: &str| {
        let key = key.trim().to_ascii_lowercase();
        ["aws_secret_access_key", "aws_session_token", "aws_security_token"].contains(&key.as_str())
    };
    match line.split_once(['=', ':']) {
        Some((key, _)) if secret(key) => format!("{key}= …"),
        _ => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::between;

    #[test]
    fn only_what_changes_is_shown_with_its_section() {
        let before = "# mine\n[default]\naws_secret_access_key = theirs\n\n[profile a]\nregion = x\noutput = json\n\n\
                      [profile b]\nx = 1\naws_secret_access_key = s\n";
        let after = "# mine\n[default]\naws_secret_access_key = theirs\n\n[profile a]\nregion = y\noutput = json\n\n\
                     [profile c]\nx = \u{1b}1\n";
        let expected = "@@ -6 +6 @@ [profile a]\n-region = x\n+region = y\n\
                        @@ -9,3 +9,2 @@\n-[profile b]\n-x = 1\n-aws_secret_access_key = …\n\
                        +[profile c]\n+x = \\u{1b}1\n";
        assert_eq!(between(before, after), expected);
        assert_eq!(between(before, before), "");
        assert_eq!(between("[a]\nx = 1", "[a]\r\nx = 1\r\n"), "", "line ends do not count");
        assert_eq!(between("", "[a]\nx\n"), "@@ -0,0 +1,2 @@\n+[a]\n+x\n");
    }

    #[test]
    fn new_sections_in_front_and_repeated_headers_are_told() {
        let shown = between("[a]\n1\n[a]\n2\n", "[n]\n[a]\n1\n");
        assert_eq!(shown, "@@ -0,0 +1 @@\n+[n]\n@@ -3,2 +3,0 @@\n-[a]\n-2\n");
        assert_eq!(between("x\n[a]\n", "y\n[a]\n"), "@@ -1 +1 @@\n-x\n+y\n");
    }
}
