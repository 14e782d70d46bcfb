# SPDX-License-Identifier: BSD-2-Clause
"""validate_json.py SCHEMAS LIST - hold JSON documents against their schemas; prints TAP.

SCHEMAS is a directory of NAME.schema.json.  LIST has a line a file: NAME, the file, how it was
made, separated by tabs.  A file holds one document, or one a line.  Each schema must be valid,
strict and described, and must be that of a document here; each document must agree with its schema,
have its members in the schema's order, and no longer agree when any member of it, at any depth, is
taken away or gets another type, or when one is added.  Each schema is whole by itself, so one may hold a copy of another: the same.
"""
import json
import os
import sys

import jsonschema

# Values of any kind: a note in a model file.
FREE = {("list", "training")}
# Objects whose members have names that the schema does not know.
OPEN = {("result", "document"), ("result", "libraries"), ("result", "packages"),
        ("rank", "corpora"), ("rank", "missing"), ("suite", "options"), ("suites", "options")}
# Members that may be missing: all of a schema that is that of several families; the place of files.
PARTIAL = {"world": None, "spec": ["path"]}
# Documents that do not begin with format and schema: the two in which results travel, which must
# stay readable; a specification has the number of the result's schema.
BEGINNING = {"result": ["schema", "spec"], "spec": ["on", "input_bytes"]}
# Which schema has a copy of which among its definitions, and without which members.
COPIES = {"result": ("spec", ["path"]), "suites": ("suite", [])}
STRANGE = {"a strange": ["value"]}


def report(name, mistake):
    print(("not ok - %s\n# %s" % (name, mistake)) if mistake else "ok - " + name)


def no_constant(text):
    raise ValueError(text + " is no JSON")


