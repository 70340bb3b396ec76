//! A store that protects against nothing: the same parcel told twice is two parcels and two mails. And a client of it.

use std::sync::{Arc, Mutex, MutexGuard};

use dsf::core::parcel::bare;
use dsf::core::push::{Push, Pushed, StoreAbilities, StoreParcel, StoreParcels};
use dsf::core::sending::AskError;
use dsf::net::http::Http;
use dsf::net::{Answer, Effect, Method, Request, Wire};
use dsf::store::api::{Page, PullError, Pulled, StoreApi};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::sandbox::http::{Called, Reply};
use crate::sandbox::{Sandbox, Service};

struct Record {
    order: String,
    tracking: String,
    units: u64,
    lines: Value,
}

#[derive(Default)]
struct State {
    records: Vec<Record>,
    mails: usize,
    remaining: Vec<(String, u32)>,
    closed: Vec<(String, String)>,
    dead: bool,
}

#[derive(Clone, Default)]
pub struct Records(Arc<Mutex<State>>);

impl Records {
    pub fn start() -> (Self, Sandbox) {
        let records = Self::default();
        let sandbox = Sandbox::start(vec![Box::new(records.clone())]);
        (records, sandbox)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    pub fn told(&self, number: &str) -> usize {
        self.state().records.iter().filter(|r| bare(&r.tracking) == number).count()
    }

    pub fn mails(&self) -> usize {
        self.state().mails
    }

    pub fn units(&self, order: &str) -> u64 {
        self.state().records.iter().filter(|r| r.order == order).map(|r| r.units).sum()
    }

    /// As a person typed it at the store.
    pub fn put(&self, order: &str, tracking: &str, lines: &[(&str, u32)]) {
        let record = Record { order: order.into(), tracking: tracking.into(), units: 0, lines: json!(lines) };
        self.state().records.push(record);
    }

    /// The store counts lines of this order, and waits for so many of each.
    pub fn remaining(&self, order: &str, units: u32) {
        let mut state = self.state();
        state.remaining.retain(|(o, _)| o != order);
        state.remaining.push((order.to_owned(), units));
    }

    pub fn close(&self, order: &str, word: &str) {
        self.state().closed.push((order.to_owned(), word.to_owned()));
    }

    pub fn refuse_keys(&self) {
        self.state().dead = true;
    }
}

impl Service for Records {
    fn owns(&self, _: &str) -> bool {
        true
    }

    fn answer(&self, called: &Called) -> Option<Reply> {
        let mut state = self.state();
        let (order, what) = called.path.strip_prefix("/orders/")?.split_once('/')?;
        if state.dead {
            return Some(Reply::json(401, &json!({"code": "401", "message": "the key is not valid"})));
        }
        match what {
            "parcels" => {
                let of = |r: &&Record| r.order == order;
                let parcels: Vec<Value> = state
                    .records
                    .iter()
                    .enumerate()
                    .filter(|(_, r)| of(r))
                    .map(|(i, r)| json!({"id": format!("p{i}"), "tracking": r.tracking, "lines": r.lines}))
                    .collect();
                let remaining = state.remaining.iter().find(|(o, _)| o == order).map(|(_, n)| *n);
                let closed = state.closed.iter().find(|(o, _)| o == order).map(|(_, word)| word.clone());
                Some(Reply::json(200, &json!({"parcels": parcels, "remaining": remaining, "closed": closed})))
            }
            "tell" => {
                let units = called.json["units"].as_u64().unwrap_or(0);
                let tracking = called.json["tracking"].as_str().unwrap_or_default().to_owned();
                let record = Record { order: order.to_owned(), tracking, units, lines: json!([]) };
                state.records.push(record);
                state.mails += usize::from(called.json["notify"] == true);
                let told = u32::try_from(units).unwrap();
                state.remaining.iter_mut().filter(|(o, _)| o == order).for_each(|(_, n)| *n = n.saturating_sub(told));
                Some(Reply::json(201, &json!({"id": format!("p{}", state.records.len() - 1)})))
            }
            _ => None,
        }
    }

