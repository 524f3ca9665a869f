"""What runs cost: the price table, the ledger of credits, estimates and balances."""
