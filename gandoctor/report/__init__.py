"""Reports: a `Diagnosis` in, text or a picture out; nothing here reads a log or decides anything."""
