//! What may be tried again: reads, and what was certainly not sent. A write that may have arrived never is.

use std::sync::Arc;
use std::time::Duration;

use super::clock::Clock;
use super::{Answer, Effect, Request, Wire};

const TRIES: u32 = 3;
const FIRST_WAIT: Duration = Duration::from_millis(500);

pub struct Retrying<W> {
    wire: W,
    clock: Arc<dyn Clock>,
}

impl<W: Wire> Retrying<W> {
    pub fn new(wire: W, clock: Arc<dyn Clock>) -> Self {
        Self { wire, clock }
    }
}

impl<W: Wire> Wire for Retrying<W> {
    fn send(&self, request: &Request) -> Answer {
        let mut wait = FIRST_WAIT;
        for _ in 1..TRIES {
            let answer = self.wire.send(request);
            match again(request.effect, &answer) {
                Again::No => return answer,
                Again::Paced => {}
                Again::Later => {
                    self.clock.sleep(wait);
                    wait *= 3;
                }
            }
        }
        self.wire.send(request)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Again {
    No,
    /// The pace has already noted how long to be quiet.
    Paced,
    Later,
}

/// A limiter answers 429 instead of looking at the request, but only a client knows whether its supplier does: a
/// write is not repeated here.
fn again(effect: Effect, answer: &Answer) -> Again {
    match (effect, answer) {
        (_, Answer::NotSent(_)) => Again::Later,
        (Effect::Writes, _) => Again::No,
        (Effect::Reads, Answer::Unknown(_)) => Again::Later,
        (Effect::Reads, Answer::Reply(reply)) => match reply.status {
            429 => Again::Paced,
            500 | 502..=504 => Again::Later,
            _ => Again::No,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::Reply;

    #[test]
    fn only_reads_and_what_was_not_sent_go_again() {
        let reply = |status| Answer::Reply(Reply { status, headers: vec![], body: vec![] });
        let (not_sent, unknown) = (Answer::NotSent(String::new()), Answer::Unknown(String::new()));
        assert_eq!(again(Effect::Writes, &not_sent), Again::Later);
        for answer in [&unknown, &reply(429), &reply(500), &reply(503), &reply(200)] {
            assert_eq!(again(Effect::Writes, answer), Again::No);
        }
        assert_eq!(again(Effect::Reads, &unknown), Again::Later);
        assert_eq!(again(Effect::Reads, &reply(429)), Again::Paced);
        assert_eq!(again(Effect::Reads, &reply(404)), Again::No);
    }
}
