# SPDX-License-Identifier: BSD-2-Clause
"""validate_json.py SCHEMAS LIST - hold JSON documents against their schemas; prints TAP.

SCHEMAS is a directory of NAME.schema.json.  LIST has a line a file: NAME, the file, how it was
made, separated by tabs.  A file holds one document, or one a line.  Each schema must be valid,
strict and described, and must be that of a document here; each document must agree with its schema,
have its members in the schema's order, and no longer agree when any member of it, at any depth, is
taken away or gets another type, or when one is added.
"""
import copy
import json
import os
import sys

import jsonschema

# Objects whose members anybody may choose: a note in a model file.
FREE = {("list", "training")}
ITEMS = 2  # of an array are spoilt, the first ones
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
    if not kinds or any(kind.get("const") != "twopart-" + name for kind in kinds):
        return "format is not twopart-" + name
    for part in parts_of(schema):
        members = part.get("properties")
        if not isinstance(members, dict) or "type" not in part:
            continue
        if part.get("additionalProperties") is not False:
            return "members besides %s are let through" % sorted(members)
        for key, member in members.items():
            if not any(word in member for word in ("description", "$ref", "const", "enum")):
                return key + " is not described"
            if not any(word in member for word in ("type", "$ref", "const", "enum")):
                return key + " has no type"
    return None


def spoilt(document, value, path=()):
    """Copies of the document, each wrong in one place at or below `value`, and which place."""
    def changed(change):
        other = copy.deepcopy(document)
        place = other
        for step in path:
            place = place[step]
        change(place)
        return other

    if isinstance(value, dict):
        yield path + ("+",), changed(lambda place: place.update(unheard_of=0))
        for key in value:
            yield path + (key, "-"), changed(lambda place, key=key: place.pop(key))
            yield path + (key, "type"), changed(
                lambda place, key=key: place.__setitem__(key, STRANGE))
            yield from spoilt(document, value[key], path + (key,))
    elif isinstance(value, list):
        for i in range(min(ITEMS, len(value))):
            yield path + (i, "type"), changed(lambda place, i=i: place.__setitem__(i, STRANGE))
            yield from spoilt(document, value[i], path + (i,))


def optional_members(schema):
    """Names that some object may or may not have."""
    names = set()
    for part in parts_of(schema):
        if isinstance(part.get("properties"), dict) and "type" in part:
            names |= set(part["properties"]) - set(part.get("required", []))
    return names


def mistake_of_spoilt(name, schema, validator, document):
    optional = optional_members(schema)
    for path, other in spoilt(document, document):
        if any((name, step) in FREE for step in path):
            continue
        if path[-1] == "-" and path[-2] in optional:
            continue
        if validator.is_valid(other):
            return "spoilt at %s, and not refused" % (path,)
    return None


def mistake_of_document(schema, validator, document):
    error = jsonschema.exceptions.best_match(validator.iter_errors(document))
    if error:
        return "%s: %s" % (list(error.absolute_path), error.message[:300])
    order = [key for key in schema.get("properties", document) if key in document]
    if list(document) != order:
        return "members in another order: %s" % list(document)
    if list(document)[:2] != ["format", "schema"]:
        return "does not begin with format and schema"
    return None


def main(directory, list_path):
    ending = ".schema.json"
    names = sorted(f[:-len(ending)] for f in os.listdir(directory) if f.endswith(ending))
    with open(list_path, encoding="utf-8") as file:
        made = [line.rstrip("\n").split("\t") for line in file]
    for name in names:
        with open(os.path.join(directory, name + ending), encoding="utf-8") as file:
            schema = json.load(file)
        try:
            mistake = mistake_of_schema(name, schema)
        except jsonschema.exceptions.SchemaError as error:
            mistake = error.message
        report("schema %s is valid, strict and described" % name, mistake)
        validator = jsonschema.Draft202012Validator(schema)
        mine = [(path, how) for kind, path, how in made if kind == name]
        report("schema %s has a document" % name, None if mine else "none was made")
        for path, how in mine:
            try:
                documents = documents_of(path)
                mistakes = [mistake_of_document(schema, validator, d) for d in documents]
                mistake = next(filter(None, mistakes), None)
            except ValueError as error:
                documents, mistake = [], str(error)
            report("%s: as the schema says" % how, mistake)
            mistake = None if documents else "no document"
            for document in documents:
                mistake = mistake or mistake_of_spoilt(name, schema, validator, document)
            report("%s: anything else is refused" % how, mistake)
    unknown = sorted({kind for kind, _, _ in made} - set(names))
    report("every document has a schema", "none for %s" % unknown if unknown else None)


main(*sys.argv[1:])
