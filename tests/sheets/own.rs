//! A person's own template, and what is said about a wrong one.

use dsf::config::SheetFormat;
use dsf::files::Input;
use dsf::supplier::sheet::{Sheet, SheetProblem, read_back};

use super::support::*;

const OWN: &str = r#"
about = "Mr Li"
rules = ["join_lines"]
columns = [
    { header = ["编号", "PO"], holds = "reference" },
    { header = "check", holds = "check_code" },
    { header = "name", holds = "name" },
    { header = "company", holds = "company" },
    { header = "address", holds = "line1", longest = 60 },
    { header = "city", holds = "city" },
    { header = "state", holds = "region_name" },
    { header = "zip", holds = "postcode" },
    { header = "country", holds = "country_name" },
    { header = "item", holds = "listing_id" },
    { header = "qty", holds = "quantity_packs" },
    { header = "remark", holds = ["resend", "note", "standing_note"] },
    { header = "label", constant = "=plain" },
    { header = "tracking", holds = "tracking_number" },
]
"#;

fn wrong(text: &str) -> (usize, String, String) {
    match Sheet::parse("li", text, "li.toml") {
        Err(SheetProblem::Wrong { line, message, hint, file }) => {
            assert_eq!(file, "li.toml");
            (line, message, hint.unwrap_or_default())
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_file_in_the_config_folder_wins_over_a_built_in_one() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("li.toml"), OWN).unwrap();
    for name in ["li.toml", "li"] {
        let sheet = Sheet::find(name, Some(folder.path())).unwrap();
        assert_eq!((sheet.name.as_str(), sheet.columns.len()), ("li", 14));
    }
    assert_eq!(Sheet::find("generic", Some(folder.path())).unwrap().name, "generic");
    std::fs::write(folder.path().join("generic.toml"), OWN).unwrap();
    assert_eq!(Sheet::find("generic", Some(folder.path())).unwrap().columns.len(), 14);
    let missing = Sheet::find("dser", Some(folder.path())).unwrap_err();
    assert!(missing.hint().unwrap().contains("\"dsers\""), "{missing}");
}

#[test]
fn an_order_is_proved_through_it() {
    let sheet = Sheet::parse("li", OWN, "li.toml").unwrap();
    let orders = [dispatch("1001", nora())];
    for format in FORMATS {
        let proved = prove(&sheet, format, &orders);
        assert!(proved.held.is_empty(), "{:?}", proved.held);
        assert_eq!(proved.fitted[0].ship_to.line1, "12 Sample Ln, Apt 4");
        assert_eq!(proved.fitted[0].cells()[0][11], "leave at the door");
        assert_eq!(proved.proofs[0].left_out, ["gift_message"]);
    }
}

#[test]
fn a_wrong_key_or_word_names_its_line_and_the_nearest() {
    assert_eq!(wrong(&OWN.replace("about", "abut")).2, "did you mean \"about\"?");
    let (line, message, hint) = wrong(&OWN.replace("longest", "longst"));
    assert_eq!(
        (line, message.as_str(), hint.as_str()),
        (9, "\"longst\" is not a key of a sheet", "did you mean \"longest\"?")
    );
    let (line, message, hint) = wrong(&OWN.replace("\"postcode\"", "\"postcod\""));
    assert_eq!(
        (line, message.as_str(), hint.as_str()),
        (12, "\"postcod\" is not a word of a sheet", "did you mean \"postcode\"?")
    );
    let (line, message, hint) = wrong(&OWN.replace("join_lines", "joinlines"));
    assert_eq!((line, hint.as_str()), (3, "did you mean \"join_lines\"?"), "{message}");
    for secret in ["email", "selling_price"] {
        assert!(
            wrong(&OWN.replace("\"company\", holds = \"company\"", &format!("\"x\", holds = \"{secret}\"")))
                .1
                .contains(secret)
        );
    }
}

#[test]
fn a_sheet_that_could_lose_something_is_refused() {
    let without = |word: &str| OWN.lines().filter(|l| !l.contains(word)).collect::<Vec<_>>().join("\n");
    assert_eq!(wrong(&without("holds = \"city\"")).1, "no column holds city");
    assert!(wrong(&without("reference")).1.contains("reference"));
    assert!(wrong(&without("remark")).1.contains("resend"));
    let (line, message, _) =
        wrong(&OWN.replace("{ header = \"company\", holds = \"company\" }", "{ header = \"town\", holds = \"city\" }"));
    assert_eq!((line, message.as_str()), (10, "column \"city\": another column carries the same"));
    assert!(wrong(&OWN.replace("header = \"zip\"", "header = \"CITY\"")).1.contains("header"));
    assert!(wrong(&OWN.replace("constant = \"=plain\"", "longest = 3")).1.contains("holds or constant"));
    assert!(wrong(&OWN.replace("[\"resend\", \"note\"", "[\"resend\", \"phone\"")).1.contains("share a column"));
    assert!(wrong(&OWN.replace("join_lines", "wrap_lines")).1.contains("wrap_lines"));
    assert!(wrong(&OWN.replace("rules =", "phone_required = true\nrules =")).1.contains("phone"));
}

#[test]
fn a_sheet_that_comes_back_is_read_by_its_headers() {
    let sheet = Sheet::parse("li", OWN, "li.toml").unwrap();
    // A greeting above, other order, other delimiter and case, a stranger's column, GBK bytes, a destroyed number.
    let text = "Hello friend;;;;\n\n Tracking ;备注他;po;QTY;Zip\nYT2412;好;US-1001-1;1;02139\n;;;;\n9.40010E+21;;US-1002-1;x;07307\n";
    let (gbk, _, _) = encoding_rs::GBK.encode(text);
    let back = read_back(&sheet, &Input::of_bytes("back.csv", gbk.into_owned())).unwrap();
    assert_eq!((back.rows.len(), back.blank, back.unknown.len()), (2, 1, 1));
    assert!(back.echo.has("postcode") && !back.echo.has("city"));
    let [one, two] = &back.rows[..] else { panic!() };
    assert_eq!(
        (one.line, one.reference.as_str(), one.tracking_number.as_str(), one.quantity),
        (4, "US-1001-1", "YT2412", Some(1))
    );
    assert_eq!(one.ship_to.postcode, "02139");
    let codes: Vec<&str> = two.problems.iter().map(|p| p.code).collect();
    assert_eq!(codes, ["DAMAGED_ID", "BAD_QUANTITY"]);

    let fails = |text: &str| read_back(&sheet, &Input::of_bytes("back.csv", text.as_bytes().to_vec())).unwrap_err();
    assert!(matches!(fails("a,b\n1,2\n"), SheetProblem::NoHeader { reference, .. } if reference == "编号"));
    assert!(matches!(fails("po,tracking,Tracking\n1,2,3\n"), SheetProblem::TwiceColumn { line: 1, .. }));
    assert!(matches!(fails(""), SheetProblem::Unreadable(_)));
}

#[test]
fn tracking_filled_in_comes_back_from_a_workbook() {
    let sheet = sheet("generic");
    let orders = [dispatch("1001", nora())];
    let fitted: Vec<_> = prove(&sheet, SheetFormat::Xlsx, &orders).fitted;
    let mut table = dsf::supplier::sheet::rows(&sheet, &fitted);
    let at = table[0].iter().position(|h| h == "tracking_number").unwrap();
    table[1][at] = "583871000000000001".into();
    let back = read(&sheet, dsf::supplier::sheet::bytes(&sheet, &table, SheetFormat::Xlsx).unwrap());
    assert_eq!(back.rows[0].tracking_number, "583871000000000001");
    assert!(back.rows[0].problems.is_empty());
    assert_eq!(back.rows[0].check_code, dsf::supplier::sheet::check_code("US-1001-1", &orders[0].ship_to_hash));
}