    fn too_many(&self) -> Reply {
        Reply::json(429, &json!({"code": "429", "message": "slow down"}))
    }

    fn wrong(&self) -> Vec<String> {
        vec![]
    }

    fn orders(&self) -> Vec<(String, String)> {
        vec![]
    }
}

pub struct Client {
    http: Http,
    url: String,
}

impl Client {
    pub fn new(url: &str) -> Self {
        Self { http: Http::new().unwrap(), url: url.to_owned() }
    }

    fn send(&self, method: Method, effect: Effect, order: &str, what: &str, body: &Value) -> Answer {
        let request = Request::new(method, effect, format!("{}/orders/{order}/{what}", self.url));
        self.http.send(&request.json(body.to_string().into_bytes()))
    }
}

impl StoreApi for Client {
    fn abilities(&self) -> StoreAbilities {
        StoreAbilities { pushes: true, counts_lines: false, notifies: true }
    }

    fn ready(&self) -> Result<(), AskError> {
        Ok(())
    }

    fn orders(&self, _: Option<Timestamp>, _: Option<&str>) -> Result<Page, PullError> {
        Ok(Page::default())
    }

    fn order(&self, _: &str) -> Result<Option<Pulled>, PullError> {
        Ok(None)
    }

    fn parcels(&self, order: &str) -> Result<StoreParcels, AskError> {
        let unreadable = || AskError::Unreachable("no answer that can be read".to_owned());
        let Answer::Reply(reply) = self.send(Method::Get, Effect::Reads, order, "parcels", &Value::Null) else {
            return Err(unreadable());
        };
        let said: Value = serde_json::from_slice(&reply.body).map_err(|_| unreadable())?;
        match reply.status {
            200 => {}
            401 => return Err(AskError::KeyRefused("401".to_owned())),
            _ => return Err(unreadable()),
        }
        let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
        let parcel = |p: &Value| StoreParcel {
            id: text(&p["id"]),
            tracking: text(&p["tracking"]),
            carrier: String::new(),
            lines: vec![],
        };
        // The exports of this shop have no line ids, so the client speaks of lines by nothing.
        let parcels = said["parcels"].as_array().unwrap().iter().map(parcel).collect();
        Ok(StoreParcels { parcels, remaining: remaining(&said), closed: said["closed"].as_str().map(str::to_owned) })
    }

    fn push(&self, push: &Push, seen: &StoreParcels) -> Pushed {
        let units: u32 = push.lines.iter().map(|l| l.quantity).sum();
        if let Some(most) = seen.remaining.as_ref().map(|r| r.iter().map(|(_, n)| n).sum::<u32>())
            && units > most
        {
            let message = format!("{units} of \"{}\" are in the parcel, the store waits for {most}", push.lines[0].sku);
            return Pushed::Refused { code: "ABOVE_REMAINING".to_owned(), message };
        }
        let body = json!({"tracking": push.tracking, "carrier": push.carrier, "units": units, "notify": push.notify});
        match self.send(Method::Post, Effect::Writes, &push.order, "tell", &body) {
            Answer::NotSent(why) => Pushed::NotSent { why },
            Answer::Unknown(why) => Pushed::Unknown { why },
            Answer::Reply(reply) => {
                let said: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
                let text = |key: &str| said[key].as_str().unwrap_or_default().to_owned();
                match reply.status {
                    201 if said["id"].is_string() => Pushed::Done { id: text("id") },
                    422 => Pushed::Refused { code: text("code"), message: text("message") },
                    429 => Pushed::NotSent { why: "slow down".to_owned() },
                    401 => Pushed::KeyRefused { why: "401".to_owned() },
                    status => Pushed::Unknown { why: format!("HTTP {status}") },
                }
            }
        }
    }
}

/// One number for the whole order.
fn remaining(said: &Value) -> Option<Vec<(String, u32)>> {
    Some(vec![(String::new(), u32::try_from(said["remaining"].as_u64()?).unwrap())])
}
