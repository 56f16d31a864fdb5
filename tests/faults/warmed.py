"""Loads what every pass loads once, by one pass in memory: for the process that forks the others."""

from __future__ import annotations

from tests.life_world import ASKERS, LifeWorld

with LifeWorld() as world:
    world.asks(ASKERS[0])
    world.one_pass()
