//! Nothing leaks: whole runs against each supplier's sandbox, with faults that repeat what was said to it. No secret is
//! anywhere but in its own file and where the API demands it; no customer is in an error, a trace, a URL, a process
//! argument, or a file of the state folder.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;
mod sandbox;
#[path = "common/suppliers.rs"]
mod suppliers;

use std::path::Path;
use std::process::Stdio;

use common::Shop;
use sandbox::{Fault, Sandbox};
use suppliers::{ROWS, Row};

const CUSTOMER: [(&str, &str); 6] = [
    ("Shipping Name", "Zebulon Quixote"),
    ("Shipping Address1", "4711 Leakproof Ave"),
    ("Shipping Address2", "Apt 9QX"),
    ("Shipping Phone", "+12015550199"),
    ("Email", "zeb.quixote@example.com"),
    ("Billing Name", "Ottoline Payer"),
];
/// Each by itself: a cut or altered form of it is a leak as well.
const PRIVATE: [&str; 9] =
    ["Zebulon", "Quixote", "Leakproof", "Apt 9QX", "2015550199", "zeb.quixote", "Ottoline", "4711 L", "Jersey City"];

/// What the other side may throw back at us, the customer's own words among it.
fn faults() -> [Fault; 10] {
    let told = "Zebulon Quixote, 4711 Leakproof Ave, Apt 9QX, +12015550199";
    [
        Fault::Instead(200, format!(r#"{{"code":12032,"message":"{told}","msg":"{told}","{told}":1}}"#)),
        Fault::Instead(200, format!(r#"{{"code":1605001,"message":"{told}","msg":"{told}"}}"#)),
        Fault::Instead(500, format!("<html>{told}</html>")),
        Fault::Instead(400, format!("{{\"code\":\"{told}\"}}")),
        Fault::Instead(
            200,
            format!(
                r#"{{"code":0,"sale_record_id":"US-1001-1","product_total":1,"success_total":0,"failure_total":1,
                   "failure_list":[{{"product_id":"{told}","poa_id":"{told}","error_desc":"{told}"}}]}}"#
            ),
        ),
        Fault::Instead(
            200,
            format!(r#"{{"code":200,"data":{{"orderId":"","interceptOrderReasons":[{{"code":"{told}"}}]}}}}"#),
        ),
        Fault::Instead(
            200,
            format!(
                r#"{{"aliexpress_ds_order_create_response":{{"result":{{"is_success":false,"error_code":"{told}","error_msg":"{told}"}}}}}}"#
            ),
        ),
        Fault::HalfBody,
        Fault::After(200, format!("\"{told}\"")),
        Fault::DropAfter,
    ]
}

/// What a run said, and what it may not say.
struct Said {
    stdout: String,
    /// Everything that is no result.
    rest: String,
}

fn run(shop: &Shop, said: &mut Said, words: &str) {
    let mut command = shop.command(words);
    if words.contains("--json") {
        command.env("DSF_TRACE", shop.path("state/trace"));
    }
    let output = command.stdin(Stdio::null()).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    said.stdout += &out;
    // A plan and a proof show the ship-to; what became of an order, and what waits for a person, do not.
    let shows =
        |line: &&str| words.starts_with("status") || line.contains(" -> them  ") || line.contains("\"message\"");
    said.rest += &out.lines().filter(shows).map(|line| format!("{line}\n")).collect::<String>();
    said.rest += &format!("$ dsf {words}\n{err}");
}

/// Every file below a folder, with its name; the token lies where it may.
fn files(folder: &Path, into: &mut String) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if !path.ends_with("tokens") {
                files(&path, into);
            }
        } else {
            let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
            *into += &format!("{}:\n{text}\n", path.display());
        }
    }
}

/// The words of the running program, as everybody on this computer can read them.
fn arguments(row: &Row, shop: &Shop, sandbox: &Sandbox) -> String {
    sandbox.fault(row.create, Fault::Slow(std::time::Duration::from_millis(300)));
    let mut child =
        shop.command("fulfill --yes --verbose").stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while sandbox.calls(row.create) == 0 && child.try_wait().unwrap().is_none() {
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    let words = std::fs::read(format!("/proc/{}/cmdline", child.id())).unwrap_or_default();
    child.wait().unwrap();
    String::from_utf8_lossy(&words).into_owned()
}

#[track_caller]
fn hides(row: &Row, what: &str, text: &str, hidden: &[&str]) {
    for word in hidden {
        assert!(!text.contains(word), "{}: \"{word}\" is in {what}:\n{text}", row.kind);
    }
}

#[test]
fn no_secret_and_no_customer_is_where_it_does_not_belong() {
    for row in ROWS {
        {
            let (sandbox, code) = (row.start)();
            let words = arguments(row, &suppliers::shop(row, &sandbox, code.as_deref(), 1, &CUSTOMER), &sandbox);
            hides(row, "the arguments", &words, &[&PRIVATE[..], &[row.secret]].concat());
        }
        for fault in faults() {
            let (mut sandbox, code) = (row.start)();
            sandbox.strict = false;
            let shop = suppliers::shop(row, &sandbox, code.as_deref(), 1, &CUSTOMER);
            let mut said = Said { stdout: String::new(), rest: String::new() };
            sandbox.fault(row.create, fault);
            for words in [
                "import orders.csv --verbose",
                "fulfill --dry-run --verbose",
                "verify us/1001 --verbose",
                "fulfill --yes --verbose",
                "fulfill --yes --verbose --json",
                "status --verbose",
                "show us/1001 --verbose",
                "verify us/1001 --verbose",
                "verify us/9999 --verbose --json",
            ] {
                run(&shop, &mut said, words);
            }
            sandbox.fault(row.look_up, Fault::Instead(500, "Zebulon Quixote".into()));
            run(&shop, &mut said, "fulfill --yes --verbose");
            shop.write("secret", "wrong-secret-0815");
            run(&shop, &mut said, "fulfill us/1001 --yes --verbose");
            run(&shop, &mut said, "fulfill --yes --verbose");
            files(&shop.path("state"), &mut said.rest);

            let secrets = [row.secret, "wrong-secret-0815", row.token];
            assert!(said.rest.contains(" -> them  "), "{}: nothing was sent:\n{}", row.kind, said.stdout);
            assert!(shop.path("state/trace").exists(), "{}: DSF_TRACE wrote nothing", row.kind);
            // Where all methods share one path, the method is in the body.
            let traced = said.rest.contains(row.create) || said.rest.contains("> POST /sync");
            assert!(traced, "{}: no request was traced:\n{}", row.kind, said.rest);
            hides(row, "what is no result", &said.rest, &[&PRIVATE[..], &secrets].concat());
            hides(row, "the results", &said.stdout, &secrets);
            let urls = sandbox.urls().join("\n");
            hides(row, "the URLs", &urls, &PRIVATE);
            if !row.secret_in_url {
                hides(row, "the URLs", &urls, &secrets);
            }
        }
    }
}
