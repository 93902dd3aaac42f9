"""Speed, measured as ratios in one run: `python -m tests.bench` (README.md here says what each line means)."""
