"""People: what is known of contacts and companies, and how it is shown and handed out."""
