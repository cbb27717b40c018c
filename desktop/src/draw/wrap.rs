//! Lines of a given width for text that mixes Japanese and English.

use unicode_width::UnicodeWidthChar as _;

/// Characters that no line begins with.
const NOT_FIRST: &str = "、。」』）)．，！？!?:：;・ーっゃゅょぁぃぅぇぉッャュョァィゥェォ";
/// Characters that no line ends with.
const NOT_LAST: &str = "「『（(";

/// Whether all terminals give a character the same number of columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Columns {
    /// They do.
    Agreed,
    /// Japanese ones give it two, others one (East Asian Ambiguous, UAX 11).
    Disputed,
}

/// The text in parts of which terminals agree, and characters, with the marks on them, of which they
/// do not.
pub(super) fn parts(text: &str) -> Vec<(String, Columns)> {
    let mut parts: Vec<(String, Columns)> = Vec::new();
    for c in text.chars() {
        let columns = if c.width() == c.width_cjk() { Columns::Agreed } else { Columns::Disputed };
        let is_mark = c.width() == Some(0);
        match parts.last_mut() {
            Some((part, _)) if is_mark => part.push(c),
            Some((part, Columns::Agreed)) if columns == Columns::Agreed => part.push(c),
            _ => parts.push((c.to_string(), columns)),
        }
    }
    parts
}

/// How many columns a text fills at most, on any terminal.
pub(super) fn width(text: &str) -> u16 {
    text.chars().map(char_width).fold(0, u16::saturating_add)
}

/// The text, cut with two dots where it is too wide.
pub(super) fn truncate(text: &str, columns: u16) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let room = columns.saturating_sub(2);
    let mut cut = String::new();
    for c in text.chars() {
        if width(&cut).saturating_add(char_width(c)) > room {
            break;
        }
        cut.push(c);
    }
    cut.push_str("..");
    cut
}

/// Breaks a text into lines: between words, and between Japanese characters where the rules for
/// punctuation (kinsoku) allow it. A word wider than a line is broken anywhere.
pub(super) fn wrap(text: &str, columns: u16) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for piece in pieces(text) {
        let fits = width(&line).saturating_add(width(piece.trim_end())) <= columns;
        if !fits && !line.is_empty() {
            lines.push(std::mem::take(&mut line).trim_end().to_owned());
        }
        for c in piece.chars() {
            if width(&line).saturating_add(char_width(c)) > columns && c != ' ' {
                lines.push(std::mem::take(&mut line));
            }
            line.push(c);
        }
    }
    lines.push(line.trim_end().to_owned());
    lines
}

/// The parts of a text that stay together.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut from = 0;
    let mut before: Option<char> = None;
    for (at, c) in text.char_indices() {
        if before.is_some_and(|before| may_break(before, c)) {
            pieces.extend(text.get(from..at));
            from = at;
        }
        before = Some(c);
    }
    pieces.extend(text.get(from..));
    pieces
}

fn may_break(before: char, after: char) -> bool {
    if NOT_LAST.contains(before) || NOT_FIRST.contains(after) || after == ' ' {
        return false;
    }
    before == ' ' || is_wide(before) || is_wide(after)
}

fn is_wide(c: char) -> bool {
    char_width(c) == 2
}

fn char_width(c: char) -> u16 {
    u16::try_from(c.width_cjk().unwrap_or_default()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_breaks_between_words() {
        assert_eq!(wrap("one two  three", 8), ["one two", "three"]);
        assert_eq!(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(wrap("", 3), [""]);
    }

    #[test]
    fn japanese_breaks_anywhere_but_before_a_full_stop() {
        assert_eq!(wrap("銀行です。次", 8), ["銀行で", "す。次"]);
        assert_eq!(wrap("QR コードの「画像」", 12), ["QR コードの", "「画像」"]);
    }

    #[test]
    fn a_character_whose_width_is_disputed_stands_alone_with_its_marks() {
        let parts = parts("口座①\u{301}×b");
        let expected = [
            ("口座", Columns::Agreed),
            ("①\u{301}", Columns::Disputed),
            ("×", Columns::Disputed),
            ("b", Columns::Agreed),
        ];
        assert_eq!(parts, expected.map(|(part, columns)| (part.to_owned(), columns)));
        assert_eq!(width("口座①\u{301}×b"), 9);
    }

    #[test]
    fn a_cut_text_never_fills_more_than_its_columns() {
        for columns in 2..12 {
            assert!(width(&truncate("割符デモ bank", columns)) <= columns);
        }
        assert_eq!(truncate("割符", 4), "割符");
    }
}
