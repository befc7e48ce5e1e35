"""What holds for every test."""

import os

# An Output inside an f-string raises instead of yielding text that looks like a subject.
os.environ["PULUMI_ERROR_OUTPUT_STRING"] = "true"
