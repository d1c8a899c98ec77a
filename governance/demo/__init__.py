"""The demo insurer: a whole invented company, written in seconds and the same every time."""

from governance.demo.insurer import AS_OF, Insurer, build_insurer
from governance.demo.reads import (
    DemoRead,
    DemoRequest,
    StoryCase,
    WaitingRequest,
    demo_reads,
    demo_request,
    waiting_requests,
)
from governance.demo.writers import Server

__all__ = [
    "AS_OF",
    "DemoRead",
    "DemoRequest",
    "Insurer",
    "Server",
    "StoryCase",
    "WaitingRequest",
    "build_insurer",
    "demo_reads",
    "demo_request",
    "waiting_requests",
]
