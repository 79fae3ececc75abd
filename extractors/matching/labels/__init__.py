"""Which of the printed words are labels, and what each may mean."""
