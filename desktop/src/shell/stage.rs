use std::io::{self, BufWriter};

use ratatui::{
    Terminal as Canvas,
    backend::CrosstermBackend,
    crossterm::{
        cursor::Show,
        event::{DisableBracketedPaste, EnableBracketedPaste},
        execute,
        terminal::{EnterAlternateScreen, LeaveAlternateScreen},
    },
    layout::{Position, Rect},
};

use crate::{
    draw::{Theme, draw},
    input::{Output, Raw, Terminal},
    view::View,
};

/// The terminal as something to draw on. However the program ends, it is given back as it was.
pub(super) struct Stage {
    canvas: Canvas<CrosstermBackend<BufWriter<Output>>>,
    raw: Option<Raw>,
    theme: Theme,
}

impl Stage {
    pub(super) fn enter(terminal: &Terminal, theme: Theme) -> io::Result<Self> {
        give_back_on_panic();
        let output = BufWriter::with_capacity(64 << 10, crate::input::output()?);
        let canvas = Canvas::new(CrosstermBackend::new(output))?;
        let mut stage = Self { canvas, raw: None, theme };
        stage.enter_again(terminal)?;
        Ok(stage)
    }

    pub(super) fn enter_again(&mut self, terminal: &Terminal) -> io::Result<()> {
        self.raw = Some(terminal.raw()?);
        execute!(self.canvas.backend_mut(), EnterAlternateScreen, EnableBracketedPaste)?;
        self.forget()
    }

    /// Draws the whole view; only what differs from the last frame is sent.
    pub(super) fn draw(&mut self, view: &View) -> io::Result<()> {
        let theme = self.theme;
        self.canvas.draw(|frame| {
            if let Some(cursor) = draw(view, theme, frame.buffer_mut()) {
                frame.set_cursor_position(cursor);
            }
        })?;
        Ok(())
    }

    /// Forgets what is on the terminal: somebody else may have drawn on it.
    pub(super) fn forget(&mut self) -> io::Result<()> {
        // Not `clear`: it asks the terminal for the cursor's place, and its answer would be a key.
        let size = self.canvas.size()?;
        self.canvas.resize(Rect::from((Position::ORIGIN, size)))
    }

    pub(super) fn leave(&mut self) {
        if self.raw.take().is_some() {
            // A terminal that is gone needs nothing back.
            let _ = leave(self.canvas.backend_mut());
        }
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.leave();
    }
}

fn leave(output: &mut impl io::Write) -> io::Result<()> {
    execute!(output, DisableBracketedPaste, LeaveAlternateScreen, Show)?;
    output.flush()
}

/// A panic's message must be readable: the screen goes first. The mode follows when the stack is
/// unwound.
fn give_back_on_panic() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if crate::picture::is_reading() {
            return;
        }
        if let Ok(mut output) = crate::input::output() {
            let _ = leave(&mut output);
        }
        before(panic);
    }));
}
