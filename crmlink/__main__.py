"""`python -m crmlink` is the same as `crmlink`."""

from crmlink.cli.main import run

run()
