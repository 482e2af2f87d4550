"""The main job, rehearsed: three neighbours around the Kattegat and the Sound, on one machine."""
