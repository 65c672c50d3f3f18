"""What goes wrong while a training records, brought about for real."""
