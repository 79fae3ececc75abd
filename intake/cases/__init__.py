"""A referral from its file to its decision, and what may be seen of it on the way."""
