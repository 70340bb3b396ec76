//! The page on which a person says yes, codes, and the life of tokens.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::super::http::{Called, Reply};
use super::{Gateway, Params, rest_error, value};

impl Gateway {
    /// The person says yes; the browser goes back with a code.
    pub fn page(&mut self, called: &Called) -> Reply {
        let of = |name: &str| called.query(name).unwrap_or_default().to_owned();
        if of("client_id") != self.app_key || of("response_type") != "code" || of("redirect_uri").is_empty() {
            self.wrong.push("the page of consent without client, type or redirect".to_owned());
            return Reply::json(400, &Value::Null);
        }
        let code = self.new_code();
        let to = format!("{}?code={code}&state={}", of("redirect_uri"), of("state"));
        Reply { status: 302, headers: vec![("Location", to)], body: vec![], sent: None }
    }

    pub fn new_code(&mut self) -> String {
        let next = self.next();
        let code = format!("0_{}_code{next}", self.app_key);
        self.codes.push((code.clone(), self.now()));
        code
    }

    /// As a person would have got it before: the token is not asked for.
    pub fn grant(&mut self) -> Value {
        let code = self.new_code();
        self.create(&vec![("code".to_owned(), code)])
    }

    /// The access token alone ends, as after a change of the password.
    pub fn expire_access(&mut self) {
        self.access = None;
    }

    pub fn expire_all(&mut self) {
        self.access = None;
        self.refresh = None;
    }

    pub fn auth(&mut self, path: &str, params: &Params) -> Reply {
        let body = match path {
            "/auth/token/create" => self.create(params),
            "/auth/token/refresh" => self.renew(params),
            _ => return rest_error("InvalidApiPath", "no such call"),
        };
        Reply::json(200, &body)
    }

    fn create(&mut self, params: &Params) -> Value {
        let (now, code) = (self.now(), value(params, "code"));
        let at = self.codes.iter().position(|(known, _)| known == code);
        let made = at.map(|at| self.codes.remove(at).1);
        let good = made.is_some_and(|made| (now - made).as_secs() <= self.code_seconds);
        if !good || !value(params, "uuid").is_empty() {
            return json!({ "code": "InvalidCode", "type": "ISV", "message": "Invalid authorization code", "request_id": "212a" });
        }
        let (access, refresh) = self.lives();
        let name = format!("50001refresh{}", self.next());
        self.refresh = Some((name, now + refresh));
        self.issue(now, access)
    }

    /// The end of the refresh token stays where it was.
    fn renew(&mut self, params: &Params) -> Value {
        self.refreshes += 1;
        let now = self.now();
        let good = self.refresh.as_ref().is_some_and(|(r, ends)| r == value(params, "refresh_token") && now < *ends);
        if !good {
            return json!({ "code": "IllegalRefreshToken", "type": "ISV", "message": "The specified refresh token is invalid or expired", "request_id": "212a" });
        }
        let mut answer = self.issue(now, self.lives().0);
        if self.silent_refresh {
            answer["refresh_token"] = Value::Null;
            answer.as_object_mut().unwrap().remove("refresh_expires_in");
            answer.as_object_mut().unwrap().remove("refresh_token_valid_time");
        }
        answer
    }

    fn lives(&self) -> (SignedDuration, SignedDuration) {
        let days = |n: i64| SignedDuration::from_hours(24 * n);
        if self.launched { (days(30), days(60)) } else { (days(1), days(2)) }
    }

    fn issue(&mut self, now: Timestamp, life: SignedDuration) -> Value {
        let access = format!("50000access{}", self.next());
        self.access = Some((access.clone(), now + life));
        let (refresh, ends) = self.refresh.clone().unwrap();
        json!({
            "refresh_token_valid_time": ends.as_millisecond(), "havana_id": "3000000000001",
            "expire_time": (now + life).as_millisecond(), "locale": "zh_CN", "user_nick": "xx1000000000aaaa",
            "access_token": access, "refresh_token": refresh, "user_id": "2600000001", "account_platform": "buyerApp",
            "refresh_expires_in": (ends - now).as_secs(), "expires_in": life.as_secs().to_string(), "sp": "ae",
            "seller_id": "2600000001", "account": "buyer@example.com", "code": "0", "request_id": "212a000000000000001",
        })
    }
}
