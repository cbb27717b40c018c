//! Big digits: three by five points, a point two columns wide so that it is square.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
};

/// The points of 0 to 9, row by row, the leftmost point in the highest of three bits.
const DIGITS: [[u8; 5]; 10] = [
    [0b111, 0b101, 0b101, 0b101, 0b111],
    [0b010, 0b110, 0b010, 0b010, 0b111],
    [0b111, 0b001, 0b111, 0b100, 0b111],
    [0b111, 0b001, 0b111, 0b001, 0b111],
    [0b101, 0b101, 0b111, 0b001, 0b001],
    [0b111, 0b100, 0b111, 0b001, 0b111],
    [0b111, 0b100, 0b111, 0b101, 0b111],
    [0b111, 0b001, 0b001, 0b001, 0b001],
    [0b111, 0b101, 0b111, 0b101, 0b111],
    [0b111, 0b101, 0b111, 0b001, 0b111],
];
const ROWS: u16 = 5;

/// How large the digits are and how far from each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Size {
    scale: u16,
    gap: u16,
}

impl Size {
    /// The largest size at which the grouped digits fit; none if even the smallest does not.
    pub(super) fn fitting(grouped: &str, columns: u16, rows: u16) -> Option<Self> {
        let sizes =
            [Self { scale: 2, gap: 4 }, Self { scale: 1, gap: 2 }, Self { scale: 1, gap: 1 }];
        sizes.into_iter().find(|size| size.width(grouped) <= columns && size.height() <= rows)
    }

    /// How many rows the digits fill.
    pub(super) const fn height(self) -> u16 {
        ROWS.saturating_mul(self.scale)
    }

    fn width(self, grouped: &str) -> u16 {
        let all = grouped.chars().map(|c| self.advance(c)).fold(0, u16::saturating_add);
        all.saturating_sub(self.gap)
    }

    /// How far it is from the beginning of one character to the next.
    fn advance(self, c: char) -> u16 {
        let filled = if c == ' ' { self.scale } else { self.scale.saturating_mul(6) };
        filled.saturating_add(self.gap)
    }
}

/// Draws the digits with reversed spaces, in the style's colour.
pub(super) fn draw(grouped: &str, size: Size, style: Style, buffer: &mut Buffer, area: Rect) {
    let style = style.add_modifier(Modifier::REVERSED);
    let mut x = area.x;
    for c in grouped.chars() {
        let digit = c.to_digit(10).and_then(|value| usize::try_from(value).ok());
        if let Some(points) = digit.and_then(|value| DIGITS.get(value)) {
            draw_digit(points, size, style, buffer, Rect { x, ..area });
        }
        x = x.saturating_add(size.advance(c));
    }
}

fn draw_digit(points: &[u8; 5], size: Size, style: Style, buffer: &mut Buffer, area: Rect) {
    for (row, bits) in (0_u16..).zip(points) {
        for column in (0_u16..3).filter(|column| bits & (0b100 >> column) != 0) {
            let point = Rect {
                x: area.x.saturating_add(column.saturating_mul(2).saturating_mul(size.scale)),
                y: area.y.saturating_add(row.saturating_mul(size.scale)),
                width: size.scale.saturating_mul(2),
                height: size.scale,
            };
            buffer.set_style(point.intersection(buffer.area), style);
        }
    }
}
