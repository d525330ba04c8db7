"""Networks: one family a file, each a plain nn.Module; `families` says what they take."""
