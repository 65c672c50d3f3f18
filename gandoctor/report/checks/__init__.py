"""How `gandoctor check` says what it found: one module a format, each from results as plain data."""
