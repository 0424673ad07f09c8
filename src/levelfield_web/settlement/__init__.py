"""What follows under the agreement? Statements of account, the ledger, disputes, locks, excused events, trials."""
