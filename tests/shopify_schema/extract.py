#!/usr/bin/env python3
"""Writes facts.graphql: of Shopify's introspection, the types, fields, arguments and enum values that our documents name.

    extract.py INTROSPECTION.json[.gz] < facts-wanted.txt > facts.graphql

The introspection is what the Admin API answers to the standard introspection query (or the file of that name in Shopify's
own npm package @shopify/dev-mcp). Every line of facts-wanted.txt is a type and its fields. For each field, all its
arguments are kept, for each enum all its values, for each input all its fields; types that only they name follow.
Descriptions are left out.
"""
import gzip
import json
import sys

path = sys.argv[1]
with (gzip.open if path.endswith(".gz") else open)(path) as file:
    schema = json.load(file)["data"]["__schema"]
types = {t["name"]: t for t in schema["types"]}
wanted = {}
for line in sys.stdin:
    words = line.split("#")[0].split()
    if words:
        wanted[words[0]] = words[1:]
builtin = {"String", "Int", "Float", "Boolean", "ID"}


def spelled(t):
    if t["kind"] == "NON_NULL":
        return spelled(t["ofType"]) + "!"
    if t["kind"] == "LIST":
        return "[" + spelled(t["ofType"]) + "]"
    return t["name"]


def named(t):
    while t.get("ofType"):
        t = t["ofType"]
    return t["name"]


def value(v, kind):
    default = f" = {v['defaultValue']}" if v.get("defaultValue") is not None else ""
    return f"{v['name']}: {spelled(v['type'])}{default}"


def arguments(field):
    args = ", ".join(value(a, "arg") for a in field["args"])
    return f"({args})" if args else ""


out, seen, queue = {}, set(), list(wanted)
while queue:
    name = queue.pop(0)
    if name in seen or name in builtin:
        continue
    seen.add(name)
    t = types[name]
    if t["kind"] == "SCALAR":
        out[name] = f"scalar {name}\n"
    elif t["kind"] == "ENUM":
        values = " ".join(v["name"] for v in t["enumValues"])
        out[name] = f"enum {name} {{ {values} }}\n"
    elif t["kind"] == "INPUT_OBJECT":
        queue += [named(f["type"]) for f in t["inputFields"]]
        fields = "".join(f"  {value(f, 'field')}\n" for f in t["inputFields"])
        out[name] = f"input {name} {{\n{fields}}}\n"
    else:
        fields = ""
        for field in t["fields"]:
            if field["name"] in wanted.get(name, []):
                fields += f"  {field['name']}{arguments(field)}: {spelled(field['type'])}\n"
                queue += [named(field["type"])] + [named(a["type"]) for a in field["args"]]
        missing = set(wanted.get(name, [])) - {f["name"] for f in t["fields"]}
        if missing or not fields:
            sys.exit(f"{name}: {missing or 'no field is wanted'}")
        out[name] = f"type {name} {{\n{fields}}}\n"
print("# Facts of Shopify's Admin GraphQL schema 2026-10, made by extract.py; never edited by hand.")
print(f"schema {{ query: {schema['queryType']['name']} mutation: {schema['mutationType']['name']} }}\n")
print("\n".join(out[name] for name in sorted(out)), end="")
