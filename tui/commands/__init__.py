"""The commands, one module for each group; tui.words.command_table says which function carries out which words."""
