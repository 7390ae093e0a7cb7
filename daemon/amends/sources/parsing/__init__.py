"""What runs in the parser's child process: standard library and feedparser alone, so that the child stays small."""
