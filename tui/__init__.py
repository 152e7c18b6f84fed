"""What a person sees and types: the desk on screen, the command line, and the wiring of both."""
