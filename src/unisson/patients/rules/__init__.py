"""Identity, telephones, search words, nearness: decisions without a database."""
