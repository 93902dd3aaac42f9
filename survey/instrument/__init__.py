"""What is asked: the questionnaire, declared once, as data. This room imports the standard library alone."""
