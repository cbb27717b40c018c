//! Draws a [`View`]: a function of the view and the terminal's size, nothing else.
//!
//! Only characters are used whose width no terminal disputes: box lines, bullets and blocks are one
//! column wide in some Japanese terminals and two in others. Lines and digits are made of reversed
//! and underlined spaces instead. Where a name has such a character, it keeps two columns, so that
//! nothing after it moves.

mod digits;
mod page;
mod tokens;
mod wrap;

use ratatui::{
    buffer::Buffer,
    layout::{Constraint, Layout, Margin, Position, Rect},
    style::{Color, Modifier, Style},
};

use crate::{
    texts,
    view::{Body, View},
};

use wrap::{Columns, parts, truncate, width, wrap};

/// The least size that everything fits in.
pub const SMALLEST: (u16, u16) = (44, 16);

/// How things look. Nothing is told by colour alone.
#[derive(Debug, Clone, Copy)]
pub struct Theme {
    color: bool,
}

impl Theme {
    /// With or without colour. The two text colours of the 256 are readable on black and on white.
    pub const fn new(color: bool) -> Self {
        Self { color }
    }

    fn strong(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    fn calm(self) -> Style {
        Style::new().add_modifier(Modifier::DIM)
    }

    fn bar(self) -> Style {
        let bar = if self.color {
            Style::new().fg(Color::Indexed(231)).bg(Color::Indexed(25))
        } else {
            Style::new().add_modifier(Modifier::REVERSED)
        };
        bar.add_modifier(Modifier::BOLD)
    }

    fn accent(self) -> Style {
        self.colored(Color::Indexed(32))
    }

    fn warning(self) -> Style {
        self.colored(Color::Indexed(166)).add_modifier(Modifier::BOLD)
    }

    fn colored(self, color: Color) -> Style {
        if self.color { Style::new().fg(color) } else { Style::new() }
    }
}

/// Draws the view into the buffer; gives the place of the cursor where something is typed.
pub fn draw(view: &View, theme: Theme, buffer: &mut Buffer) -> Option<Position> {
    let area = buffer.area;
    if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
        let text = texts::too_small(view.lang, &SMALLEST.0, &SMALLEST.1);
        paragraph(buffer, area, &text, Style::new());
        return None;
    }
    let (keys, gap) = arrange_keys(&view.keys, area.width.saturating_sub(4));
    let keys_height = u16::try_from(keys.len()).unwrap_or(u16::MAX);
    let rows = [
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Fill(1),
        Constraint::Length(banner_height(view, area.height)),
        Constraint::Length(1),
        Constraint::Length(keys_height),
    ];
    let [title, _, body, banner, notice, footer] = Layout::vertical(rows).areas(area);
    draw_title(view, theme, buffer, title);
    for (row, text) in banner.rows().zip(&view.banner) {
        line(buffer, row.inner(Margin::new(2, 0)), text, Style::new());
    }
    let body = body.inner(Margin::new(2, 0));
    let cursor = match &view.body {
        Body::Tokens(tokens) => {
            tokens::draw(tokens, theme, buffer, body);
            None
        }
        Body::Page(page) => page::draw(page, theme, buffer, body),
    };
    if let Some(text) = &view.notice {
        let style = if text.is_warning { theme.warning() } else { theme.strong() };
        line(buffer, notice.inner(Margin::new(2, 0)), &text.text, style);
    } else if let Some(text) = &view.hint {
        line(buffer, notice.inner(Margin::new(2, 0)), text, theme.calm());
    }
    for (row, keys) in footer.rows().zip(&keys) {
        draw_keys(keys, gap, theme, buffer, row.inner(Margin::new(2, 0)));
    }
    cursor
}

/// The rows of the banner. Its first line always has one; the others yield to the codes on a low screen.
fn banner_height(view: &View, rows: u16) -> u16 {
    let lines = u16::try_from(view.banner.len()).unwrap_or(u16::MAX);
    lines.min(rows.saturating_sub(SMALLEST.1).saturating_add(1))
}