def documents_of(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    decoder = json.JSONDecoder(parse_constant=no_constant)
    documents, at = [], 0
    while text[at:].strip():
        at += len(text[at:]) - len(text[at:].lstrip())
        document, at = decoder.raw_decode(text, at)
        documents.append(document)
    if not documents:
        raise ValueError("no document")
    return documents


def parts_of(schema):
    """Every schema in a schema."""
    if isinstance(schema, dict):
        yield schema
        for value in schema.values():
            yield from parts_of(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from parts_of(value)


def mistake_of_schema(name, schema):
    jsonschema.Draft202012Validator.check_schema(schema)
    for key in ("title", "description"):
        if not schema.get(key):
            return "no " + key
    kinds = [part["properties"]["format"] for part in parts_of(schema)
             if isinstance(part.get("properties"), dict) and "format" in part["properties"]]
    known = ["twopart-" + kind for kind in (name, *COPIES.get(name, ())[:1])]
    if bool(kinds) == (name in BEGINNING) or any(kind.get("const") not in known for kind in kinds):
        return "format is not twopart-" + name
    for part in parts_of(schema):
        members = part.get("properties")
        if not isinstance(members, dict) or "type" not in part:
            continue
        if part.get("additionalProperties") is not False:
            return "members besides %s are let through" % sorted(members)
        left_out = sorted(set(members) - set(part.get("required", [])))
        if left_out and PARTIAL.get(name, []) not in (None, left_out):
            return "%s may be missing" % left_out
        for key, member in members.items():
            if not any(word in member for word in ("description", "$ref", "const", "enum")):
                return key + " is not described"
            if not any(word in member for word in ("type", "$ref", "const", "enum")):
                return key + " has no type"
    return None


def mistake_of_copy(schemas, name):
    if name not in COPIES:
        return None
    kind, left_out = COPIES[name]
    copy, original = schemas[name]["$defs"], schemas[kind]
    members = {key: member for key, member in original["properties"].items()
               if key not in left_out}
    same = copy[kind]["properties"] == members and \
        all(copy[kind].get(key) == original.get(key) for key in ("required", "allOf")) and \
        all(copy.get(key) == part for key, part in original.get("$defs", {}).items())
    return None if same else "its %s is not that of %s.schema.json" % (kind, kind)


def shortened(value):
    """With the first and the last item of each array alone."""
    if isinstance(value, dict):
        return {key: shortened(member) for key, member in value.items()}
    if isinstance(value, list):
        return [shortened(item) for item in value[:1] + value[1:][-1:]]
    return value


def spoilt(value, path=()):
    """Spoil what is at or below `value` in one place after the other, each time yielding which."""
    if isinstance(value, dict):
        value["unheard of"] = 0
        yield path + ("+",)
        del value["unheard of"]
        for key, member in list(value.items()):
            del value[key]
            yield path + (key, "-")
            value[key] = STRANGE
            yield path + (key, "type")
            value[key] = member
            yield from spoilt(member, path + (key,))
    elif isinstance(value, list):
        for i in {0, len(value) - 1} if value else ():
            item = value[i]
            value[i] = STRANGE
            yield path + (i, "type")
            value[i] = item
            yield from spoilt(item, path + (i,))


def form_of(value):
    """The same for documents that differ in values alone."""
    if isinstance(value, dict):
        return tuple((key, form_of(member)) for key, member in value.items())
    return tuple(map(form_of, value)) if isinstance(value, list) else None


def optional_members(schema):
    """Names that some object may or may not have."""
    names = set()
    for part in parts_of(schema):
        if isinstance(part.get("properties"), dict) and "type" in part:
            names |= set(part["properties"]) - set(part.get("required", []))
    return names


def mistake_of_spoilt(name, schema, validator, documents):
    optional, seen = optional_members(schema), set()
    for document in documents:
        short = shortened(document)
        document = short if validator.is_valid(short) else document
        form = form_of(document)
        if form in seen:
            continue
        seen.add(form)
        for path in spoilt(document):
            inside = path[:-1] if path[-1] == "+" else path[:-2]
            chosen = any((name, step) in FREE for step in path) or \
                any((name, step) in OPEN for step in inside)
            if not chosen and not (path[-1] == "-" and path[-2] in optional) and \
                    validator.is_valid(document):
                return "spoilt at %s, and not refused" % (path,)
    return None if seen else "no document"


def mistake_of_document(name, schema, validator, document):
    error = jsonschema.exceptions.best_match(validator.iter_errors(document))
    if error:
        return "%s: %s" % (list(error.absolute_path), error.message[:300])
    order = [key for key in schema.get("properties", document) if key in document]
    if list(document) != order:
        return "members in another order: %s" % list(document)
    if list(document)[:2] != BEGINNING.get(name, ["format", "schema"]):
        return "does not begin with " + " and ".join(BEGINNING.get(name, ["format", "schema"]))
    return None


def main(directory, list_path):
    ending = ".schema.json"
    names = sorted(f[:-len(ending)] for f in os.listdir(directory) if f.endswith(ending))
    with open(list_path, encoding="utf-8") as file:
        made = [line.rstrip("\n").split("\t") for line in file]
    schemas = {}
    for name in names:
        with open(os.path.join(directory, name + ending), encoding="utf-8") as file:
            schemas[name] = json.load(file)
    for name, schema in schemas.items():
        try:
            mistake = mistake_of_schema(name, schema) or mistake_of_copy(schemas, name)
        except jsonschema.exceptions.SchemaError as error:
            mistake = error.message
        report("schema %s is valid, strict and described" % name, mistake)
        validator = jsonschema.Draft202012Validator(schema)
        mine = [(path, how) for kind, path, how in made if kind == name]
        documents = []
        for path, how in mine:
            try:
                documents += (here := documents_of(path))
                mistakes = (mistake_of_document(name, schema, validator, document)
                            for document in here)
                mistake = next(filter(None, mistakes), None)
            except ValueError as error:
                mistake = str(error)
            report("%s: as schema %s says" % (how, name), mistake)
        report("schema %s refuses everything else" % name,
               mistake_of_spoilt(name, schema, validator, documents))
    unknown = sorted({kind for kind, _, _ in made} - set(names))
    report("every document has a schema", "none for %s" % unknown if unknown else None)


main(*sys.argv[1:])
