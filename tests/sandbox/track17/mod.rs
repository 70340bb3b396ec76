//! 17TRACK v2.4 as its documents and its clients describe it: POST alone, an array of at most forty, a quota, three requests a second,
//! numbers that are registered before they are read, and answers full of nulls.

mod scene;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::http::{Called, Reply};
use super::{Sandbox, Service};
#[allow(unused_imports)]
pub use scene::{delivered, moving, nulls, scene};

pub const KEY: &str = "17TRACK-TEST-KEY-0123456789";
const ROOT: &str = "/track/v2.4/";

pub struct State {
    pub key: String,
    pub quota: u64,
    pub used: u64,
    /// Number, the carrier's key, how often it was read.
    pub registered: BTreeMap<String, (u64, usize)>,
    /// What each read of a number says, the last for ever. A number without is found nowhere.
    pub scenes: BTreeMap<String, Vec<Value>>,
    /// The first reads of each number say that nothing is known yet.
    pub silent_reads: usize,
    /// One refusal stands as an object, not as a list.
    pub object: bool,
    /// Numbers that begin so are no carrier's.
    pub unknown: &'static str,
    /// More than three requests within a second are turned away.
    pub limited: bool,
    pub throttled: usize,
    /// Call, and how many numbers were in it.
    pub calls: Vec<(String, usize)>,
    pub bodies: Vec<Value>,
    pub wrong: Vec<String>,
    times: Vec<Instant>,
}

impl Default for State {
    fn default() -> Self {
        Self {
            key: KEY.to_owned(),
            quota: 200,
            used: 0,
            registered: BTreeMap::new(),
            scenes: BTreeMap::new(),
            silent_reads: 0,
            object: false,
            unknown: "??",
            limited: false,
            throttled: 0,
            calls: vec![],
            bodies: vec![],
            wrong: vec![],
            times: vec![],
        }
    }
}

#[derive(Clone, Default)]
pub struct Track17 {
    state: Arc<Mutex<State>>,
}

impl Track17 {
    pub fn start() -> (Self, Sandbox) {
        let service = Self::default();
        let sandbox = Sandbox::start(vec![Box::new(service.clone())]);
        (service, sandbox)
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// What reads of this number say, one after the other.
    pub fn plays(&self, number: &str, scenes: Vec<Value>) {
        self.state().scenes.insert(number.to_owned(), scenes);
    }
}

fn whole(status: u16, code: i64, message: &str) -> Reply {
    Reply::json(status, &json!({"code": code, "data": {"errors": [{"code": code, "message": message}]}}))
}

fn said(data: &Value) -> Reply {
    Reply::json(200, &json!({"code": 0, "data": data}))
}

impl Service for Track17 {
    fn owns(&self, path: &str) -> bool {
        path.starts_with(ROOT)
    }

    fn answer(&self, called: &Called) -> Option<Reply> {
        let call = called.path.strip_prefix(ROOT)?;
        let mut state = self.state();
        if called.method != "POST" {
            state.wrong.push(format!("{} {call}: every call is a POST", called.method));
            return Some(whole(404, 404, "Not found"));
        }
        if called.header("17token") != Some(state.key.as_str()) {
            return Some(whole(401, -18010002, "The security key is invalid."));
        }
        if state.too_soon() {
            return Some(self.too_many());
        }
        let Some(items) = called.json.as_array().cloned() else {
            state.wrong.push(format!("{call}: the body is no array"));
            return Some(whole(200, -18010013, "The submitted data is invalid."));
        };
        state.calls.push((call.to_owned(), items.len()));
        state.bodies.push(called.json.clone());
        if items.len() > 40 {
            state.wrong.push(format!("{call} with {} items", items.len()));
            return Some(whole(200, -18010014, "Up to 40 tracking numbers can be submitted."));
        }
        Some(match call {
            "register" => state.register(&items),
            "gettrackinfo" => state.read(&items),
            "getquota" => said(&json!({"quota_total": state.quota, "quota_used": state.used,
                "quota_remain": state.quota - state.used, "today_used": 1, "max_track_daily": 10_000_000,
                "free_email_quota": 0, "free_email_quotaused": 0})),
            _ => {
                state.wrong.push(format!("{call} is no call of 17TRACK's that dsf needs"));
                whole(404, 404, "Not found")
            }
        })
    }

