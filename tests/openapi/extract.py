"""Facts out of the stores' own API descriptions: which paths, parameters and fields there are, and of what type.

    python3 tests/openapi/extract.py FOLDER_WITH_THE_DESCRIPTIONS

SOURCES.md says where each description is from. Only names, types and "required" are taken over; no text of the sources is.
One fact a line, tab by tab, the calls one after the other:
    base    PATH
    call    METHOD PATH
    query   NAME TYPE required|optional
    body    FIELD TYPE required|optional      (a.b[].c; required within its object)
    answer  FIELD TYPE
"""
import json
import re
import sys
from pathlib import Path

import yaml

DEPTH = 9
# What is inside of these is not taken over: dsf has no use for it.
SKIPPED = set("""buyerRegistrationAddress taxAddress program totalFeeBasisAmount totalMarketplaceFee payments appliedPromotions
ebayCollectAndRemitTaxes ebayCollectedCharges itemLocation finalDestinationAddress appointment pickupStep giftDetails
linkedOrderLineItems compatibilityProperties deliveryCost properties taxes warnings cancelRequests adjustment fee tax
location pickups downloads gift_certificates fees coupons _links form_fields applied_discounts store_credit_amount wrapping_id gift_wrapping
shipping_quotes _embedded product_data programs associatedOrders proceeds breakdowns
expense""".split())
FOLDER = Path(sys.argv[1])
HERE = Path(__file__).parent


def follow(doc, node):
    while isinstance(node, dict) and "$ref" in node:
        found = doc
        for key in node["$ref"].removeprefix("#/").split("/"):
            found = found[key.replace("~1", "/")]
        node = found
    return node or {}


def whole(doc, node):
    """The schema with all that it is put together from."""
    node = follow(doc, node)
    parts = [whole(doc, part) for key in ("allOf", "oneOf", "anyOf") for part in node.get(key, [])]
    return [node] + [one for part in parts for one in part]


def fields(doc, node, path="", depth=0):
    """(path, type, required) of all that is inside."""
    parts = whole(doc, node)
    for part in parts:
        if depth > DEPTH:
            return
        if part.get("items") is not None:
            yield from fields(doc, part["items"], path + "[]", depth + 1)
        for name, inner in (part.get("properties") or {}).items():
            what = follow(doc, inner)
            inside = path + "." + name if path else name
            yield inside, what.get("type", "object"), "required" if name in part.get("required", []) else "optional"
            if name in SKIPPED:
                continue
            yield from fields(doc, what, inside, depth + 1)


def schema_of(doc, holder):
    holder = follow(doc, holder)
    if "schema" in holder:
        return holder["schema"]
    content = holder.get("content", {})
    return next((c.get("schema", {}) for kind, c in content.items() if "json" in kind), {})


def described(kind, doc, base, calls):
    lines = [f"base\t{base}"]
    for method, path in calls:
        item = doc["paths"][path]
        call = item[method.lower()]
        lines.append(f"call\t{method}\t{path}")
        parameters = [follow(doc, p) for p in item.get("parameters", []) + call.get("parameters", [])]
        for p in parameters:
            if p["in"] == "query":
                kind_of = p.get("type") or follow(doc, p.get("schema", {})).get("type", "string")
                need = "required" if p.get("required") else "optional"
                lines.append(f"query\t{p['name']}\t{kind_of}\t{need}")
        bodies = [p["schema"] for p in parameters if p["in"] == "body"]
        if "requestBody" in call:
            bodies.append(schema_of(doc, call["requestBody"]))
        for body in bodies:
            lines += ["body\t" + "\t".join(f) for f in fields(doc, body)]
        for status, answer in call["responses"].items():
            if status.startswith("2"):
                lines += [f"answer\t{f[0]}\t{f[1]}" for f in fields(doc, schema_of(doc, answer))]
    return lines


def typed(text, name):
    """Fields of one interface of a .d.ts file: (name, type)."""
    found = re.search(r"export interface " + name + r" \{(.*?)\n\}", text, re.S).group(1)
    found = re.sub(r"/\*\*.*?\*/", "", found, flags=re.S)
    return re.findall(r"^    (\w+)\??: (.*?);$", found, re.M)


def etsy_fields(text, name, path=""):
    for field, kind in typed(text, name):
        if field in SKIPPED:
            continue
        inside = path + "." + field if path else field
        bare = kind.replace(" | null", "").strip()
        inner = re.match(r"(I\w+)(\[\])?$", bare)
        simple = {"number": "number", "boolean": "boolean"}.get(bare, "string")
        yield inside, "array" if bare.endswith("[]") else "object" if inner else simple
        if inner:
            yield from etsy_fields(text, inner.group(1), inside + (inner.group(2) or ""))


def etsy():
    text = (FOLDER / "etsy_v3_data-contracts_etsy-ts-8.0.1.d.ts").read_text()
    root = "/application/shops/{shop_id}/receipts"
    one = root + "/{receipt_id}"
    simple = lambda kind: {"number": "number", "boolean": "boolean"}.get(kind.split(" ")[0], "string")
    answer = lambda name: [f"answer\t{f}\t{k}" for f, k in etsy_fields(text, name)]
    query = [(f, k) for f, k in typed(text, "IGetShopReceiptsParams") if f != "shopId"]
    body = [(f, k) for f, k in typed(text, "ICreateReceiptShipmentPayload") if "[" not in k and "{" not in k]
    lines = ["base\t/v3", f"call\tGET\t{root}"]
    lines += [f"query\t{f}\t{simple(k)}\toptional" for f, k in query] + answer("IShopReceipts")
    lines += [f"call\tGET\t{one}"] + answer("IShopReceipt")
    lines += [f"call\tPOST\t{one}/tracking"] + [f"body\t{f}\t{simple(k)}\toptional" for f, k in body]
    return lines + answer("IShopReceipt")


def write(kind, lines):
    kept, seen = [], set()
    for line in lines:
        seen = set() if line.startswith("call") else seen
        if line not in seen:
            kept.append(line)
        seen.add(line)
    (HERE / f"{kind}.tsv").write_text("\n".join(kept) + "\n")


load = lambda name: json.loads((FOLDER / name).read_text())
ship = "/order/{orderId}/shipping_fulfillment"
write("ebay", described("ebay", load("ebay_sell_fulfillment_v1_oas3.json"), "/sell/fulfillment/v1",
      [("GET", "/order"), ("GET", "/order/{orderId}"), ("GET", ship), ("POST", ship)]))
write("etsy", etsy())
orders = yaml.safe_load((FOLDER / "bigcommerce_orders.v2.oas2.yml").read_text())
inside = ["/products", "/shipping_addresses", "/shipments"]
write("bigcommerce", described("bigcommerce", orders, "/stores/{store_hash}/v2",
      [("GET", "/orders"), ("GET", "/orders/{order_id}")] + [("GET", "/orders/{order_id}" + p) for p in inside]
      + [("POST", "/orders/{order_id}/shipments")]))
new = described("amazon", load("amazon_orders_2026-01-01.json"), "",
                [("GET", "/orders/2026-01-01/orders"), ("GET", "/orders/2026-01-01/orders/{orderId}")])
old = described("amazon", load("amazon_ordersV0.json"), "", [("POST", "/orders/v0/orders/{orderId}/shipmentConfirmation")])
write("amazon", new + old[1:])
