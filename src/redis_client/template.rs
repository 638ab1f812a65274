//! A command about many things, packed once but for the word that names one of them.

use redis::Cmd;

use super::commands::Commands;

/// A command without one of its words.
pub(crate) struct Template {
    before: Vec<u8>,
    /// The beginning of the word.
    prefix: &'static str,
    after: Vec<u8>,
}

impl Template {
    /// Makes one of a command that has one empty word, in place of which a word with this prefix will be.
    pub(crate) fn new(command: &Cmd, prefix: &'static str) -> Self {
        let packed = command.get_packed_command();
        let empty = b"$0\r\n\r\n";
        let at = packed.windows(empty.len()).position(|it| it == empty);
        let (before, rest) = packed.split_at(at.expect("there is an empty word"));
        Self {
            before: before.to_vec(),
            prefix,
            after: rest.split_at(empty.len()).1.to_vec(),
        }
    }

    /// Adds the command with the rest of the word.
    pub(crate) fn add(&self, rest: &str, commands: &mut Commands) {
        commands.add(|to| {
            to.extend_from_slice(&self.before);
            to.push(b'$');
            push_number(self.prefix.len() + rest.len(), to);
            to.extend_from_slice(b"\r\n");
            to.extend_from_slice(self.prefix.as_bytes());
            to.extend_from_slice(rest.as_bytes());
            to.extend_from_slice(b"\r\n");
            to.extend_from_slice(&self.after);
        });
    }
}

/// Appends the digits of a number. Formatting it would cost as much as the rest of a command.
fn push_number(number: usize, to: &mut Vec<u8>) {
    if number >= 10 {
        push_number(number / 10, to);
    }
    to.extend(b"0123456789".get(number % 10));
}

#[cfg(test)]
mod tests {
    use redis::cmd;

    use super::*;

    #[test]
    fn a_command_is_packed_as_the_crate_does_it() {
        let (short, long) = ("a".to_owned(), "b".repeat(200));
        let templates = [
            Template::new(cmd("HMGET").arg("").arg("title").arg("content"), "note:"),
            Template::new(cmd("HGETALL").arg(""), "note:"),
            Template::new(cmd("SISMEMBER").arg("notes:ids").arg(""), ""),
        ];
        let (mut commands, mut expected) = (Commands::default(), Commands::default());
        for id in [&*short, &long, ""] {
            for template in &templates {
                template.add(id, &mut commands);
            }
            let key = format!("note:{id}");
            for command in [
                cmd("HMGET").arg(&key).arg("title").arg("content"),
                cmd("HGETALL").arg(&key),
                cmd("SISMEMBER").arg("notes:ids").arg(id),
            ] {
                expected.add(|to| command.write_packed_command(to));
            }
        }
        assert_eq!(commands, expected);
    }
}
