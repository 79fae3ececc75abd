"""How long referrals are kept, what holds them, and their erasure."""
