"""What holds for every test."""

import os

from hypothesis import settings

# An Output inside an f-string raises instead of yielding text that looks like a subject.
os.environ["PULUMI_ERROR_OUTPUT_STRING"] = "true"

# How long an example takes says something of the machine's load, nothing of the code.
settings.register_profile("any-machine", deadline=None)
settings.load_profile("any-machine")
