"""The steps from an empty database to the present schema; alembic reads them, `crmlink.ledger.migrate` runs them."""
