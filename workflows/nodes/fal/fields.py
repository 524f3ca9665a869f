"""Kinds of fields that fal's utility endpoints have in common, declared in one line each."""

from __future__ import annotations

from workflows.graph.ports import Input


def number(name: str, label: str, default: float | None, low: float, high: float) -> Input:
    """Declare a number within bounds."""
    return Input(name, "number", label, default=default, widget="number", min=low, max=high)


def share(name: str, label: str, default: float) -> Input:
    """Declare a part in percent."""
    return Input(name, "number", label, default=default, widget="slider", min=0, max=100, unit="%")


def choice(name: str, label: str, default: str, *options: str) -> Input:
    """Declare a choice."""
    return Input(name, "text", label, default=default, widget="select", options=options)


def switch(name: str, label: str, default: bool) -> Input:
    """Declare a switch."""
    return Input(name, "boolean", label, default=default, widget="toggle")
