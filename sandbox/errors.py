"""What a person sees when the sandbox itself cannot go on."""


class SandboxError(Exception):
    """One sentence that says what is wrong and what to do; shown without a traceback."""
