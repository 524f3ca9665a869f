"""The ASGI application: static files, Django for HTTP, the canvas socket for WebSocket."""

from __future__ import annotations

import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "canvas.settings")

import django
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.sessions import CookieMiddleware
from django.urls import path, re_path

django.setup(set_prefix=False)

from django.conf import settings  # noqa: E402

from canvas import administration, api_docs  # noqa: E402
from canvas.consumers import CanvasConsumer  # noqa: E402
from canvas.handler import Handler  # noqa: E402
from canvas.static_files import static_files  # noqa: E402
from workflows.compat.fal.places import ByName  # noqa: E402
from workflows.compat.fal.realtime import HttpSocket, RealtimeSocket  # noqa: E402


async def no_socket(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Refuse a socket at a path where there is none; else each would be an error in the log."""
    await receive()
    await send({"type": "websocket.close"})


application = ByName(
    ProtocolTypeRouter(
        {
            "http": static_files(
                Handler(),
                root=settings.STATIC_DIR,
                url=settings.STATIC_URL,
                more={**api_docs.static_folders(), **administration.static_folders()},
            ),
            "websocket": URLRouter(
                [
                    path("ws/canvas", CookieMiddleware(CanvasConsumer.as_asgi())),
                    path("fal/run/<path:app>", RealtimeSocket.as_asgi()),
                    path("fal/ws/<path:app>", HttpSocket.as_asgi()),
                    # Channels routes ASGI applications by the paths of Django's views.
                    re_path("", no_socket),  # type: ignore[arg-type]
                ]
            ),
        }
    )
)
