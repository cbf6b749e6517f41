"""
Judges job files as an editor does, with code that is not ours (PyYAML, python3-jsonschema):

    job-documents.py SCHEMA <TEXTS

TEXTS is a JSON list of YAML documents. Prints a JSON list with what is wrong with each, null where nothing is.
"""

import json
import re
import sys

import jsonschema
import yaml


class Yaml12(yaml.SafeLoader):
    """YAML 1.2, as editors read it: PyYAML knows 1.1, where `on` is a truth value and many a text a date."""


Yaml12.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in resolvers if tag.rsplit(":", 1)[1] not in ("bool", "timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Yaml12.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))


def complaint(validator, text):
    error = jsonschema.exceptions.best_match(validator.iter_errors(yaml.load(text, Yaml12)))
    return error and f"{error.json_path}: {error.message}"


with open(sys.argv[1], encoding="utf-8") as file:
    schema = json.load(file)
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
print(json.dumps([complaint(validator, text) for text in json.load(sys.stdin)]))
