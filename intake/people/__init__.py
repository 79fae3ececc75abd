"""Who may come in and who works where: accounts, passwords, second step, sessions."""
