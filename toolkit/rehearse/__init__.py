"""A rehearsal of an output folder: its stacks in an emulator on this machine, its tasks as containers."""
