"""What reaches the terminal: cells and their widths, text made safe, colours, and only what changed."""
