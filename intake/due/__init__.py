"""When a decision is due: the clock, closed days, ways of counting, and dating anew."""
