"""Orders on standard input, one a line, and for each a line with its reports: what all Python clients share."""

import json
import sys


def each(run):
    """Gives each order to `run`, and prints the list of reports that it gives."""
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)


def shown(message):
    """A message as a report has it: text is a string, binary a list of bytes."""
    return message if isinstance(message, str) else list(message)
