use ratatui::{
    buffer::Buffer,
    layout::{Constraint, Layout, Rect},
    style::{Modifier, Style},
};

use super::{Theme, below, digits, line, paragraph, right, skip, width};
use crate::view::{FaceView, LargeCard, Row, TokensView};

/// The bar of what remains, in columns.
const BAR: u16 = 40;
/// The rows of a large card without its digits.
const CARD_TEXT: u16 = 8;
/// How many lines of the list have room before the digits may grow.
const LIST: u16 = 6;
/// A code farther from its name than this is hard to find.
const LIST_WIDTH: u16 = 90;

pub(super) fn draw(view: &TokensView, theme: Theme, buffer: &mut Buffer, area: Rect) {
    let list = u16::try_from(view.rows.len()).unwrap_or(u16::MAX);
    let for_list = if list == 0 { 0 } else { list.min(LIST).saturating_add(1) };
    let rest = draw_card(&view.large, theme, buffer, area, for_list);
    let list = below(rest, 1);
    draw_list(&view.rows, theme, buffer, Rect { width: list.width.min(LIST_WIDTH), ..list });
}

/// Draws the large card; gives the area below it.
fn draw_card(
    card: &LargeCard,
    theme: Theme,
    buffer: &mut Buffer,
    area: Rect,
    for_list: u16,
) -> Rect {
    let mut rest = area;
    line(buffer, rest, &card.name, theme.strong());
    rest = below(rest, 1);
    for text in card.account.iter() {
        line(buffer, rest, text, Style::new());
        rest = below(rest, 1);
    }
    for (label, id) in card.credential_id.iter() {
        line(buffer, rest, label, Style::new());
        line(buffer, skip(rest, width(label).saturating_add(2)), id, theme.strong());
        rest = below(rest, 1);
    }
    rest = below(rest, 1);
    let for_digits = area.height.saturating_sub(CARD_TEXT).saturating_sub(for_list);
    rest = match &card.face {
        FaceView::Timed { code, remaining, seconds, soon, next } => {
            let rest = draw_code(code.grouped().as_str(), theme, buffer, rest, for_digits);
            let style = if soon.is_some() { theme.warning() } else { theme.accent() };
            let rest = draw_bar(*remaining, (seconds, *soon), style, buffer, rest);
            let (label, code) = next;
            line(buffer, rest, label, Style::new());
            let at = skip(rest, width(label).saturating_add(2));
            line(buffer, at, code.grouped().as_str(), theme.strong());
            below(rest, 1)
        }
        FaceView::Counted { code, hint } => {
            let rest = draw_code(code.grouped().as_str(), theme, buffer, rest, for_digits);
            paragraph(buffer, rest, hint, Style::new())
        }
        FaceView::Text(text) => paragraph(buffer, below(rest, 1), text, Style::new()),
    };
    match card.weakness {
        Some(text) => paragraph(buffer, below(rest, 1), text, theme.warning()),
        None => rest,
    }
}

/// The code in big digits, or as a word where it does not fit.
fn draw_code(grouped: &str, theme: Theme, buffer: &mut Buffer, area: Rect, rows: u16) -> Rect {
    let Some(size) = digits::Size::fitting(grouped, area.width, rows.max(5)) else {
        line(buffer, area, grouped, theme.strong());
        return below(area, 2);
    };
    digits::draw(grouped, size, theme.accent(), buffer, area);
    below(area, size.height().saturating_add(1))
}

/// How much of the code's time remains, as a bar and in words.
fn draw_bar(
    (remaining, period): (u64, u64),
    (seconds, soon): (&str, Option<&str>),
    style: Style,
    buffer: &mut Buffer,
    area: Rect,
) -> Rect {
    let filled = u64::from(BAR).saturating_mul(remaining).div_ceil(period.max(1));
    let filled = u16::try_from(filled).unwrap_or(BAR).min(BAR);
    line(buffer, area, "[", Style::new());
    let bar = Rect { width: filled, height: 1, ..skip(area, 1) };
    buffer.set_style(bar.intersection(area), style.add_modifier(Modifier::REVERSED));
    line(buffer, skip(area, BAR.saturating_add(1)), "]", Style::new());
    let mut at = skip(area, BAR.saturating_add(3));
    line(buffer, at, seconds, Style::new().add_modifier(Modifier::BOLD));
    at = skip(at, width(seconds).saturating_add(2));
    line(buffer, at, soon.unwrap_or_default(), style);
    below(area, 2)
}

/// The list, moved so far that the selected line is in it.
fn draw_list(rows: &[Row], theme: Theme, buffer: &mut Buffer, area: Rect) {
    let height = usize::from(area.height);
    let selected = rows.iter().position(|row| row.is_selected).unwrap_or_default();
    let first = selected.saturating_add(1).saturating_sub(height);
    for (line, row) in area.rows().zip(rows.iter().skip(first)) {
        draw_row(row, theme, buffer, line);
    }
}

fn draw_row(row: &Row, theme: Theme, buffer: &mut Buffer, area: Rect) {
    let style = if row.is_selected { theme.strong() } else { Style::new() };
    let columns = [
        Constraint::Length(2),
        Constraint::Fill(1),
        Constraint::Length(18),
        Constraint::Length(12),
    ];
    let [mark, name, code, seconds] = Layout::horizontal(columns).areas(area);
    line(buffer, mark, if row.is_selected { ">" } else { " " }, style);
    line(buffer, Rect { width: name.width.saturating_sub(1), ..name }, &row.name, style);
    match &row.code {
        Ok(made) => line(buffer, code, made.grouped().as_str(), style),
        Err(word) => {
            line(buffer, Rect { width: code.width.saturating_add(12), ..code }, word, style)
        }
    }
    if let Some(text) = &row.seconds {
        line(buffer, right(seconds, text), text, style);
    }
}