/// The title with the page number at the right, on a bar from side to side.
fn draw_title(view: &View, theme: Theme, buffer: &mut Buffer, area: Rect) {
    let inner = area.inner(Margin::new(2, 0));
    line(buffer, inner, view.title, Style::new());
    if let Some(page) = &view.page {
        line(buffer, right(inner, page), page, Style::new());
    }
    buffer.set_style(area, theme.bar());
}

/// The keys on one line if they fit there, a little closer if they must; else on several.
fn arrange_keys<'a>(keys: &[&'a str], columns: u16) -> (Vec<Vec<&'a str>>, u16) {
    let wide = wrap_keys(keys, 3, columns);
    if wide.len() > 1 { (wrap_keys(keys, 2, columns), 2) } else { (wide, 3) }
}

/// As many keys on a line as fit.
fn wrap_keys<'a>(keys: &[&'a str], gap: u16, columns: u16) -> Vec<Vec<&'a str>> {
    let mut lines: Vec<Vec<&str>> = vec![Vec::new()];
    let mut used = 0_u16;
    for key in keys {
        if used.saturating_add(width(key)) > columns {
            lines.push(Vec::new());
            used = 0;
        }
        used = used.saturating_add(width(key)).saturating_add(gap);
        if let Some(last) = lines.last_mut() {
            last.push(key);
        }
    }
    lines
}

/// The key itself stands out from what it does.
fn draw_keys(keys: &[&str], gap: u16, theme: Theme, buffer: &mut Buffer, area: Rect) {
    let mut at = area;
    for text in keys {
        let (key, does) = text.split_once(' ').unwrap_or((text, ""));
        line(buffer, at, key, theme.strong());
        at = skip(at, width(key).saturating_add(1));
        line(buffer, at, does, Style::new());
        at = skip(at, width(does).saturating_add(gap));
    }
}

/// One line of text, cut where the area ends.
fn line(buffer: &mut Buffer, area: Rect, text: &str, style: Style) {
    if area.width > 0 && area.height > 0 {
        let mut x = area.x;
        for (part, columns) in parts(&truncate(text, area.width)) {
            match columns {
                Columns::Agreed => buffer.set_string(x, area.y, &part, style),
                Columns::Disputed => disputed(buffer, Position { x, y: area.y }, &part, style),
            }
            x = x.saturating_add(width(&part));
        }
    }
}

/// A character that fills one column here and two there: the space behind it fills the second, or
/// is written over by what follows, whose column the terminal is told anew after two columns.
fn disputed(buffer: &mut Buffer, at: Position, character: &str, style: Style) {
    if let Some(cell) = buffer.cell_mut(at) {
        cell.set_symbol(&format!("{character} ")).set_style(style);
    }
    let behind = Position { x: at.x.saturating_add(1), ..at };
    if let Some(cell) = buffer.cell_mut(behind) {
        cell.reset();
        cell.set_style(style);
    }
}

/// Text over several lines; gives the area below it.
fn paragraph(buffer: &mut Buffer, area: Rect, text: &str, style: Style) -> Rect {
    let lines = wrap(text, area.width);
    for (row, text) in area.rows().zip(&lines) {
        line(buffer, row, text, style);
    }
    below(area, u16::try_from(lines.len()).unwrap_or(u16::MAX))
}

/// What is left of an area under its first rows.
fn below(area: Rect, rows: u16) -> Rect {
    let rows = rows.min(area.height);
    Rect { y: area.y.saturating_add(rows), height: area.height.saturating_sub(rows), ..area }
}

/// What is left of an area after its first columns.
fn skip(area: Rect, columns: u16) -> Rect {
    let columns = columns.min(area.width);
    Rect { x: area.x.saturating_add(columns), width: area.width.saturating_sub(columns), ..area }
}

/// The place of a text at the right end of an area.
fn right(area: Rect, text: &str) -> Rect {
    skip(area, area.width.saturating_sub(width(text)))
}
