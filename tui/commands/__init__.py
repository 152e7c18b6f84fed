"""The commands, one module for each group; tui.command_table says which function carries out which words."""
