"""Facts turn bytes into messages, threads, events and invitations. Pure: bad data becomes a problem, never an error."""
