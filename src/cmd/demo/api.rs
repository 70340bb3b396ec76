//! `dsf demo --api`: the real commands against the sandbox of the tests, which runs beside it on this computer
//! (`cargo run --example sandbox`). The program itself holds no pretended supplier.

use anyhow::{Context, Result};
use serde_json::json;

use super::{Step, filled, morning, play};
use crate::ctx::Ctx;
use crate::exit::{Exit, Failure};
use crate::files::TemporaryFolder;
use crate::net::http::Http;
use crate::net::url::BaseUrl;
use crate::net::{Answer, Effect, Method, Request, Wire};

/// Of the sandbox: invented, and good for nothing else.
const KEY: &str = "CJ1234567@api@0123456789abcdef0123456789abcdef";

const FILES: [(&str, &str); 3] = [
    ("config.toml", include_str!("api/config.toml")),
    ("us-orders.csv", include_str!("api/orders.csv")),
    ("cj-key", KEY),
];

const STEPS: [Step; 8] = [
    Step("This morning's export of the store", "dsf import us-orders.csv"),
    Step("LAMP-BK is this variant of CJ's", "dsf match set LAMP-BK cj:1790000000000000001"),
    Step("What CJ asks for it now, what it has, and what sending to these customers costs", "dsf listings refresh"),
    Step(
        "What would be bought, at what cost; the config says: the cheapest way within 15 days",
        "dsf fulfill --dry-run",
    ),
    // The line breaks here: see `break_the_line`.
    Step("Sent. CJ takes the first order, and its answer is lost on the way", "dsf fulfill --yes"),
    Step("So nobody knows, and nothing is sent blindly", "dsf status"),
    Step("The next run looks it up by its reference, compares the address and pays", "dsf fulfill --yes"),
    Step("What CJ says that it recorded, field by field", "dsf verify us/{number}1"),
];
const SENDING: usize = 4;

const NEXT: &str = "\
That was the real program against a pretended CJ on this computer. With your own key:

  [supplier.cj]
  kind = \"cj\"
  api_key_env = \"CJ_API_KEY\"

  dsf listings refresh
  dsf fulfill --dry-run";

pub fn run(ctx: &Ctx, url: &str) -> Result<Exit> {
    let sandbox = Sandbox::at(url)?;
    let folder = TemporaryFolder::new("demo")?;
    let now = morning(ctx.now);
    // The sandbox remembers references, as CJ does: each demo has numbers of its own.
    let number = (ctx.now.as_second() % 10_000_000).to_string();
    for (name, text) in FILES {
        let path = folder.path().join(name);
        let text = filled(text, now).replace("{url}", &sandbox.base.to_string()).replace("{number}", &number);
        std::fs::write(&path, text).with_context(|| path.display().to_string())?;
    }
    for (at, Step(why, words)) in STEPS.into_iter().enumerate() {
        if at == SENDING {
            sandbox.break_the_line()?;
        }
        play(ctx, folder.path(), &Step(why, &words.replace("{number}", &number)), now)?;
    }
    ctx.ui.line(NEXT)?;
    Ok(Exit::Done)
}

struct Sandbox {
    base: BaseUrl,
    http: Http,
}

impl Sandbox {
    /// Only on this computer: no demo sends anything to anybody.
    fn at(url: &str) -> Result<Self> {
        let here = BaseUrl::parse(url).ok().filter(|base| base.to_string().starts_with("http://"));
        let Some(base) = here else {
            let message = format!("the demo speaks to this computer alone, and \"{url}\" is elsewhere");
            return Err(Failure::new(Exit::Usage, message, "dsf demo --api http://127.0.0.1:8790"));
        };
        let sandbox = Self { base, http: Http::new().map_err(anyhow::Error::msg)? };
        match sandbox.ask(Method::Get, "/_sandbox/orders", Vec::new()) {
            Answer::Reply(reply) if reply.status == 200 => Ok(sandbox),
            _ => {
                let message = format!("no sandbox answers at {}", sandbox.base);
                Err(Failure::new(Exit::Failed, message, "in another terminal: cargo run --example sandbox"))
            }
        }
    }

    /// The next order is accepted, and the connection breaks before the answer.
    fn break_the_line(&self) -> Result<()> {
        let fault = json!({ "path": "/shopping/order/createOrderV2", "fault": "drop-after", "times": 1 });
        match self.ask(Method::Post, "/_sandbox/fault", fault.to_string().into_bytes()) {
            Answer::Reply(reply) if reply.status == 200 => Ok(()),
            _ => Err(anyhow::anyhow!("the sandbox does not break a call")),
        }
    }

    fn ask(&self, method: Method, path: &str, body: Vec<u8>) -> Answer {
        self.http.send(&Request::new(method, Effect::Reads, self.base.join(path, &[])).json(body))
    }
}
