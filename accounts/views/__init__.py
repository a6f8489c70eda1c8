"""Pages of sign-in, of the account, and of the administration of people."""