    fn too_many(&self) -> Reply {
        whole(429, 429, "Too many requests.")
    }

    fn wrong(&self) -> Vec<String> {
        self.state().wrong.clone()
    }

    fn orders(&self) -> Vec<(String, String)> {
        vec![]
    }
}

impl State {
    fn too_soon(&mut self) -> bool {
        let now = Instant::now();
        self.times.retain(|t| now.duration_since(*t) < Duration::from_secs(1));
        if self.limited && self.times.len() >= 3 {
            self.throttled += 1;
            return true;
        }
        self.times.push(now);
        false
    }

    fn register(&mut self, items: &[Value]) -> Reply {
        let (mut accepted, mut rejected) = (vec![], vec![]);
        for item in items {
            for private in ["email", "phone_number", "consignee", "phone_number_last_4"] {
                if item.get(private).is_some() {
                    self.wrong.push(format!("register sends {private}"));
                }
            }
            let number = item["number"].as_str().unwrap_or_default().to_owned();
            let good =
                (5..=50).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
            let refusal = if !good {
                Some((-18010012, format!("The format of '{number}' is invalid.")))
            } else if self.registered.contains_key(&number) {
                Some((
                    -18019901,
                    format!("The tracking number '{number}' has been registered, don't need to repeat registration."),
                ))
            } else if number.starts_with(self.unknown) {
                Some((-18019903, "Carrier cannot be detected.".to_owned()))
            } else if self.used >= self.quota {
                Some((-18019908, "Quota is not enough for use.".to_owned()))
            } else {
                None
            };
            match refusal {
                Some((code, message)) => {
                    rejected.push(json!({"number": number, "error": {"code": code, "message": message}}))
                }
                None => {
                    self.used += 1;
                    let carrier = item["carrier"].as_u64().unwrap_or(190_008);
                    self.registered.insert(number.clone(), (carrier, 0));
                    accepted.push(json!({"origin": 1, "number": number, "carrier": carrier, "email": null, "tag": item["tag"], "lang": null}));
                }
            }
        }
        self.split(accepted, rejected)
    }

    fn read(&mut self, items: &[Value]) -> Reply {
        let (mut accepted, mut rejected) = (vec![], vec![]);
        for item in items {
            let number = item["number"].as_str().unwrap_or_default().to_owned();
            let no = |code: i64, message: &str| json!({"number": number, "error": {"code": code, "message": message}});
            let Some((carrier, reads)) = self.registered.get_mut(&number) else {
                rejected.push(no(-18019902, "The tracking number does not register, please register first."));
                continue;
            };
            *reads += 1;
            if *reads <= self.silent_reads {
                rejected.push(no(-18019909, "No tracking information at this time."));
                continue;
            }
            let index = *reads - self.silent_reads - 1;
            let scenes = self.scenes.get(&number);
            let info = scenes.and_then(|s| s.get(index).or(s.last())).cloned();
            let info = info.unwrap_or_else(|| scene("NotFound", "NotFound_Other", &[]));
            accepted
                .push(json!({"number": number, "carrier": *carrier, "param": null, "tag": null, "track_info": info}));
        }
        self.split(accepted, rejected)
    }

    fn split(&self, accepted: Vec<Value>, rejected: Vec<Value>) -> Reply {
        let rejected = match (self.object, rejected.as_slice()) {
            (true, [one]) => one.clone(),
            _ => rejected.into(),
        };
        said(&json!({"accepted": accepted, "rejected": rejected}))
    }
}
