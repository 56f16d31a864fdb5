"""crmlink beside the mail clients that people use: what they do with a draft, and what crmlink makes of that."""
