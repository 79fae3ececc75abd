"""What is kept and how: tables, transactions that say who acts, sealing, the trail, backup."""
