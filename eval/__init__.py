"""Question sets, metrics, runs, report and gate: how we know whether it got better."""
