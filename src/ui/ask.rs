//! What a person is asked: yes or no, and text from an editor or stdin.

use std::io::{self, IsTerminal, Read};
use std::process::Command;

use super::Ui;

impl Ui {
    /// Asks on a terminal; without one the answer is no.
    ///
    /// # Errors
    /// A terminal that goes away.
    pub fn confirm(&self, question: &str) -> io::Result<bool> {
        if !io::stdin().is_terminal() {
            return Ok(false);
        }
        self.note(format!("{question} [y/N]"));
        let mut answer = String::new();
        io::stdin().read_line(&mut answer)?;
        Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
    }

    /// One line of stdin, from a person or a pipe; empty at its end.
    ///
    /// # Errors
    /// A stdin that cannot be read as text.
    pub fn ask_line(&self, question: &str) -> io::Result<String> {
        if io::stdin().is_terminal() {
            self.note(question);
        }
        let mut line = String::new();
        io::stdin().read_line(&mut line)?;
        Ok(line.trim().to_owned())
    }

    /// Text that the person edits, starting from `draft`: in `$VISUAL` or `$EDITOR` on a terminal, else all of stdin.
    ///
    /// # Errors
    /// An editor that fails or cannot be started.
    pub fn edit(&self, draft: &str) -> io::Result<String> {
        if !io::stdin().is_terminal() {
            let mut text = String::new();
            io::stdin().read_to_string(&mut text)?;
            return Ok(text);
        }
        let editor = std::env::var("VISUAL").or_else(|_| std::env::var("EDITOR")).unwrap_or_else(|_| "vi".to_owned());
        let file = std::env::temp_dir().join(format!("dsf-{}.toml", std::process::id()));
        crate::files::atomic::write(&file, draft.as_bytes())?;
        let mut words = editor.split_whitespace();
        let program = words.next().unwrap_or("vi");
        let status = Command::new(program).args(words).arg(&file).status();
        let text = std::fs::read_to_string(&file);
        std::fs::remove_file(&file)?;
        match status?.success() {
            true => text,
            false => Err(io::Error::other(format!("{editor} ended with an error, nothing was changed"))),
        }
    }
}
