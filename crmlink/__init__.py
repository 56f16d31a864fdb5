"""crmlink finds the agreements you broke and puts a ready apology with real dates into Drafts.

Data flows one way: sources -> facts -> agreements -> lapses -> drafts -> outcomes, and the ledger remembers.
`crmlink.app.scan` shows the whole program as one readable pass.
"""
