"""The mission on one page: settings, assembly, and the threads of the work, each a story."""
