"""The app wires the stages to the outside: one pass, the outbox, the daemon, the demo."""
