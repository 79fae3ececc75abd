"""What is to be done, and who sees that it is: ledger of jobs, doorbell, workers, sweeper, reconciler."""
