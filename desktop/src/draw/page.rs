use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::{Modifier, Style},
};

use super::{Theme, below, line, paragraph, skip, width, wrap::truncate};
use crate::{
    failure::Trouble,
    view::{Block, Page},
};

/// Text wider than this is hard to read.
const MEASURE: u16 = 72;

pub(super) fn draw(page: &Page, theme: Theme, buffer: &mut Buffer, area: Rect) -> Option<Position> {
    let area = Rect { width: area.width.min(MEASURE), ..area };
    line(buffer, area, page.heading, theme.strong());
    let mut rest = below(area, 2);
    let mut cursor = None;
    for block in &page.blocks {
        rest = match block {
            Block::Text(text) => paragraph(buffer, rest, text, Style::new()),
            Block::Field { label, shown, is_active } => {
                if *is_active {
                    cursor = cursor_after(shown, rest);
                }
                field(label, shown, *is_active, theme, buffer, rest)
            }
            Block::Pairs(pairs) => draw_pairs(pairs, theme, buffer, rest),
            Block::Working { text, tick, expect } => {
                working(text, *tick, expect, theme, buffer, rest)
            }
            Block::Trouble(trouble) => draw_trouble(trouble, theme, buffer, rest),
        };
        rest = below(rest, 1);
    }
    cursor
}

/// The label over a line to type in; the line that takes the keys has a mark before it.
fn field(
    label: &str,
    shown: &str,
    is_active: bool,
    theme: Theme,
    buffer: &mut Buffer,
    area: Rect,
) -> Rect {
    line(buffer, area, label, if is_active { theme.strong() } else { Style::new() });
    let row = below(area, 1);
    line(buffer, row, if is_active { ">" } else { " " }, theme.strong());
    let input = Rect { height: row.height.min(1), ..skip(row, 2) };
    line(buffer, input, &end_of(shown, room(area)), Style::new());
    buffer.set_style(input, Style::new().add_modifier(Modifier::UNDERLINED));
    below(area, 2)
}

fn cursor_after(shown: &str, area: Rect) -> Option<Position> {
    let row = below(area, 1);
    let columns = width(&end_of(shown, room(area))).saturating_add(2);
    (row.height > 0).then(|| Position { x: row.x.saturating_add(columns), y: row.y })
}

/// The columns for what is typed: one stays free for the cursor.
fn room(area: Rect) -> u16 {
    area.width.saturating_sub(3)
}

/// What is typed goes on at its end, so that is what is seen.
fn end_of(text: &str, columns: u16) -> String {
    let mut shown = text;
    while width(shown) > columns {
        let mut rest = shown.chars();
        rest.next();
        shown = rest.as_str();
    }
    shown.to_owned()
}

fn draw_pairs(
    pairs: &[(&'static str, String)],
    theme: Theme,
    buffer: &mut Buffer,
    area: Rect,
) -> Rect {
    let names = pairs.iter().map(|(name, _)| width(name)).max().unwrap_or_default();
    let mut rest = area;
    for (name, text) in pairs {
        line(buffer, rest, name, theme.strong());
        let at = skip(rest, names.saturating_add(3));
        let after = paragraph(buffer, at, text, Style::new());
        rest = Rect { y: after.y, height: after.height, ..rest };
    }
    rest
}

/// A mark that moves from side to side shows that the work goes on.
fn working(
    text: &str,
    tick: u64,
    expect: &str,
    theme: Theme,
    buffer: &mut Buffer,
    area: Rect,
) -> Rect {
    const TRACK: u16 = 16;
    let step = u16::try_from(tick % 26).unwrap_or_default();
    let at = if step <= 13 { step } else { 26_u16.saturating_sub(step) };
    line(buffer, area, text, theme.strong());
    let track = skip(area, width(text).saturating_add(2));
    line(buffer, track, "[", Style::new());
    let mark = Rect { width: 3, height: 1, ..skip(track, at.saturating_add(1)) };
    buffer.set_style(mark.intersection(area), theme.accent().add_modifier(Modifier::REVERSED));
    line(buffer, skip(track, TRACK.saturating_add(1)), "]", Style::new());
    paragraph(buffer, below(area, 1), expect, Style::new())
}

fn draw_trouble(trouble: &Trouble, theme: Theme, buffer: &mut Buffer, area: Rect) -> Rect {
    let mut rest = paragraph(buffer, area, &format!("! {}", trouble.what), theme.warning());
    for detail in &trouble.details {
        line(buffer, skip(rest, 2), &truncate(detail, rest.width.saturating_sub(2)), Style::new());
        rest = below(rest, 1);
    }
    let next = paragraph(buffer, skip(rest, 2), trouble.next, Style::new());
    line(buffer, next, &trouble.support, Style::new());
    below(Rect { x: rest.x, width: rest.width, ..next }, u16::from(!trouble.support.is_empty()))
}
