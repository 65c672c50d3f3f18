"""How each command is called: its arguments, options and help; what it does is in `gandoctor.commands`."""
