"""The two formats of an exposition, for exposition.sh.

usage: exposition.py check TEXT OPENMETRICS    parses both strictly, compares them, prints what is wrong
       exposition.py serve FOLDER              serves its files NAME.text and NAME.openmetrics with their Content-Types
"""
import http.server
import os
import sys

CONTENT_TYPES = {
    ".text": "text/plain; version=0.0.4; charset=utf-8",
    ".openmetrics": "application/openmetrics-text; version=1.0.0; charset=utf-8",
}


def read(path):
    with open(path, encoding="utf-8", newline="") as file:
        return file.read()


def key(sample):
    return sample.name, tuple(sorted(sample.labels.items()))


def samples(families):
    found = {}
    for family in families:
        for sample in family.samples:
            if key(sample) in found:
                print("twice:", *key(sample))
            found[key(sample)] = sample.value
    return found


def beginnings(families):
    """The `_created` of every counter and histogram: each series of theirs must have one, and nothing else may."""
    found, wanted = {}, set()
    for family in families:
        for sample in family.samples:
            if sample.name == family.name + "_created":
                found[key(sample)] = sample.value
            elif family.type in ("counter", "histogram"):
                labels = {name: value for name, value in sample.labels.items() if name != "le"}
                wanted.add((family.name + "_created", tuple(sorted(labels.items()))))
    for series in wanted ^ found.keys():
        print("when it began:", *series)
    return found


def check(text_path, open_path):
    from prometheus_client import parser
    from prometheus_client.openmetrics import parser as open_parser

    text = samples(parser.text_string_to_metric_families(read(text_path)))
    families = list(open_parser.text_string_to_metric_families(read(open_path)))
    began = beginnings(families)
    opened = {series: value for series, value in samples(families).items() if series not in began}
    for series in text.keys() ^ opened.keys():
        print("only in one format:", *series)
    for series in text.keys() & opened.keys():
        if text[series] != opened[series]:
            print("differs:", *series, text[series], opened[series])
    if len(text) < 300 or not began:
        print("too few series:", len(text), len(began))


class Handler(http.server.SimpleHTTPRequestHandler):
    def guess_type(self, path):
        return CONTENT_TYPES[os.path.splitext(path)[1]]

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, *_):
        """A Prometheus that gives up a scrape, or ends, is no error."""


def serve(folder):
    os.chdir(folder)
    server = Server(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()


{"check": check, "serve": serve}[sys.argv[1]](*sys.argv[2:])
