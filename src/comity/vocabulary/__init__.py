"""The words. Frozen data, one noun a file, no input or output, resting on nothing else of ours."""
