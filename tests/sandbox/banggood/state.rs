//! What the sandbox Banggood remembers, and who may talk to it.

use serde_json::{Value, json};

use super::super::http::{Called, Reply};
use super::{APP_ID, SECRET, error, success};

#[derive(Clone, Debug)]
pub struct Line {
    pub product: String,
    pub poa: String,
    pub quantity: u64,
    pub warehouse: String,
    pub method: String,
}

#[derive(Clone, Debug)]
pub struct Order {
    pub id: String,
    pub reference: String,
    /// The form's fields that say who gets it.
    pub sent: Vec<(String, String)>,
    pub lines: Vec<Line>,
    pub status: String,
    pub track_number: String,
}

pub struct Product {
    pub id: &'static str,
    /// Combinations of options with what each costs beyond the product; one empty where it has none.
    pub options: Vec<(&'static str, u64)>,
    /// Warehouse, price in cents, stock.
    pub warehouses: Vec<(&'static str, u64, u64)>,
}

pub struct State {
    pub app_id: String,
    pub secret: String,
    /// False: this computer's IP address is not registered.
    pub registered: bool,
    pub token_life: Value,
    pub log_ins: usize,
    pub orders: Vec<Order>,
    pub products: Vec<Product>,
    pub countries: Vec<(&'static str, &'static str)>,
    /// Listings that an import does not take, with Banggood's reason.
    pub failing: Vec<(String, &'static str)>,
    /// The names of lists that older clients know.
    pub old_names: bool,
    /// Fields that getOrderInfo says otherwise, or not at all.
    pub echo: Vec<(&'static str, Option<Value>)>,
    pub wrong: Vec<String>,
    token: Option<String>,
    next: u64,
}

impl Default for State {
    fn default() -> Self {
        Self {
            app_id: APP_ID.to_owned(),
            secret: SECRET.to_owned(),
            registered: true,
            token_life: json!(7200),
            log_ins: 0,
            orders: vec![],
            products: vec![
                Product {
                    id: "1060897",
                    options: vec![("15219", 0), ("15220", 150)],
                    warehouses: vec![("CN", 1995, 556), ("US", 2410, 3)],
                },
                Product { id: "1000001", options: vec![("45,2", 0)], warehouses: vec![("CN", 435, 12)] },
                Product { id: "1222333", options: vec![("", 0)], warehouses: vec![("CN", 700, 9)] },
            ],
            countries: vec![
                ("223", "United States"),
                ("222", "United Kingdom"),
                ("81", "Germany"),
                ("113", "Korea, Republic of"),
            ],
            failing: vec![],
            old_names: false,
            echo: vec![],
            wrong: vec![],
            token: None,
            next: 0,
        }
    }
}

impl State {
    pub fn next(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// Two hours later: every call says 21020 until there is a new one.
    pub fn expire_token(&mut self) {
        self.token = Some("expired".to_owned());
    }

    pub fn log_in(&mut self, called: &Called) -> Reply {
        self.log_ins += 1;
        match (called.query("app_id"), called.query("app_secret")) {
            (None | Some(""), _) => return error(11010, "app_id is empty"),
            (_, None | Some("")) => return error(11011, "app_secret is empty"),
            (Some(id), Some(secret)) if id == self.app_id && secret == self.secret => {}
            _ => return error(31020, "Error Account"),
        }
        if called.method != "GET" {
            self.wrong.push("getAccessToken is asked for with GET".to_owned());
        }
        let token = format!("0f1e2d3c4b5a69788796a5b4c3d2e1f0{:014}", self.next());
        self.token = Some(token.clone());
        success(json!({ "access_token": token, "expires_in": self.token_life }))
    }

    /// No token, or a dead one. A question has it in its query, an order in its form and nowhere else.
    pub fn turned_away(&mut self, called: &Called) -> Option<Reply> {
        let in_query = called.query("access_token").map(str::to_owned);
        let in_form = called.form("access_token");
        if called.method == "POST" && in_query.is_some() {
            self.wrong.push(format!("{}: a token in the URL of a form", called.path));
        }
        let token = if called.method == "POST" { in_form } else { in_query };
        match token.as_deref() {
            None | Some("") => {
                self.wrong.push(format!("{} without a token", called.path));
                Some(error(11020, "access_token is empty"))
            }
            Some(_) if self.token.as_deref() == Some("expired") => Some(error(21020, "access_token is expired")),
            Some(token) if Some(token) != self.token.as_deref() => Some(error(21030, "access_token does not match")),
            Some(_) => None,
        }
    }

    pub fn product(&self, id: &str) -> Option<&Product> {
        self.products.iter().find(|p| p.id == id)
    }

    pub fn is_country(&self, name: &str) -> bool {
        self.countries.iter().any(|(_, known)| known.eq_ignore_ascii_case(name))
    }

    /// As a person of Banggood's would: another status and, perhaps, a number.
    pub fn mark(&mut self, reference: &str, status: &str, track_number: &str) {
        for order in self.orders.iter_mut().filter(|o| o.reference == reference) {
            order.status = status.to_owned();
            order.track_number = track_number.to_owned();
        }
    }

    /// Banggood divides an order into one for each line.
    pub fn split(&mut self, reference: &str) {
        let at = self.orders.iter().position(|o| o.reference == reference).unwrap();
        let whole = self.orders.remove(at);
        for line in &whole.lines {
            let id = (45_678_900 + self.next()).to_string();
            self.orders.push(Order { id, lines: vec![line.clone()], ..whole.clone() });
        }
    }
}

/// Cents as text with two decimals.
pub fn dollars(cents: u64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}
