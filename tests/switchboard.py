"""One server for many tests, because starting one takes longer than most of them."""

from starlette.types import ASGIApp, Receive, Scope, Send


class Switchboard:
    """An application that leads to another one, which each test sets."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)
