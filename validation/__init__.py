"""What a form proves: verdicts, questions, route. Pure: a reading and dates in, an assessment out."""
