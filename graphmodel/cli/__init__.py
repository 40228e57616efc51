"""Words in, words out: the command line, one module a command."""
