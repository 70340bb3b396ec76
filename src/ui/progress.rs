//! A progress bar on a terminal, nothing anywhere else.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Ui;

/// Rows done of rows to do, with rows a second.
pub struct Progress {
    bar: ProgressBar,
}

impl Progress {
    pub fn rows(ui: &Ui, name: &str, rows: u64) -> Self {
        let target = if ui.quiet || ui.json { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(Some(rows), target);
        let style =
            ProgressStyle::with_template("{msg} {wide_bar} {human_pos} of {human_len} rows, {per_sec}, {eta} left");
        if let Ok(style) = style {
            bar.set_style(style);
        }
        bar.set_message(name.to_owned());
        Self { bar }
    }

    /// Of a source whose length nobody knows.
    pub fn orders(ui: &Ui, name: &str) -> Self {
        let target = if ui.quiet || ui.json { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(None, target);
        if let Ok(style) = ProgressStyle::with_template("{msg} {spinner} {human_pos} orders, {per_sec}") {
            bar.set_style(style);
        }
        bar.set_message(name.to_owned());
        Self { bar }
    }

    pub fn at(&self, row: u64) {
        self.bar.set_position(row);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
