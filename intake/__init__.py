"""A referral's life: receive, read, check, ask, answer, decide. The only floor that knows PostgreSQL, Redis, mail and time."""
